using System.Buffers.Binary;
using System.Text;

namespace Fail2Ban.Detection.Dates;

/// <summary>How the last dated line began: with digits in the same places, the next one has its date there too.</summary>
/// <remarks>
/// Only said of default templates, whose tails are known: what may follow a date and belong to it begins with a sign, a
/// digit, white space or the letter of a zone, so where something else stands nothing can. Thread safety: none.
/// </remarks>
internal sealed class LineShape
{
    private const int Longest = 128;
    private const int Word = sizeof(ulong);

    private readonly byte[] _line = new byte[Longest];
    private readonly byte[] _follower = new byte[Longest];

    // 0xFF where a follower may have another digit than the line: anywhere, or in its minutes, seconds and fractions only.
    private readonly byte[] _digits = new byte[Longest];
    private readonly byte[] _clockDigits = new byte[Longest];

    // 0xFF where the line is compared at all.
    private readonly byte[] _compared = new byte[Longest];

    private int _compareFrom;
    private int _end = -1;
    private int _minute;
    private int _second;

    /// <summary>Whether a line was taken by <see cref="Take"/> since the last <see cref="Keep"/> or <see cref="Forget"/>.</summary>
    public bool HasFollower { get; private set; }

    /// <summary>The last follower up to the end of its date.</summary>
    public ReadOnlySpan<byte> Follower => _follower.AsSpan(0, _end);

    /// <summary>Where to search the date in it.</summary>
    public int SearchFrom { get; private set; }

    public void Forget() => (_end, HasFollower) = (-1, false);

    /// <param name="line">Without its line end.</param>
    /// <param name="slot">The template that gave the date.</param>
    public void Keep(ReadOnlySpan<byte> line, TemplateSlot slot)
    {
        Forget();
        (int start, int end) = slot.Span;
        if (!slot.Definition.IsDefault || start == end || end >= Longest - 1 || end + 1 >= line.Length || CanContinue(line[end + 1])) return;
        if (!Ascii.IsValid(line[..(end + 1)])) return;

        // A template at the line's begin looks at all that is before its date, others at the character before.
        SearchFrom = slot.Anchored ? 0 : start;
        _compareFrom = Math.Max(0, SearchFrom - 1);
        _end = end;
        _line.AsSpan().Clear();
        line[..(end + 1)].CopyTo(_line);
        _compared.AsSpan().Clear();
        _compared.AsSpan(_compareFrom..(end + 1)).Fill(0xFF);
        _digits.AsSpan().Clear();
        for (int i = _compareFrom; i < end; i++)
            if (char.IsAsciiDigit((char)line[i])) _digits[i] = 0xFF;
        _clockDigits.AsSpan().Clear();
        _minute = Free(slot, slot.MinuteGroup);
        _second = Free(slot, slot.SecondGroup);
        (int first, int last) = slot.Group(slot.FractionGroup);
        if (first >= 0) _clockDigits.AsSpan(first..last).Fill(0xFF);
    }

    /// <summary>Whether a line has the same characters, save for other digits, up to the one after the date.</summary>
    /// <param name="line">Without its line end.</param>
    public bool Fits(ReadOnlySpan<byte> line) => IsAlike(line, _digits);

    /// <summary>Whether a line has the same characters, save for other digits in valid minutes, seconds and fractions.</summary>
    /// <param name="line">Without its line end.</param>
    /// <param name="minute">The line's minute; -1 for that of the line before.</param>
    /// <param name="second">The line's second; -1 for that of the line before.</param>
    public bool Follows(ReadOnlySpan<byte> line, out int minute, out int second)
    {
        minute = second = -1;
        return IsAlike(line, _clockDigits) && TryRead(line, _minute, out minute) && TryRead(line, _second, out second);
    }

    /// <summary>Keeps a line that fits, until its date is asked for.</summary>
    public void Take(ReadOnlySpan<byte> line)
    {
        line[..(_end + 1)].CopyTo(_follower);
        HasFollower = true;
    }

    /// <summary>The last line that was taken is not the last dated one any more.</summary>
    public void DropFollower() => HasFollower = false;

    private int Free(TemplateSlot slot, int group)
    {
        (int start, int end) = slot.Group(group);
        if (start < 0 || end - start != 2) return -1;
        _clockDigits.AsSpan(start, 2).Fill(0xFF);
        return start;
    }

    private static bool TryRead(ReadOnlySpan<byte> line, int at, out int value)
    {
        value = at < 0 ? -1 : 10 * (line[at] - '0') + line[at + 1] - '0';
        return value < 60;
    }

    // Eight characters at a time; a digit is one that, less '0', is 9 at most.
    private bool IsAlike(ReadOnlySpan<byte> line, byte[] digits)
    {
        if (_end < 0 || line.Length <= _end + 1 || CanContinue(line[_end + 1])) return false;
        int length = (_end + Word) / Word * Word;
        if (line.Length < length)
        {
            Span<byte> padded = stackalloc byte[Longest];
            padded.Clear();
            line.CopyTo(padded);
            return IsAlike(padded, digits, length);
        }

        return IsAlike(line, digits, length);
    }

    private bool IsAlike(ReadOnlySpan<byte> line, byte[] digits, int length)
    {
        for (int at = _compareFrom / Word * Word; at < length; at += Word)
        {
            ulong text = BinaryPrimitives.ReadUInt64LittleEndian(line[at..]);
            ulong free = BinaryPrimitives.ReadUInt64LittleEndian(digits.AsSpan(at));
            ulong differences = (text ^ BinaryPrimitives.ReadUInt64LittleEndian(_line.AsSpan(at))) & BinaryPrimitives.ReadUInt64LittleEndian(_compared.AsSpan(at));
            if ((differences & ~free) != 0) return false;
            ulong values = (text ^ 0x3030303030303030) & free;
            if (((((values & 0x7F7F7F7F7F7F7F7F) + 0x7676767676767676) | values) & 0x8080808080808080) != 0) return false;
        }

        // Places are compared in characters; bytes will do while all are ASCII.
        return _compareFrom == 0 || Ascii.IsValid(line[.._compareFrom]);
    }

    private static bool CanContinue(byte next) => !char.IsAsciiLetter((char)next) || (next | 0x20) is 'z' or 'u' or 'g';
}
