using System.Globalization;
using System.Text;

namespace Fail2Ban.Detection.Dates;

/// <summary>A place in a line, counted in characters, with the characters around it.</summary>
/// <param name="Index">Characters before it. The choice of a template compares places of different lines in characters, as the original does.</param>
/// <param name="Before">The code point before it; -1 at the line's begin.</param>
/// <param name="At">The code point at it; -1 at the line's end.</param>
internal readonly record struct CharPlace(int Index, int Before, int At)
{
    public const int NoChar = -1;

    /// <param name="line">Valid UTF-8.</param>
    /// <param name="offset">In bytes, on a character boundary.</param>
    public static CharPlace Of(ReadOnlySpan<byte> line, int offset) => new(CharIndex(line, offset), CharBefore(line, offset), CharAt(line, offset));

    /// <summary>Characters before an offset in bytes.</summary>
    public static int CharIndex(ReadOnlySpan<byte> line, int offset)
    {
        ReadOnlySpan<byte> head = line[..offset];
        if (Ascii.IsValid(head)) return offset;
        int count = 0;
        foreach (byte value in head)
            if ((value & 0xC0) != 0x80) count++;
        return count;
    }

    /// <summary>Whether the same characters stand around this place in another line; a letter or digit says nothing about where a date begins.</summary>
    /// <param name="line">Valid UTF-8.</param>
    /// <param name="offset">The place in the line, in bytes; its end where the line is shorter.</param>
    public bool BeginsAlike(ReadOnlySpan<byte> line, out int offset)
    {
        (int before, int at) = Around(line, out offset);
        return before == Before || (at == At && !IsAlphanumeric(At));
    }

    /// <summary>The same for the end of a date.</summary>
    public bool EndsAlike(ReadOnlySpan<byte> line, out int offset)
    {
        (int before, int at) = Around(line, out offset);
        return at == At || (before == Before && !IsAlphanumeric(Before));
    }

    private (int Before, int At) Around(ReadOnlySpan<byte> line, out int offset)
    {
        if (Index <= line.Length && Ascii.IsValid(line[..Index]))
        {
            offset = Index;
            return (CharBefore(line, Index), CharAt(line, Index));
        }

        int count = 0;
        for (offset = 0; offset < line.Length; offset++)
            if ((line[offset] & 0xC0) != 0x80 && count++ == Index) return (CharBefore(line, offset), CharAt(line, offset));
        return (count == Index ? CharBefore(line, offset) : NoChar, NoChar);
    }

    private static int CharAt(ReadOnlySpan<byte> line, int offset)
    {
        if (offset >= line.Length) return NoChar;
        if (line[offset] < 0x80) return line[offset];
        Rune.DecodeFromUtf8(line[offset..], out Rune rune, out _);
        return rune.Value;
    }

    private static int CharBefore(ReadOnlySpan<byte> line, int offset)
    {
        if (offset == 0) return NoChar;
        if (line[offset - 1] < 0x80) return line[offset - 1];
        Rune.DecodeLastFromUtf8(line[..offset], out Rune rune, out _);
        return rune.Value;
    }

    private static bool IsAlphanumeric(int value)
    {
        if (value < 0x80) return value >= 0 && char.IsAsciiLetterOrDigit((char)value);
        return Rune.GetUnicodeCategory(new Rune(value)) is UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter
            or UnicodeCategory.TitlecaseLetter or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter
            or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;
    }
}
