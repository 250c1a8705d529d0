namespace Fail2Ban.Patterns.Syntax;

/// <summary>A member of a character set: a class, or the code points from <paramref name="First"/> to <paramref name="Last"/>.</summary>
internal readonly record struct SetItem(ClassKind Kind, int First, int Last)
{
    internal static SetItem Single(int codePoint) => new(ClassKind.Range, codePoint, codePoint);

    internal static SetItem Range(int first, int last) => new(ClassKind.Range, first, last);

    internal static SetItem Class(ClassKind kind) => new(kind, 0, 0);
}

internal enum ClassKind
{
    Range,
    Digit,
    NotDigit,
    Space,
    NotSpace,
    Word,
    NotWord,
}
