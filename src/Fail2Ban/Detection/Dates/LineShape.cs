using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Text;

namespace Fail2Ban.Detection.Dates;

/// <summary>How the last dated line began: with digits in the same places, the next one has its date there too.</summary>
/// <remarks>
/// Only said of default templates, whose tails are known: what may follow a date and belong to it begins with a sign, a
/// digit, white space or the letter of a zone, so where something else stands nothing can. Where the template wants its
/// date behind the first sign of a kind (<see cref="TemplateDefinition.Opener"/>), places are counted from that sign, and
/// what stands before it does not matter; where it wants a quote behind the date, all up to the quote has to be as it was.
/// Thread safety: none.
/// </remarks>
internal sealed class LineShape
{
    private const int Longest = 128;
    private const int Step = 16;

    private readonly byte[] _line = new byte[Longest];
    private readonly byte[] _follower = new byte[Longest];

    // A follower may have other digits than the line anywhere, or in its minutes, seconds and fractions only.
    private readonly Mask _anyDigits = new();
    private readonly Mask _clockDigits = new();

    private byte? _opener;
    private int _compareFrom;
    private int _end = -1;
    private bool _isClosed;
    private bool _endsWithQuote;
    private int _minute;
    private int _second;

    /// <summary>Whether a line was taken by <see cref="Take"/> since the last <see cref="Keep"/> or <see cref="Forget"/>.</summary>
    public bool HasFollower { get; private set; }

    /// <summary>Where in the line that was looked at last the places are counted from.</summary>
    public int Origin { get; private set; }

    /// <summary>The last follower up to the end of its date, or of the quote that has to stand behind it.</summary>
    public ReadOnlySpan<byte> Follower => _follower.AsSpan(0, _endsWithQuote ? _end + 1 : _end);

    /// <summary>Where to search the date in it.</summary>
    public int SearchFrom { get; private set; }

    public void Forget() => (_end, HasFollower) = (-1, false);

    /// <param name="line">Without its line end.</param>
    /// <param name="slot">The template that gave the date.</param>
    public void Keep(ReadOnlySpan<byte> line, TemplateSlot slot)
    {
        Forget();
        _opener = slot.Definition.Opener;
        _endsWithQuote = slot.Definition.EndsWithQuote;
        Origin = OriginOf(line);
        (int start, int end) = slot.Span;
        if (_endsWithQuote) end--; // all up to the quote is compared, and the quote as the character behind it
        if (!(slot.Definition.IsDefault || _opener is not null) || start == end || end + 1 >= line.Length) return;
        _isClosed = line[end] is (byte)']' or (byte)')' or (byte)'>' or (byte)'"' or (byte)'|';
        if (!_isClosed && CanContinue(line[end + 1])) return;
        line = line[Origin..];
        (start, end) = (Math.Max(0, start - Origin), end - Origin);
        if (end >= Longest - 1 || !Ascii.IsValid(line[..(end + 1)])) return;

        // A template at the line's begin looks at all that is before its date, others at the character before.
        SearchFrom = slot.Anchored ? 0 : start;
        _compareFrom = Math.Max(0, SearchFrom - 1);
        _end = end;
        _line.AsSpan().Clear();
        line[..(end + 1)].CopyTo(_line);
        _anyDigits.Compare(_compareFrom, end + 1);
        _clockDigits.Compare(_compareFrom, end + 1);
        for (int i = _compareFrom; i < end; i++)
            if (char.IsAsciiDigit((char)line[i])) _anyDigits.Free(i, 1);
        _minute = Free(slot, slot.MinuteGroup);
        _second = Free(slot, slot.SecondGroup);
        (int first, int last) = slot.Group(slot.FractionGroup);
        if (first >= 0) _clockDigits.Free(first - Origin, last - first);
    }

    /// <summary>Whether a line has the same characters, save for other digits, up to the one after the date.</summary>
    /// <param name="line">Without its line end.</param>
    public bool Fits(ReadOnlySpan<byte> line)
    {
        Origin = OriginOf(line);
        return IsAlike(line[Origin..], _anyDigits);
    }

    /// <summary>Whether a line has the same characters, save for other digits in valid minutes, seconds and fractions.</summary>
    /// <param name="line">Without its line end.</param>
    /// <param name="minute">The line's minute; -1 for that of the line before.</param>
    /// <param name="second">The line's second; -1 for that of the line before.</param>
    public bool Follows(ReadOnlySpan<byte> line, out int minute, out int second)
    {
        minute = second = -1;
        Origin = OriginOf(line);
        line = line[Origin..];
        return IsAlike(line, _clockDigits) && TryRead(line, _minute, out minute) && TryRead(line, _second, out second);
    }

    /// <summary>Keeps a line that fits, until its date is asked for.</summary>
    public void Take(ReadOnlySpan<byte> line)
    {
        line.Slice(OriginOf(line), _end + 1).CopyTo(_follower);
        HasFollower = true;
    }

    /// <summary>The last line that was taken is not the last dated one any more.</summary>
    public void DropFollower() => HasFollower = false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int OriginOf(ReadOnlySpan<byte> line) => _opener is { } opener ? Math.Max(0, line.IndexOf(opener)) : 0;

    private int Free(TemplateSlot slot, int group)
    {
        (int start, int end) = slot.Group(group);
        if (start < 0 || end - start != 2) return -1;
        start -= Origin;
        _clockDigits.Free(start, 2);
        return start;
    }

    private static bool TryRead(ReadOnlySpan<byte> line, int at, out int value)
    {
        value = at < 0 ? -1 : 10 * (line[at] - '0') + line[at + 1] - '0';
        return value < 60;
    }

    private bool IsAlike(ReadOnlySpan<byte> line, Mask mask)
    {
        if (_end < 0 || line.Length <= _end + 1 || (!_isClosed && CanContinue(line[_end + 1]))) return false;
        int length = (_end + Step) / Step * Step;
        bool isAlike = line.Length < length ? IsShortAlike(line, mask, length) : IsAlike(line[..length], mask, _line, _compareFrom / Step * Step);

        // Places are compared in characters; bytes will do while all are ASCII.
        return isAlike && (_compareFrom == 0 || Ascii.IsValid(line[.._compareFrom]));
    }

    private bool IsShortAlike(ReadOnlySpan<byte> line, Mask mask, int length)
    {
        Span<byte> padded = stackalloc byte[Longest];
        padded.Clear();
        line.CopyTo(padded);
        return IsAlike(padded[..length], mask, _line, _compareFrom / Step * Step);
    }

    // Sixteen characters at a time; a digit is one that, less '0', is 9 at most.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsAlike(ReadOnlySpan<byte> line, Mask mask, byte[] kept, int from)
    {
        Vector128<byte> differences = Vector128<byte>.Zero, nine = Vector128.Create((byte)9);
        for (; from < line.Length; from += Step)
        {
            Vector128<byte> text = Vector128.Create(line.Slice(from, Step));
            differences |= (text ^ Vector128.Create(kept, from)) & Vector128.Create(mask.Fixed, from);
            Vector128<byte> digits = (text ^ Vector128.Create((byte)'0')) & Vector128.Create(mask.Digits, from);
            differences |= Vector128.Max(digits, nine) ^ nine;
        }

        return differences == Vector128<byte>.Zero;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool CanContinue(byte next) => !char.IsAsciiLetter((char)next) || (next | 0x20) is 'z' or 'u' or 'g';

    /// <summary>What of a follower has to be as in the line.</summary>
    private sealed class Mask
    {
        /// <summary>0xFF where the same character has to stand.</summary>
        public readonly byte[] Fixed = new byte[Longest];

        /// <summary>0xFF where any digit may stand.</summary>
        public readonly byte[] Digits = new byte[Longest];

        public void Compare(int start, int end)
        {
            Fixed.AsSpan().Clear();
            Fixed.AsSpan(start..end).Fill(0xFF);
            Digits.AsSpan().Clear();
        }

        public void Free(int start, int length)
        {
            Fixed.AsSpan(start, length).Clear();
            Digits.AsSpan(start, length).Fill(0xFF);
        }
    }
}
