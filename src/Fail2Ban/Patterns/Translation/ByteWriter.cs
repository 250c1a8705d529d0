using System.Collections.Immutable;
using Fail2Ban.Native.Pcre2;
using Fail2Ban.Patterns.Syntax;

namespace Fail2Ban.Patterns.Translation;

/// <summary>The form for subjects that are ASCII throughout: bytes, with every set cut to ASCII.</summary>
internal sealed class ByteWriter : PatternWriter
{
    // A byte that no ASCII subject holds stands for all that cannot be found in one.
    private const string Never = @"\x{ff}";

    protected override Pcre2Options BaseOptions => Pcre2Options.None;

    protected override bool IsCaseless(Flags flags) => flags.HasFlag(Flags.IgnoreCase);

    protected override void WriteLiteral(int codePoint, Flags flags)
    {
        if (codePoint < 0x80)
        {
            WriteCharacter(codePoint);
            return;
        }

        char letter = '\0';
        if (flags.HasFlag(Flags.IgnoreCase) && !flags.HasFlag(Flags.Ascii))
            letter = CaseFolding.SignsOfAsciiLetters.FirstOrDefault(pair => pair.Sign == codePoint).Letter;
        if (letter == '\0') Output.Append(Never);
        else WriteCharacter(letter);
    }

    protected override void WriteSet(CharacterSet set, Flags flags)
    {
        UInt128 members = AsciiSets.Of(set, flags);
        ImmutableArray<(int First, int Last)> inside = AsciiSets.Ranges(members), outside = AsciiSets.Ranges(~members);
        if (members == 0) Output.Append(Never);
        else if (outside.IsEmpty) Output.Append("(?s:.)");
        else if (members == AsciiSets.Digits) Output.Append(@"\d");
        else if (members == AsciiSets.Word) Output.Append(@"\w");
        else if (inside is [(int first, int last)] && first == last) WriteCharacter(first);
        else if (outside.Length < inside.Length) WriteRanges("[^", outside);
        else WriteRanges("[", inside);
    }

    protected override void WriteWordBoundary(bool negated, Flags flags) => Output.Append(negated ? @"\B" : @"\b");

    private void WriteRanges(string head, ImmutableArray<(int First, int Last)> ranges)
    {
        Output.Append(head);
        foreach ((int first, int last) in ranges) WriteRange(first, last);
        Output.Append(']');
    }
}
