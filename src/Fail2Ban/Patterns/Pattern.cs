using System.Text;
using Fail2Ban.Native.Pcre2;

namespace Fail2Ban.Patterns;

/// <summary>A pattern in Python's <c>re</c> dialect, searched in UTF-8 bytes by PCRE2.</summary>
/// <remarks>Thread safety: none; it belongs to one jail and holds the spans of its last match.</remarks>
public sealed class Pattern : IDisposable
{
    private const uint BaseMatchLimit = 200_000;
    private const uint MatchLimitPerByte = 20;

    private readonly Pcre2Code _code;

    private Pattern(string text, Pcre2Code code)
    {
        Text = text;
        _code = code;
        GroupNames = code.GroupNames();
    }

    /// <summary>The pattern as Python knows it.</summary>
    public string Text { get; }

    /// <summary>How many capturing groups there are, group 0 not counted.</summary>
    public int GroupCount => _code.GroupCount;

    /// <summary>Named groups with their numbers, in the order of definition.</summary>
    public IReadOnlyList<(string Name, int Number)> GroupNames { get; }

    /// <summary>What a prefilter may rely on.</summary>
    public PatternFacts Facts { get; } = new([], 0, false);

    /// <summary>Compiles a pattern.</summary>
    /// <param name="text">Python's dialect; see python-re of the specification.</param>
    /// <param name="multiLine">Python's MULTILINE flag.</param>
    /// <exception cref="PatternException">The text is not a pattern, or is one that cannot be taken.</exception>
    public static Pattern Compile(string text, bool multiLine = false)
    {
        string translated = text.Replace("(?iu)", "(?i)", StringComparison.Ordinal).Replace("{,", "{0,", StringComparison.Ordinal);
        Pcre2Options options = Pcre2Options.Unicode | (multiLine ? Pcre2Options.MultiLine : 0);
        Pcre2Code? code = Pcre2Code.Compile(Encoding.UTF8.GetBytes(translated), options, out string error, out int offset);
        return code is null ? throw new PatternException(error, offset) : new Pattern(text, code);
    }

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
    /// <param name="subject">Valid UTF-8.</param>
    /// <param name="start">In bytes, on a character boundary.</param>
    /// <param name="isAscii">Whether every byte of the subject is below 0x80; a wrong <see langword="true"/> gives wrong verdicts.</param>
    public MatchOutcome Match(ReadOnlySpan<byte> subject, int start, bool isAscii)
    {
        int result = _code.Match(subject, start, BaseMatchLimit + MatchLimitPerByte * (uint)subject.Length);
        return result > 0 ? MatchOutcome.Match : result == -1 ? MatchOutcome.NoMatch : MatchOutcome.LimitExceeded;
    }

    /// <summary>The span of a group in the last match, in bytes; (-1, -1) where the group did not take part.</summary>
    public (int Start, int End) Group(int number) => _code.Group(number);

    /// <inheritdoc/>
    public void Dispose() => _code.Dispose();
}
