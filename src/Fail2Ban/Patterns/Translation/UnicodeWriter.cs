using Fail2Ban.Native.Pcre2;
using Fail2Ban.Patterns.Syntax;

namespace Fail2Ban.Patterns.Translation;

/// <summary>The form for all other subjects: code points, and classes by Unicode's properties as Python 3.11 has them.</summary>
/// <remarks>
/// Under Python's ASCII flag PCRE2's caseless matching would fold too much, so case is spelled out there; only a
/// back-reference under both flags still compares as Unicode does.
/// </remarks>
/// <param name="wordHasMarks">
/// From 10.43 on PCRE2's <c>\w</c> also takes Mn and Pc, which Python's does not; it is then written out.
/// </param>
internal sealed class UnicodeWriter(bool wordHasMarks) : PatternWriter
{
    private const int Highest = 0x10FFFF;
    private const string Never = "(?:(?!))";
    private const string AnyOne = "(?s:.)";
    private const string UnicodeWord = @"\p{L}\p{N}_";

    private static readonly (int First, int Last)[] UnicodeSpaces =
        [('\t', '\r'), (0x1c, ' '), (0x85, 0x85), (0xa0, 0xa0), (0x1680, 0x1680), (0x2000, 0x200a), (0x2028, 0x2029), (0x202f, 0x202f), (0x205f, 0x205f), (0x3000, 0x3000)];

    private static readonly (int First, int Last)[] AsciiSpaces = [('\t', '\r'), (' ', ' ')];
    private static readonly (int First, int Last)[] AsciiDigits = [('0', '9')];
    private static readonly (int First, int Last)[] AsciiWord = [('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')];

    protected override Pcre2Options BaseOptions => Pcre2Options.Unicode;

    protected override bool IsCaseless(Flags flags) => flags.HasFlag(Flags.IgnoreCase) && !flags.HasFlag(Flags.Ascii);

    protected override void WriteLiteral(int codePoint, Flags flags)
    {
        bool isLetterWithoutCase = flags.HasFlag(Flags.IgnoreCase) && flags.HasFlag(Flags.Ascii) && codePoint < 0x80 && char.IsAsciiLetter((char)codePoint);
        if (IsSurrogate(codePoint)) Output.Append(Never);
        else if (isLetterWithoutCase || (IsCaseless(flags) && CaseFolding.Additions(codePoint, codePoint).Any())) WriteSet(new CharacterSet(0, Negated: false, [SetItem.Single(codePoint)]), flags);
        else WriteCharacter(codePoint);
    }

    protected override void WriteSet(CharacterSet set, Flags flags)
    {
        // PCRE2 works out the case of each member of a range, which for the complement of \s takes milliseconds.
        if (set.Items is [{ Kind: ClassKind.NotSpace }])
        {
            WriteSet(new CharacterSet(set.Index, !set.Negated, [SetItem.Class(ClassKind.Space)]), flags);
            return;
        }

        bool apart = wordHasMarks && !flags.HasFlag(Flags.Ascii) && set.Items.Any(item => item.Kind == ClassKind.NotWord);
        int start = Output.Length;
        foreach (SetItem item in set.Items)
            if (!apart || item.Kind != ClassKind.NotWord) WriteItem(item, flags);
        bool empty = Output.Length == start;
        if (apart) WrapWithNotWord(start, empty, set.Negated);
        else if (empty) Output.Append(set.Negated ? AnyOne : Never);
        else Output.Insert(start, set.Negated ? "[^" : "[").Append(']');
    }

    protected override void WriteWordBoundary(bool negated, Flags flags)
    {
        bool ascii = flags.HasFlag(Flags.Ascii);
        string word = ascii ? "[0-9A-Za-z_]" : $"[{UnicodeWord}]";
        if (!ascii && !wordHasMarks) Output.Append(negated ? @"\B" : @"\b");
        else if (negated) Output.Append($"(?:(?<={word})(?={word})|(?<!{word})(?!{word}))");
        else Output.Append($"(?:(?<={word})(?!{word})|(?<!{word})(?={word}))");
    }

    // [A\W] is A or not a word character; [^A\W] is a word character that is not A.
    private void WrapWithNotWord(int start, bool empty, bool negated)
    {
        string rest = Output.ToString(start, Output.Length - start);
        Output.Length = start;
        Output.Append((empty, negated) switch
        {
            (true, false) => $"[^{UnicodeWord}]",
            (true, true) => $"[{UnicodeWord}]",
            (false, false) => $"(?:[{rest}]|[^{UnicodeWord}])",
            (false, true) => $"(?:(?![{rest}])[{UnicodeWord}])",
        });
    }

    private void WriteItem(SetItem item, Flags flags)
    {
        bool ascii = flags.HasFlag(Flags.Ascii);
        switch (item.Kind)
        {
            case ClassKind.Digit when !ascii: Output.Append(@"\d"); break;
            case ClassKind.NotDigit when !ascii: Output.Append(@"\D"); break;
            case ClassKind.Word when !ascii: Output.Append(wordHasMarks ? UnicodeWord : @"\w"); break;
            case ClassKind.NotWord when !ascii: Output.Append(@"\W"); break;
            case ClassKind.Digit: WriteRanges(AsciiDigits); break;
            case ClassKind.NotDigit: WriteComplement(AsciiDigits); break;
            case ClassKind.Word: WriteRanges(AsciiWord); break;
            case ClassKind.NotWord: WriteComplement(AsciiWord); break;
            case ClassKind.Space: WriteRanges(ascii ? AsciiSpaces : UnicodeSpaces); break;
            case ClassKind.NotSpace: WriteComplement(ascii ? AsciiSpaces : UnicodeSpaces); break;
            default: WriteCodePoints(item, flags); break;
        }
    }

    private void WriteCodePoints(SetItem item, Flags flags)
    {
        // Ends within the surrogates are refused by PCRE2; no subject holds any.
        int first = IsSurrogate(item.First) ? 0xE000 : item.First;
        int last = IsSurrogate(item.Last) ? 0xD7FF : item.Last;
        if (first > last) return;
        WriteRange(first, last);
        if (IsCaseless(flags))
            foreach (int addition in CaseFolding.Additions(first, last)) WriteCharacter(addition);
        else if (flags.HasFlag(Flags.IgnoreCase))
            WriteRanges(AsciiSets.Ranges(AsciiSets.Of(new CharacterSet(0, Negated: false, [item]), flags) & AsciiSets.Letters));
    }

    private void WriteRanges(IEnumerable<(int First, int Last)> ranges)
    {
        foreach ((int first, int last) in ranges) WriteRange(first, last);
    }

    private void WriteComplement((int First, int Last)[] ranges)
    {
        int next = 0;
        foreach ((int first, int last) in ranges)
        {
            if (first > next) WriteRange(next, first - 1);
            next = last + 1;
        }

        WriteRange(next, Highest);
    }

    private static bool IsSurrogate(int codePoint) => codePoint is >= 0xD800 and <= 0xDFFF;
}
