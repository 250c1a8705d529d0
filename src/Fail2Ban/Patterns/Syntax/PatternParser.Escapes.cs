using System.Globalization;

namespace Fail2Ban.Patterns.Syntax;

internal sealed partial class PatternParser
{
    private Node ParseEscape(string unit, int index)
    {
        char sign = unit[1];
        if (ClassOf(sign) is { } kind) return new CharacterSet(index, Negated: false, [SetItem.Class(kind)]);
        switch (sign)
        {
            case 'A': return new Anchor(index, AnchorKind.TextStart);
            case 'Z': return new Anchor(index, AnchorKind.TextEnd);
            case 'b': return new Anchor(index, AnchorKind.WordBoundary);
            case 'B': return new Anchor(index, AnchorKind.NotWordBoundary);
            case '0': return new Literal(index, Octal("0" + _reader.TakeWhile(2, IsOctal)));
            case >= '1' and <= '9': return ParseNumberEscape(sign, index);
            default: return new Literal(index, ParseCharacterEscape(unit, index));
        }
    }

    // Three octal digits are a character, everything else refers to a group.
    private Node ParseNumberEscape(char first, int index)
    {
        string digits = first + _reader.TakeWhile(1, char.IsAsciiDigit);
        if (digits.Length == 2 && IsOctal(digits[0]) && IsOctal(digits[1]) && _reader.Next.Length == 1 && IsOctal(_reader.Next[0]))
            return new Literal(index, CheckedOctal(digits + _reader.Take(), index));

        int number = int.Parse(digits, CultureInfo.InvariantCulture);
        if (number > _groups.Count) _reader.Fail($"invalid group reference {number}", index + 1);
        _groups.CheckReference(number, index, _reader.Index);
        return new BackReference(index, number);
    }

    private SetItem ParseSetEscape(string unit, int index)
    {
        char sign = unit[1];
        if (ClassOf(sign) is { } kind) return SetItem.Class(kind);
        if (sign == 'b') return SetItem.Single('\b');
        if (IsOctal(sign)) return SetItem.Single(CheckedOctal(sign + _reader.TakeWhile(2, IsOctal), index));
        if (char.IsAsciiDigit(sign)) _reader.Fail($"bad escape {unit}", index);
        return SetItem.Single(ParseCharacterEscape(unit, index));
    }

    /// <summary>What names one character the same way in and outside brackets.</summary>
    private int ParseCharacterEscape(string unit, int index)
    {
        char sign = unit[1];
        switch (sign)
        {
            case 'a': return '\a';
            case 'f': return '\f';
            case 'n': return '\n';
            case 'r': return '\r';
            case 't': return '\t';
            case 'v': return '\v';
            case 'x': return ParseHex(unit, index, 2);
            case 'u': return ParseHex(unit, index, 4);
            case 'U': return ParseHex(unit, index, 8);
            case 'N': ParseCharacterName(index); break;
        }

        if (char.IsAsciiLetter(sign)) _reader.Fail($"bad escape {unit}", index);
        return CodePoint(unit, 1);
    }

    private int ParseHex(string unit, int index, int digits)
    {
        string hex = _reader.TakeWhile(digits, char.IsAsciiHexDigit);
        if (hex.Length < digits) _reader.Fail($"incomplete escape {unit}{hex}", index);
        uint value = uint.Parse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        if (value > 0x10FFFF) _reader.Fail($"bad escape {unit}{hex}", index);
        return (int)value;
    }

    private void ParseCharacterName(int index)
    {
        if (!_reader.TryTake('{')) _reader.Fail("missing {", _reader.Index);
        string name = _reader.TakeUntil('}', "character name");
        _reader.Fail($@"characters by name are not supported: write \N{{{name}}} as \uXXXX", index);
    }

    private int CheckedOctal(string digits, int index)
    {
        int value = Octal(digits);
        if (value > 255) _reader.Fail($@"octal escape value \{digits} outside of range 0-0o377", index);
        return value;
    }

    private static int Octal(string digits)
    {
        int value = 0;
        foreach (char digit in digits) value = value * 8 + (digit - '0');
        return value;
    }

    private static bool IsOctal(char sign) => sign is >= '0' and <= '7';

    private static ClassKind? ClassOf(char sign) => sign switch
    {
        'd' => ClassKind.Digit,
        'D' => ClassKind.NotDigit,
        's' => ClassKind.Space,
        'S' => ClassKind.NotSpace,
        'w' => ClassKind.Word,
        'W' => ClassKind.NotWord,
        _ => null,
    };
}
