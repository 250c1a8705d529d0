using System.Text;
using System.Text.Unicode;
using Fail2Ban.Native.Pcre2;

namespace Fail2Ban.Patterns;

/// <summary>A pattern in Python's <c>re</c> dialect, searched in UTF-8 bytes by PCRE2.</summary>
/// <remarks>
/// Thread safety: none; it belongs to one jail and holds the spans of its last search. What it was compiled to is shared by
/// all patterns of the same text.
/// </remarks>
public sealed class Pattern : IDisposable
{
    private const uint BaseMatchLimit = 200_000;
    private const uint MatchLimitPerByte = 20;

    // Lengths are rounded up to this for the limit, so that it need not be set anew for each line. A power of two.
    private const uint LengthStep = 1024;
    private const uint LastMatchLimit = 2_000_000;

    private readonly PatternCode _code;

    // A pattern that was never searched has none.
    private Pcre2Spans? _spans;

    private Pattern(PatternCode code) => _code = code;

    /// <summary>The pattern as Python knows it.</summary>
    public string Text => _code.Text;

    /// <summary>How many capturing groups there are, group 0 not counted.</summary>
    public int GroupCount => _code.GroupCount;

    /// <summary>Named groups with their numbers, in the order of definition.</summary>
    public IReadOnlyList<(string Name, int Number)> GroupNames => _code.GroupNames;

    /// <summary>What a prefilter may rely on.</summary>
    public PatternFacts Facts => _code.Facts;

    /// <summary>Compiles a pattern.</summary>
    /// <param name="text">Python's dialect; see python-re of the specification.</param>
    /// <param name="multiLine">Python's MULTILINE flag.</param>
    /// <exception cref="PatternException">The text is not a pattern, or is one that cannot be taken.</exception>
    public static Pattern Compile(string text, bool multiLine = false) => new(PatternCode.Of(text, multiLine));

    /// <summary>The same pattern with spans of its own, for another thread.</summary>
    public Pattern Again() => new(_code);

    /// <summary>The number of a named group, or -1.</summary>
    public int GroupNumber(string name)
    {
        foreach ((string known, int number) in GroupNames)
            if (known == name) return number;
        return -1;
    }

    /// <summary>Searches for the first occurrence at or after <paramref name="start"/>.</summary>
    /// <param name="subject">
    /// Valid UTF-8. Its end is the end for <c>$</c> and lookahead; <c>^</c> and lookbehind see what stands before
    /// <paramref name="start"/>.
    /// </param>
    /// <param name="start">In bytes, on a character boundary.</param>
    public MatchOutcome Match(ReadOnlySpan<byte> subject, int start = 0) => Match(subject, start, Ascii.IsValid(subject));

    /// <summary>Searches as <see cref="Match(ReadOnlySpan{byte}, int)"/> where the caller knows what the subject holds.</summary>
    /// <param name="subject">Valid UTF-8; for anything else the outcome is <see cref="MatchOutcome.LimitExceeded"/>.</param>
    /// <param name="start">In bytes, on a character boundary.</param>
    /// <param name="isAscii">Whether every byte of the subject is below 0x80; a wrong <see langword="true"/> gives wrong verdicts.</param>
    public MatchOutcome Match(ReadOnlySpan<byte> subject, int start, bool isAscii)
    {
        // PCRE2 is told not to check again, and reads beyond the end of a truncated sequence.
        if (!isAscii && !Utf8.IsValid(subject)) return MatchOutcome.LimitExceeded;

        Pcre2Workspace workspace = Pcre2Workspace.Current;
        Pcre2Code code = isAscii ? _code.Bytes : _code.Unicode;
        _spans ??= new Pcre2Spans(code.GroupCount);
        uint limit = BaseMatchLimit + MatchLimitPerByte * (((uint)subject.Length + LengthStep - 1) & ~(LengthStep - 1));
        Pcre2Result result = workspace.Match(code, _spans, subject, start, limit);
        if (result == Pcre2Result.MatchLimit && limit < LastMatchLimit) result = workspace.Match(code, _spans, subject, start, LastMatchLimit);
        if (result == Pcre2Result.NoMatch) return MatchOutcome.NoMatch;
        return result == Pcre2Result.Match ? MatchOutcome.Match : MatchOutcome.LimitExceeded;
    }

    /// <summary>The span of a group in the last search, in bytes; (-1, -1) where the group did not take part, or nothing was found.</summary>
    /// <param name="number">0 for the whole match.</param>
    public (int Start, int End) Group(int number) => _spans is null ? (-1, -1) : _spans.Group(number);

    /// <summary>All spans of the last search; valid until the next one.</summary>
    public GroupSpans Groups => new(_spans is null ? [] : _spans.Pairs);

    /// <inheritdoc/>
    public void Dispose() => _spans?.Dispose();
}
