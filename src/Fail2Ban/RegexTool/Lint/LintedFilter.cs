using System.Text;
using Fail2Ban.Configuration;
using Fail2Ban.Detection.Matching;
using Fail2Ban.Patterns;
using Fail2Ban.Patterns.Prefilter;

namespace Fail2Ban.RegexTool.Lint;

/// <summary>The regexes of a filter, searched in single texts: what was seen before does not count.</summary>
internal sealed class LintedFilter : IDisposable
{
    private static readonly string[] IdFields = ["ip4", "ip6", "dns", "fid"];

    private readonly PatternSelector _selector;

    private LintedFilter(CompiledRegex? prefix, CompiledRegex[] fail, CompiledRegex[] ignore, bool isMultiLine)
    {
        Prefix = prefix;
        Fail = fail;
        Ignore = ignore;
        IsMultiLine = isMultiLine;
        _selector = new PatternSelector([.. fail.Select(regex => regex.Pattern)]);
    }

    public CompiledRegex? Prefix { get; }

    public IReadOnlyList<CompiledRegex> Fail { get; }

    public IReadOnlyList<CompiledRegex> Ignore { get; }

    /// <summary>All of these.</summary>
    public IEnumerable<CompiledRegex> All => [.. Prefix is null ? [] : (CompiledRegex[])[Prefix], .. Fail, .. Ignore];

    /// <summary>Whether a failregex sees several lines at once.</summary>
    public bool IsMultiLine { get; }

    /// <exception cref="FilterException">A regex cannot be compiled.</exception>
    public static LintedFilter Compile(FilterDefinition definition)
    {
        UseDns useDns = definition.UseDns is { } text ? UseDnsText.Parse(text) : UseDns.Warn;
        bool isMultiLine = definition.MaxLines > 1;
        CompiledRegex[] Compiled(IEnumerable<string> regexes, bool severalLines) => [.. regexes.Select(regex => CompiledRegex.Compile(regex, useDns, severalLines))];
        return new LintedFilter(
            string.IsNullOrEmpty(definition.PrefRegex) ? null : CompiledRegex.Compile(definition.PrefRegex, useDns, multiLine: false),
            Compiled(definition.FailRegexes, isMultiLine), Compiled(definition.IgnoreRegexes, severalLines: false), isMultiLine);
    }

    /// <summary>The first failregex that occurs, as a jail searches.</summary>
    /// <param name="text">With its newline.</param>
    public Occurrence? First(byte[] text) => Search(text, mostFound: 1) is [var first, ..] ? first : null;

    /// <summary>Every failregex that occurs.</summary>
    /// <param name="text">With its newline.</param>
    public IReadOnlyList<Occurrence> Every(byte[] text) => Search(text, mostFound: int.MaxValue);

    /// <summary>Cuts out what the prefregex leaves to the failregexes.</summary>
    /// <param name="text">With its newline.</param>
    /// <param name="start">Where that begins in the text.</param>
    /// <returns>The content with a newline; null where the prefregex does not occur.</returns>
    public byte[]? Content(byte[] text, out int start)
    {
        start = 0;
        if (Prefix is null) return text;
        if (Prefix.Pattern.Match(text) != MatchOutcome.Match) return null;
        if (Prefix.ContentGroup < 0 || Prefix.Pattern.Group(Prefix.ContentGroup) is not ( >= 0 and int from, int end) || from == end) return text;
        start = from;
        return [.. text.AsSpan(from, end - from), (byte)'\n'];
    }

    public void Dispose()
    {
        foreach (CompiledRegex regex in All) regex.Dispose();
    }

    private List<Occurrence> Search(byte[] text, int mostFound)
    {
        List<Occurrence> found = [];
        if (Content(text, out int offset) is not { } content || Ignore.Any(regex => regex.Pattern.Match(content) == MatchOutcome.Match)) return found;
        bool isAscii = Ascii.IsValid(content);
        for (int i = _selector.Next(content, isAscii, 0); i >= 0 && found.Count < mostFound; i = _selector.Next(content, isAscii, i + 1))
            if (Fail[i].Pattern.Match(content) == MatchOutcome.Match) found.Add(Describe(i, text, content, offset));
        return found;
    }

    private Occurrence Describe(int index, byte[] text, byte[] content, int offset)
    {
        var fields = new Fields();
        Prefix?.CapturePrefix(fields, text, Prefix.Pattern.Groups);
        Fail[index].CaptureOver(fields, content, Fail[index].Pattern.Groups, new Fields());
        string? host = IdFields.Select(field => fields[field] as string).FirstOrDefault(id => !string.IsNullOrEmpty(id));
        int start = host is null ? -1 : StartOf(Fail[index], offset) is >= 0 and int own ? own : Prefix is null ? -1 : StartOf(Prefix, 0);
        if (start < 0 && host is not null) start = text.AsSpan().IndexOf(Encoding.UTF8.GetBytes(host));
        return new Occurrence(index, host, start, [.. Users(Fail[index], offset), .. Prefix is null ? [] : Users(Prefix, 0)]);
    }

    private static IEnumerable<(int Start, int End)> Users(CompiledRegex regex, int offset) => regex.Pattern.GroupNames
        .Where(group => group.Name.EndsWith("user", StringComparison.Ordinal))
        .Select(group => regex.Pattern.Group(group.Number))
        .Where(span => span.Start >= 0)
        .Select(span => (span.Start + offset, span.End + offset));

    private static int StartOf(CompiledRegex regex, int offset)
    {
        foreach (string field in IdFields)
            if (regex.Pattern.GroupNumber(field) is >= 0 and int number && regex.Pattern.Group(number).Start is >= 0 and int start) return start + offset;
        return -1;
    }
}
