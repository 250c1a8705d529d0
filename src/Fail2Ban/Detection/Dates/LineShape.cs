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

    private readonly byte[] _line = new byte[Longest];
    private int _compareFrom;
    private int _end = -1;

    /// <summary>Whether a line was taken by <see cref="TryFollow"/> since the last <see cref="Keep"/> or <see cref="Forget"/>.</summary>
    public bool HasFollower { get; private set; }

    /// <summary>The last follower up to the end of its date.</summary>
    public ReadOnlySpan<byte> Follower => _line.AsSpan(0, _end);

    /// <summary>Where to search the date in it.</summary>
    public int SearchFrom { get; private set; }

    public void Forget() => (_end, HasFollower) = (-1, false);

    /// <param name="line">Without its line end.</param>
    /// <param name="slot">The template that gave the date.</param>
    public void Keep(ReadOnlySpan<byte> line, TemplateSlot slot)
    {
        Forget();
        (int start, int end) = slot.Span;
        if (!slot.Definition.IsDefault || start == end || end >= Longest || end + 1 >= line.Length || CanContinue(line[end + 1])) return;
        if (!Ascii.IsValid(line[..(end + 1)])) return;

        // A template at the line's begin looks at all that is before its date, others at the character before.
        SearchFrom = slot.Anchored ? 0 : start;
        _compareFrom = Math.Max(0, SearchFrom - 1);
        _end = end;
        line[..(end + 1)].CopyTo(_line);
    }

    /// <summary>Whether a line has the same characters, save for other digits, up to the one after the date.</summary>
    /// <param name="line">Without its line end.</param>
    public bool TryFollow(ReadOnlySpan<byte> line)
    {
        if (_end < 0 || line.Length <= _end + 1 || CanContinue(line[_end + 1]) || line[_end] != _line[_end]) return false;
        for (int i = _compareFrom; i < _end; i++)
            if (line[i] != _line[i] && !(char.IsAsciiDigit((char)line[i]) && char.IsAsciiDigit((char)_line[i]))) return false;

        // Places are compared in characters; bytes will do while all are ASCII.
        if (!Ascii.IsValid(line[..(_end + 1)])) return false;
        line[..(_end + 1)].CopyTo(_line);
        return HasFollower = true;
    }

    private static bool CanContinue(byte next) => !char.IsAsciiLetter((char)next) || (next | 0x20) is 'z' or 'u' or 'g';
}
