using System.Collections.Immutable;

namespace Fail2Ban.Patterns.Syntax;

/// <summary>A piece of a pattern.</summary>
/// <param name="Index">Where it begins in the pattern text, in UTF-16 units.</param>
internal abstract record Node(int Index);

// A surrogate where the pattern spells one.
internal sealed record Literal(int Index, int CodePoint) : Node(Index);

/// <summary><c>.</c></summary>
internal sealed record AnyCharacter(int Index) : Node(Index);

/// <summary><c>[…]</c>, and <c>\d</c> and its kin outside brackets.</summary>
internal sealed record CharacterSet(int Index, bool Negated, ImmutableArray<SetItem> Items) : Node(Index);

internal sealed record Anchor(int Index, AnchorKind Kind) : Node(Index);

internal sealed record Sequence(int Index, ImmutableArray<Node> Items) : Node(Index);

// Two branches or more.
internal sealed record Alternation(int Index, ImmutableArray<Node> Branches) : Node(Index);

// Numbered from 1.
internal sealed record Capture(int Index, int Number, Node Body) : Node(Index);

/// <summary><c>(?:…)</c>, with flags or without.</summary>
internal sealed record PlainGroup(int Index, Flags Add, Flags Remove, Node Body) : Node(Index)
{
    /// <summary>The flags that hold inside.</summary>
    internal Flags Inside(Flags outside)
    {
        if (Add.HasFlag(Flags.Ascii) || Add.HasFlag(Flags.Unicode)) outside &= ~Flags.Ascii;
        return (outside | (Add & ~Flags.Unicode)) & ~Remove;
    }
}

/// <summary><c>(?&gt;…)</c></summary>
internal sealed record Atomic(int Index, Node Body) : Node(Index);

internal sealed record Look(int Index, bool Behind, bool Negative, Node Body) : Node(Index);

internal sealed record Repeat(int Index, long Minimum, long Maximum, RepeatMode Mode, Node Body) : Node(Index)
{
    /// <summary>Python's MAXREPEAT, which it also takes as "no end".</summary>
    internal const long Unbounded = uint.MaxValue;
}

internal sealed record BackReference(int Index, int Number) : Node(Index);

internal sealed record Conditional(int Index, int Number, Node Yes, Node? No) : Node(Index);

internal enum AnchorKind
{
    LineStart,
    LineEnd,
    TextStart,
    TextEnd,
    WordBoundary,
    NotWordBoundary,
}

internal enum RepeatMode
{
    Greedy,
    Lazy,
    Possessive,
}
