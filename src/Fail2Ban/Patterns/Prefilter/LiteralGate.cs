using System.Text;

namespace Fail2Ban.Patterns.Prefilter;

/// <summary>Proves of a line that none of several patterns matches any part of it, by the texts that they require.</summary>
/// <remarks>All texts are looked for in one pass. Thread safety: none.</remarks>
public sealed class LiteralGate
{
    private readonly LiteralScan _scan;
    private readonly int _longest;
    private readonly byte[] _seam;

    // What may stand before and behind a seam within one of the texts.
    private readonly bool[] _mayEnd = new bool[256];
    private readonly bool[] _mayBegin = new bool[256];

    private LiteralGate(RequiredLiteral[] literals, bool stopsBeyondAscii)
    {
        _scan = new LiteralScan(literals, stopsBeyondAscii);
        _longest = literals.Max(literal => literal.Text.Length);
        _seam = new byte[2 * _longest];
        foreach (RequiredLiteral literal in literals)
        {
            ReadOnlySpan<byte> text = literal.Text.Span;
            for (int seam = 1; seam < text.Length; seam++)
            {
                Enter(_mayEnd, text[seam - 1], literal.IgnoreCase);
                Enter(_mayBegin, text[seam], literal.IgnoreCase);
            }
        }
    }

    /// <summary>Makes the gate of some patterns.</summary>
    /// <returns>Null where nothing can be proven: one of them may match without a known text, or there is none.</returns>
    public static LiteralGate? Of(IReadOnlyCollection<Pattern> patterns)
    {
        if (patterns.Count == 0 || patterns.Any(pattern => pattern.Facts.RequiredLiterals.Count == 0)) return null;
        RequiredLiteral[] literals = [.. patterns.SelectMany(pattern => pattern.Facts.RequiredLiterals)];

        // The line end may be put behind a part of the line, where the line has none.
        if (literals.Any(literal => literal.Text.Span.Contains((byte)'\n'))) return null;
        Sought[] sought = [.. literals.Select(literal => new Sought(Encoding.Latin1.GetString(literal.Text.Span), literal)).DistinctBy(item => (item.Text, item.Literal.IgnoreCase))];

        // Where a text is required of ASCII subjects only, nothing is known of the others, whatever covers it.
        return new LiteralGate(
            [.. sought.Where(item => !Array.Exists(sought, other => other.Covers(item))).Select(item => item.Literal)], literals.Any(literal => literal.AsciiSubjectsOnly));
    }

    /// <summary>Whether no pattern matches the text, or any part of it with a line end behind.</summary>
    /// <param name="text">As the patterns see it: a date is cut out.</param>
    public bool Excludes(ReadOnlySpan<byte> text) => _scan.PlaceIn(text) < 0;

    /// <summary>Whether no pattern matches where two texts are put together, if it matches neither.</summary>
    /// <param name="left">The first text.</param>
    /// <param name="right">The second one.</param>
    public bool ExcludesSeam(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        if (left.IsEmpty || right.IsEmpty || !_mayEnd[left[^1]] || !_mayBegin[right[0]]) return true;
        if (left.Length >= _longest) left = left[^(_longest - 1)..];
        if (right.Length >= _longest) right = right[..(_longest - 1)];
        left.CopyTo(_seam);
        right.CopyTo(_seam.AsSpan(left.Length));
        return Excludes(_seam.AsSpan(0, left.Length + right.Length));
    }

    /// <summary>A place in the first line that has something because of which it may match.</summary>
    /// <param name="lines">Lines with their ends.</param>
    /// <param name="from">Where to begin.</param>
    /// <returns>The length of <paramref name="lines"/> where there is nothing of the kind.</returns>
    public int NextCandidate(ReadOnlySpan<byte> lines, int from) => _scan.PlaceIn(lines[from..]) is >= 0 and int found ? from + found : lines.Length;

    private static void Enter(bool[] bytes, byte value, bool ignoreCase)
    {
        bytes[value] = true;
        if (ignoreCase && char.IsAsciiLetter((char)value)) bytes[value ^ 0x20] = true;
    }

    private readonly record struct Sought(string Text, RequiredLiteral Literal)
    {
        // Wherever the other one stands, this one stands too.
        public bool Covers(Sought other) => Text.Length < other.Text.Length && (Literal.IgnoreCase || !other.Literal.IgnoreCase)
            && (Literal.IgnoreCase ? other.Lower : other.Text).Contains(Text, StringComparison.Ordinal);

        // Characters stand for bytes: only ASCII has cases.
        private string Lower => string.Create(Text.Length, Text, static (lower, text) =>
        {
            for (int i = 0; i < text.Length; i++) lower[i] = char.IsAsciiLetterUpper(text[i]) ? (char)(text[i] | 0x20) : text[i];
        });
    }
}
