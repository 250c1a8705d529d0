using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Fail2Ban.Tests.ShippedFilters;

/// <summary>What a sample line must lead to.</summary>
internal enum SampleVerdict
{
    /// <summary>Exactly one failure.</summary>
    Match,

    /// <summary>No failregex occurs.</summary>
    None,

    /// <summary>A failregex occurs that only tells about the session.</summary>
    NoFail,

    /// <summary>A failregex occurs; the address comes with another line.</summary>
    Pending,
}

/// <summary>One line of a log and what is expected of it.</summary>
/// <param name="Number">In the sample file, from 1.</param>
/// <param name="Text">Without line end.</param>
/// <param name="Verdict">What it must lead to.</param>
/// <param name="IsForged">The line holds an address that somebody wrote there to have it banned.</param>
/// <param name="Expected">Fields of the failure; <c>host</c> always.</param>
/// <param name="Regexes">How many failregexes occur in it.</param>
internal sealed record SampleLine(
    int Number, string Text, SampleVerdict Verdict, bool IsForged, ImmutableArray<KeyValuePair<string, string>> Expected, int Regexes);

/// <summary>Lines that one filter sees in turn.</summary>
/// <param name="Options">Of the filter, as in its brackets.</param>
/// <param name="Lines">At least one.</param>
internal sealed record SampleSet(string Options, ImmutableArray<SampleLine> Lines)
{
    /// <summary>Lines come from the journal: their time is known and stands not in the text.</summary>
    internal bool IsJournal => Options.Contains("logtype=journal", StringComparison.Ordinal);

    /// <summary>The same patterns behind another prefix.</summary>
    internal bool IsAnotherPrefix => Options.Contains("logtype=", StringComparison.Ordinal) || Options.Contains("logging=", StringComparison.Ordinal);
}

/// <summary>
/// Sample lines of a filter, with a directive above each:
/// <code>
/// # note: free text
/// # options: mode=aggressive, publickey=any      a new filter with these options reads what follows
/// # match: host=192.0.2.1 user="a b"             one failure with these fields; regexes=2 where two patterns may occur
/// # none                                         also "# nofail" and "# pending"
/// # forged match: host=192.0.2.1                 the line holds an address of the attacker's choice
/// # unforgeable: why                             nothing in these lines is the attacker's to write
/// </code>
/// </summary>
internal sealed partial class SampleLog
{
    private readonly List<SampleSet> _sets = [];
    private readonly List<SampleLine> _lines = [];
    private string _options = "";

    private SampleLog(IEnumerable<string> lines)
    {
        Match? directive = null;
        int number = 0;
        foreach (string line in lines)
        {
            number++;
            if (line.Length == 0) continue;
            if (line[0] != '#')
            {
                _lines.Add(Line(number, line, directive ?? throw new FormatException($"line {number} has no verdict above it")));
                directive = null;
            }
            else if (Verdict().Match(line) is { Success: true } verdict) directive = verdict;
            else if (line.StartsWith("# options:", StringComparison.Ordinal)) NextSet(line["# options:".Length..].Trim());
            else if (line.StartsWith("# unforgeable: ", StringComparison.Ordinal)) IsUnforgeable = true;
            else if (!line.StartsWith("# note: ", StringComparison.Ordinal)) throw new FormatException($"line {number} is no directive: {line}");
        }

        NextSet("");
    }

    internal IReadOnlyList<SampleSet> Sets => _sets;

    internal bool IsUnforgeable { get; private set; }

    internal static string PathOf(string filter) =>
        Path.Combine(RepositoryRoot.Find(), "test/Fail2Ban.Tests/ShippedFilters/Samples", filter + ".log");

    internal static SampleLog Read(string filter) => new(File.ReadLines(PathOf(filter)));

    private static SampleLine Line(int number, string text, Match directive)
    {
        int regexes = 1;
        var fields = ImmutableArray.CreateBuilder<KeyValuePair<string, string>>();
        foreach (Match field in Field().Matches(directive.Groups["fields"].Value))
        {
            (string name, string value) = (field.Groups["name"].Value, field.Groups["value"].Value.Trim('"'));
            if (name == "regexes") regexes = int.Parse(value);
            else fields.Add(new(name, value));
        }

        SampleVerdict verdict = Enum.Parse<SampleVerdict>(directive.Groups["verdict"].Value, ignoreCase: true);
        if (verdict == SampleVerdict.Match && !fields.Any(field => field.Key == "host")) throw new FormatException($"the match of line {number} names no host");
        return new SampleLine(number, text, verdict, directive.Groups["forged"].Success, fields.ToImmutable(), regexes);
    }

    private void NextSet(string options)
    {
        if (_lines.Count > 0) _sets.Add(new SampleSet(_options, [.. _lines]));
        _lines.Clear();
        _options = options;
    }

    [GeneratedRegex("^# (?<forged>forged )?(?<verdict>match|none|nofail|pending)(?:: (?<fields>.*))?$")]
    private static partial Regex Verdict();

    [GeneratedRegex("(?<name>\\w+)=(?<value>\"[^\"]*\"|\\S+)")]
    private static partial Regex Field();
}
