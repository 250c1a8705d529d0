using System.Collections.Immutable;
using Fail2Ban.Patterns.Syntax;

namespace Fail2Ban.Patterns.Translation;

/// <summary>Character sets cut to ASCII: bit n stands for code point n.</summary>
internal static class AsciiSets
{
    internal static readonly UInt128 Digits = Of('0', '9');
    internal static readonly UInt128 Letters = Of('a', 'z') | Of('A', 'Z');
    internal static readonly UInt128 Word = Digits | Letters | Of('_', '_');

    // Python: with Unicode the four separators U+001C to U+001F are space as well.
    internal static readonly UInt128 AsciiSpace = Of('\t', '\r') | Of(' ', ' ');
    internal static readonly UInt128 UnicodeSpace = AsciiSpace | Of(0x1c, 0x1f);

    /// <summary>Which ASCII characters a set takes.</summary>
    internal static UInt128 Of(CharacterSet set, Flags flags)
    {
        UInt128 members = 0;
        foreach (SetItem item in set.Items) members |= Of(item, flags);
        return set.Negated ? ~members : members;
    }

    /// <summary>The runs of bits that are set, in order.</summary>
    internal static ImmutableArray<(int First, int Last)> Ranges(UInt128 members)
    {
        var ranges = ImmutableArray.CreateBuilder<(int, int)>();
        while (members != 0)
        {
            int first = (int)UInt128.TrailingZeroCount(members);
            // What is left of a run that reaches the highest bit has no zero above it.
            int next = (int)UInt128.TrailingZeroCount(~(members | ((UInt128.One << first) - 1)));
            ranges.Add((first, next - 1));
            members = next < 128 ? members & (UInt128.MaxValue << next) : 0;
        }

        return ranges.DrainToImmutable();
    }

    private static UInt128 Of(SetItem item, Flags flags)
    {
        UInt128 space = flags.HasFlag(Flags.Ascii) ? AsciiSpace : UnicodeSpace;
        return item.Kind switch
        {
            ClassKind.Digit => Digits,
            ClassKind.NotDigit => ~Digits,
            ClassKind.Space => space,
            ClassKind.NotSpace => ~space,
            ClassKind.Word => Word,
            ClassKind.NotWord => ~Word,
            _ when flags.HasFlag(Flags.IgnoreCase) => WithoutCase(item, flags.HasFlag(Flags.Ascii)),
            _ => Of(item.First, item.Last),
        };
    }

    private static UInt128 WithoutCase(SetItem range, bool ascii)
    {
        UInt128 members = Of(range.First, range.Last);
        if (!ascii)
            foreach ((int sign, char letter) in CaseFolding.SignsOfAsciiLetters)
                if (range.First <= sign && sign <= range.Last) members |= Of(letter, letter);
        return members | ((members & Of('A', 'Z')) << 32) | ((members & Of('a', 'z')) >> 32);
    }

    private static UInt128 Of(int first, int last)
    {
        if (first > 127) return 0;
        UInt128 upTo = last >= 127 ? UInt128.MaxValue : (UInt128.One << (last + 1)) - 1;
        return upTo & ~((UInt128.One << first) - 1);
    }
}
