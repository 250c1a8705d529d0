using System.Globalization;
using System.Text;
using Fail2Ban.Addresses;
using Fail2Ban.Detection.Dates;
using Fail2Ban.Detection.Lines;
using Fail2Ban.Detection.Matching;
using Fail2Ban.Values;

namespace Fail2Ban.RegexTool;

/// <summary>Counts what the filter says of each line, and prints it in the end.</summary>
internal sealed class Report
{
    private const int DefaultLimit = 20;

    private readonly RegexToolOptions _options;
    private readonly Filter _filter;
    private readonly TimeProvider _time;
    private readonly Func<string, IReadOnlyList<FailureId>> _resolve;
    private readonly RegexHits[] _failRegexes;
    private readonly RegexHits[] _ignoreRegexes;
    private readonly LineList _matched;
    private readonly LineList _ignored;
    private readonly LineList _missed;
    private readonly List<string> _prefixes = [];
    private readonly long _start;
    private long _prefixHits;
    private long _lines;

    public Report(RegexToolOptions options, Filter filter, TimeProvider time, Func<string, IReadOnlyList<FailureId>> resolve)
    {
        _options = options;
        _filter = filter;
        _time = time;
        _resolve = resolve;
        _start = time.GetTimestamp();
        _failRegexes = [.. filter.FailRegexes.Select(regex => new RegexHits(regex.Text, regex.Expanded))];
        _ignoreRegexes = [.. filter.IgnoreRegexes.Select(regex => new RegexHits(regex.Text, regex.Expanded))];
        int limit = options.MaxLines > 0 ? options.MaxLines : DefaultLimit;
        int movable = filter.MaxLines > 1 ? filter.MaxLines : 0;
        _matched = new LineList("matched", options.PrintAllMatched ? null : 0, 0);
        _ignored = new LineList("ignored", options.PrintAllIgnored ? null : options.PrintIgnored ? limit : 0, 0);
        _missed = new LineList("missed", options.PrintAllMissed ? null : options.PrintMissed ? limit : 0, movable);
    }

    /// <summary>Whether dates were searched at all; entries of the journal bring theirs.</summary>
    public bool HasDates { get; init; } = true;

    public void Count(in LogLine line, in LineResult result)
    {
        _lines++;
        if (result.Prefix is { } prefix)
        {
            _prefixHits++;
            if (_options.Verbosity > 0 && _prefixHits <= DefaultLimit) _prefixes.Add(PythonText.Repr(Dict(prefix)));
        }

        bool isIgnored = result.IgnoreRegex >= 0;
        if (isIgnored) _ignoreRegexes[result.IgnoreRegex].Add();
        int reported = 0;
        foreach (ref readonly RegexHit hit in result.HitSpan)
        {
            if (hit.Verdict is LineVerdict.Ignored or LineVerdict.NoMatch)
            {
                MoveToMatched(hit.Lines);
                continue;
            }

            // What is no failure is told apart from a miss only where every regex is tried.
            if (!_options.CheckAll && hit.Verdict == LineVerdict.NoFailure) continue;
            RegexHits regex = _failRegexes[hit.Regex];
            IReadOnlyList<string>? ids = _options.Verbosity > 0 ? Ids(hit) : null;
            int count = ids?.Count ?? (hit.Failure is { Host: { } host } ? _resolve(host).Count : 1);
            for (int i = 0; i < count; i++)
            {
                regex.Add();
                if (ids is not null) regex.Remember(ids[i], result.Time, isMultiple: reported > 1);
                if (hit.Verdict == LineVerdict.NoFailure) isIgnored = true;
                else reported++;
            }

            if (_filter.MaxLines > 1) MoveToMatched(hit.Lines);
        }

        foreach (ref readonly CountedHit hit in result.CountedSpan)
        {
            if (!_options.CheckAll && hit.Verdict == LineVerdict.NoFailure) continue;
            _failRegexes[hit.Regex].Add();
            if (hit.Verdict == LineVerdict.NoFailure) isIgnored = true;
            else reported++;
        }

        LineList lines = isIgnored ? _ignored : reported > 0 ? _matched : _missed;
        if (!lines.TryCount()) lines.Add(line.Date, line.Text);
    }

    /// <summary>Counts lines in which nothing was found, but for a prefix.</summary>
    public void CountMissed(ReadOnlySpan<byte> lines, int count, bool hasPrefix)
    {
        _lines += count;
        if (hasPrefix) _prefixHits += count;
        _missed.AddAll(lines, count);
    }

    public void Print(TextWriter output)
    {
        output.Write("\n");
        output.WriteHeading("Results\n=======");
        output.Write("\n");
        if (_filter.PrefRegex is { } prefRegex)
        {
            output.Write("\n");
            output.WriteHeading($"Prefregex: {_prefixHits} total");
            output.Write($"\n|  {prefRegex.Expanded}\n");
            foreach (string prefix in _prefixes) output.Write($"|      {prefix}\n");
            if (_options.Verbosity > 0 && _prefixHits > DefaultLimit) output.Write("|      ...\n");
            output.Write("`-\n");
        }

        PrintRegexes(output, "Failregex", _failRegexes);
        PrintRegexes(output, "Ignoreregex", _ignoreRegexes);
        if (HasDates) PrintDates(output);
        output.Write($"\nLines: {_lines} lines, {_ignored.Count} ignored, ");
        output.WriteGood($"{_matched.Count} matched");
        output.Write(", ");
        output.WriteBad($"{_missed.Count} missed");
        output.Write("\n");
        output.Write($"[processed in {_time.GetElapsedTime(_start).TotalSeconds.ToString("0.00", CultureInfo.InvariantCulture)} sec]\n\n");
        if (_options.PrintAllMatched) _matched.Print(output, Explain(_failRegexes));
        if (_options.PrintIgnored) _ignored.Print(output, Explain(_ignoreRegexes));
        if (_options.PrintMissed) _missed.Print(output, Explain(_failRegexes));
    }

    // A regex over several lines completes lines that were missed when they came.
    private void MoveToMatched(IReadOnlyList<MatchedLine> lines)
    {
        for (int i = 0; i < lines.Count - 1; i++)
        {
            string text = lines[i].ToString();
            _missed.Remove(text);
            _matched.Add([], Encoding.UTF8.GetBytes(text));
        }
    }

    private IReadOnlyList<string> Ids(in RegexHit hit)
    {
        if (hit.Failure is { } failure) return [.. HitText.Of(failure, _resolve).Select(each => each.Id.ToString())];
        string? known = (hit.Data["ip4"] ?? hit.Data["ip6"] ?? hit.Data["dns"] ?? hit.Data["fid"]) is { } id ? PythonText.Str(id) : null;
        return [known ?? "None"];
    }

    private void PrintRegexes(TextWriter output, string title, RegexHits[] regexes)
    {
        output.Write("\n");
        output.WriteHeading($"{title}: {regexes.Sum(regex => regex.Count)} total");
        output.Write("\n");
        bool isOpen = false;
        for (int i = 0; i < regexes.Length; i++)
        {
            if (regexes[i].Count == 0 && _options.Verbosity == 0) continue;
            if (!isOpen) output.Write("|-  #) [# of hits] regular expression\n");
            isOpen = true;
            regexes[i].Print(output, i + 1, _time);
        }

        if (isOpen) output.Write("`-\n");
    }

    private void PrintDates(TextWriter output)
    {
        output.Write("\n");
        output.WriteHeading("Date template hits:");
        output.Write("\n");
        bool isOpen = false;
        foreach (DateTemplateHits template in _filter.Dates.Templates)
        {
            if (template.Hits == 0 && _options.Verbosity == 0) continue;
            if (!isOpen) output.Write("|- [# of hits] date format\n");
            isOpen = true;
            output.Write($"|  [{template.Hits}] {template.Name}\n");
            if (!_options.VerboseDate) continue;
            output.Write($"|      # weight: {Number(template.Weight)} ({Number(template.BaseWeight)}), pattern: {template.Pattern}\n|      # regex:   {template.Regex}\n");
        }

        if (isOpen) output.Write("`-\n");
    }

    private static string Number(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);

    private Func<string, IEnumerable<string>>? Explain(RegexHits[] regexes) => !_options.Debuggex ? null : line => regexes.Select(regex =>
        $"{line} | {regex.Text} |  https://www.debuggex.com/?re={Quote(regex.Expanded)}&str={Quote(line)}&flavor=python");

    // As a form's field is encoded; WebUtility would leave the brackets of a regex as they are.
    private static string Quote(string text) => Uri.EscapeDataString(text).Replace("%20", "+", StringComparison.Ordinal);

    private static PythonDict Dict(FailureData data)
    {
        var dict = new PythonDict();
        foreach ((string key, object? value) in data.Fields) dict[key] = value;
        return dict;
    }
}
