using System.Buffers;
using System.Text;

namespace Fail2Ban.Patterns.Prefilter;

/// <summary>Proves of a line that none of several patterns matches any part of it, by the texts that they require.</summary>
/// <remarks>All texts are looked for in one pass. Thread safety: none.</remarks>
public sealed class LiteralGate
{
    // Longer lines are rare, and not worth the memory.
    private const int LongestText = 16 * 1024;

    private readonly SearchValues<string> _literals;
    private readonly bool _asciiSubjectsOnly;
    private char[] _chars = new char[512];

    private LiteralGate(SearchValues<string> literals, bool asciiSubjectsOnly) => (_literals, _asciiSubjectsOnly) = (literals, asciiSubjectsOnly);

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
        return new LiteralGate(SearchValues.Create(shortest, comparison), literals.Any(literal => literal.AsciiSubjectsOnly));
    }

    /// <summary>Whether no pattern matches the text, or any part of it with a line end behind.</summary>
    /// <param name="text">As the patterns see it: a date is cut out.</param>
    public bool Excludes(ReadOnlySpan<byte> text)
    {
        if (text.Length > LongestText) return false;
        if (_chars.Length < text.Length) _chars = new char[LongestText];
        if (_asciiSubjectsOnly && !Ascii.IsValid(text)) return false;
        int length = Encoding.Latin1.GetChars(text, _chars);
        return !_chars.AsSpan(0, length).ContainsAny(_literals);
    }
}
