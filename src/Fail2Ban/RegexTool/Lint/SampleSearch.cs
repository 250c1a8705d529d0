using System.Text;
using System.Text.RegularExpressions;
using Fail2Ban.Detection.Dates;
using Fail2Ban.Detection.Matching;
using Fail2Ban.Patterns;
using Fail2Ban.Patterns.Syntax;

namespace Fail2Ban.RegexTool.Lint;

/// <summary>Collects texts that a filter's failregexes match: its comments and, where they have none, what the patterns themselves tell.</summary>
internal sealed partial class SampleSearch(LintedFilter filter, DateDetector dates)
{
    private const string Address = "192.0.2.1";

    private readonly List<Sample> _samples = [];
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly bool[] _isExcluded = new bool[filter.Fail.Count];

    /// <summary>All that were found.</summary>
    public IReadOnlyList<Sample> Samples => _samples;

    /// <summary>Those of one failregex.</summary>
    public IEnumerable<Sample> Of(int regex) => _samples.Where(sample => sample.Occurrences.Any(occurrence => occurrence.Regex == regex));

    /// <summary>Whether texts of a failregex are known, and the prefregex lets none through though it does so with others.</summary>
    public bool IsExcluded(int regex) => _isExcluded[regex] && _samples.Count > 0;

    /// <summary>Looks through the comments of files.</summary>
    /// <param name="files">Those of the filter.</param>
    /// <param name="lines">How many lines a failregex sees.</param>
    public void ReadComments(IEnumerable<string> files, int lines)
    {
        foreach (string file in files)
        {
            string[] comments = [.. File.ReadLines(file).Select(line => line.StartsWith('#') ? line[1..].Trim() : "")];
            for (int i = 0; i < comments.Length; i++)
            {
                if (comments[i].Length == 0) continue;
                if (Try(Remark().Replace(comments[i], "")) || Try(comments[i])) continue;
                for (int count = 2; count <= lines && i + count <= comments.Length && comments[i + count - 1].Length > 0; count++) Try(string.Join('\n', comments[i..(i + count)]));
            }
        }

        // What a comment tells of the content alone needs a line around it; that takes samples of others.
        for (int i = 0; i < filter.Fail.Count; i++)
            if (!Of(i).Any()) Add(i, Examples(filter.Fail[i]));
    }

    /// <summary>Texts that a pattern should match; whether it does has to be tried.</summary>
    /// <param name="regex">The pattern.</param>
    /// <param name="given">What groups, by number, are to hold.</param>
    public static IEnumerable<string> Examples(CompiledRegex regex, params IEnumerable<(int Group, string Text)> given)
    {
        PatternTree tree = PatternParser.Parse(regex.Regex.Expanded, multiLine: false);
        Dictionary<int, string> groups = given.ToDictionary(each => each.Group, each => each.Text);
        foreach (string field in (string[])["ip4", "dns"])
            if (regex.Pattern.GroupNumber(field) is >= 0 and int number) groups[number] = Address;
        return [ExampleText.Of(tree, groups, isFull: false), ExampleText.Of(tree, groups, isFull: true)];
    }

    // As it stands, with its date cut out, and as content of a prefregex.
    private bool Try(string comment)
    {
        if (!_known.Add(comment)) return false;
        if (TryWhole(string.Join('\n', comment.Split('\n').Select(Undated)), isWritten: true) || TryWhole(comment, isWritten: true)) return true;
        if (filter.Prefix is null) return false;
        bool isContent = false;
        foreach ((int index, CompiledRegex regex) in filter.Fail.Index())
        {
            if (regex.Pattern.Match(Encoding.UTF8.GetBytes(comment + "\n")) != MatchOutcome.Match) continue;
            isContent = true;
            if (!Frames(comment).Any(text => TryWhole(text, isWritten: true))) _isExcluded[index] = true;
        }

        return isContent;
    }

    private string Undated(string line)
    {
        byte[] text = Encoding.UTF8.GetBytes(line + "\n");
        return dates.Detect(text) is { Found: true, IsEmpty: false } date ? Encoding.UTF8.GetString([.. text.AsSpan(0, date.Start), .. text.AsSpan(date.End)]).TrimEnd('\n') : line;
    }

    private void Add(int regex, IEnumerable<string> examples)
    {
        foreach (string example in examples)
        {
            if (filter.Fail[regex].Pattern.Match(Encoding.UTF8.GetBytes(example + "\n")) != MatchOutcome.Match) continue;
            IEnumerable<string> whole = filter.Prefix is null ? [example] : Frames(example);
            if (whole.Any(text => TryWhole(text, isWritten: false)))
            {
                _isExcluded[regex] = false;
                return;
            }

            if (filter.Prefix is not null) _isExcluded[regex] = true;
        }
    }

    private bool TryWhole(string line, bool isWritten)
    {
        byte[] text = Encoding.UTF8.GetBytes(line + "\n");
        IReadOnlyList<Occurrence> occurrences = filter.Every(text);
        if (occurrences.Count == 0) return false;
        _samples.Add(new Sample(text, occurrences, isWritten));
        return true;
    }

    // Lines whose content, as the prefregex cuts it, is this text.
    private IEnumerable<string> Frames(string content) =>
        filter.Prefix!.ContentGroup < 0 ? [content] : Examples(filter.Prefix, (filter.Prefix.ContentGroup, content));

    // "(until version 7.6)" behind a sample.
    [GeneratedRegex(@"\s{2,}\(.*\)$")]
    private static partial Regex Remark();
}
