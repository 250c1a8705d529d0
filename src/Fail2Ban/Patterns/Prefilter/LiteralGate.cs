using System.Buffers;
using System.Text;

namespace Fail2Ban.Patterns.Prefilter;

/// <summary>Proves of a line that none of several patterns matches any part of it, by the texts that they require.</summary>
/// <remarks>All texts are looked for in one pass. Thread safety: none.</remarks>
public sealed class LiteralGate
{
    // Longer lines are rare, and not worth the memory.
    private const int LongestText = 16 * 1024;

    // What is searched at once of many lines: its characters stay in the nearest cache. Much more than a literal has.
    private const int Window = 4096;

    private readonly SearchValues<string> _literals;
    private readonly int _longest;
    private readonly bool _asciiSubjectsOnly;
    private readonly byte[] _seam;
    private char[] _chars = new char[512];

    private LiteralGate(string[] literals, StringComparison comparison, bool asciiSubjectsOnly)
    {
        _literals = SearchValues.Create(literals, comparison);
        _longest = literals.Max(literal => literal.Length);
        _seam = new byte[2 * _longest];
        _asciiSubjectsOnly = asciiSubjectsOnly;
    }

    /// <summary>Makes the gate of some patterns.</summary>
    /// <returns>Null where nothing can be proven: one of them may match without a known text, or there is none.</returns>
    public static LiteralGate? Of(IReadOnlyCollection<Pattern> patterns)
    {
        if (patterns.Count == 0 || patterns.Any(pattern => pattern.Facts.RequiredLiterals.Count == 0)) return null;
        RequiredLiteral[] literals = [.. patterns.SelectMany(pattern => pattern.Facts.RequiredLiterals)];

        // The line end may be put behind a part of the line, where the line has none.
        if (literals.Any(literal => literal.Text.Span.Contains((byte)'\n'))) return null;

        // Bytes are sought as characters of the same number. That other letters than A to Z then have two cases too
        // lets a few more lines pass.
        bool ignoreCase = literals.Any(literal => literal.IgnoreCase);
        string[] texts = [.. literals.Select(literal => Encoding.Latin1.GetString(literal.Text.Span)).Distinct()];
        StringComparison comparison = ignoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        string[] shortest = [.. texts.Where(text => !texts.Any(other => other.Length < text.Length && text.Contains(other, comparison)))];
        return new LiteralGate(shortest, comparison, literals.Any(literal => literal.AsciiSubjectsOnly));
    }

    /// <summary>Whether no pattern matches the text, or any part of it with a line end behind.</summary>
    /// <param name="text">As the patterns see it: a date is cut out.</param>
    public bool Excludes(ReadOnlySpan<byte> text)
    {
        if (text.Length > LongestText) return false;
        MakeRoom(text.Length);
        if (_asciiSubjectsOnly && !Ascii.IsValid(text)) return false;
        int length = Encoding.Latin1.GetChars(text, _chars);
        return !_chars.AsSpan(0, length).ContainsAny(_literals);
    }

    /// <summary>Whether no pattern matches where two texts are put together, if it matches neither.</summary>
    /// <param name="left">The first text.</param>
    /// <param name="right">The second one.</param>
    public bool ExcludesSeam(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        if (left.Length >= _longest) left = left[^(_longest - 1)..];
        if (right.Length >= _longest) right = right[..(_longest - 1)];
        left.CopyTo(_seam);
        right.CopyTo(_seam.AsSpan(left.Length));
        return Excludes(_seam.AsSpan(0, left.Length + right.Length));
    }

    /// <summary>Where many lines first have something because of which a line of them may match.</summary>
    /// <param name="lines">Lines with their ends.</param>
    /// <param name="from">Where to begin.</param>
    /// <returns>The length of <paramref name="lines"/> where there is nothing of the kind.</returns>
    public int NextCandidate(ReadOnlySpan<byte> lines, int from)
    {
        MakeRoom(Window);
        for (int at = from; at < lines.Length; at += Window - _longest)
        {
            ReadOnlySpan<byte> window = lines.Slice(at, Math.Min(Window, lines.Length - at));
            int beyondAscii = _asciiSubjectsOnly ? window.IndexOfAnyExceptInRange((byte)0, (byte)0x7F) : -1;
            if (beyondAscii >= 0) window = window[..beyondAscii];
            int length = Encoding.Latin1.GetChars(window, _chars);
            int found = _chars.AsSpan(0, length).IndexOfAny(_literals);
            if (found < 0) found = beyondAscii;
            if (found >= 0) return at + found;
            if (at + length == lines.Length) break;
        }

        return lines.Length;
    }

    private void MakeRoom(int length)
    {
        if (_chars.Length < length) _chars = new char[length <= Window ? Window : LongestText];
    }
}
