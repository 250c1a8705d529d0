using Fail2Ban.Detection.Lines;

namespace Fail2Ban.Detection.Matching;

// A whole log is read faster by two threads: one searches the lines, the other concludes from what was found who failed.
// Dates and the prefregex belong to the first, connections to the second; failregexes are searched by whichever has time.
public sealed partial class Filter
{
    private readonly List<Failure> _noFailures = [];

    // The failregexes once more, for the thread that concludes: each holds the spans of its last match.
    private List<CompiledRegex>? _secondSet;

    /// <summary>Whether lines may be searched by one thread and concluded from by another.</summary>
    internal bool CanWorkApart => CountsOnly && FindTime is null && MaxLines == 1 && !CapturePrefix;

    /// <summary>Searches a line and puts aside what is found; only where <see cref="CanWorkApart"/>.</summary>
    /// <param name="found">Takes it; the line stands in its buffer.</param>
    /// <param name="start">Where the line begins in the buffer.</param>
    /// <param name="length">With its line end.</param>
    /// <param name="log">Where the line comes from.</param>
    internal void Search(FoundLines found, int start, int length, LogProgress log)
    {
        if (found.LeavesFailRegexes && _ignoreRegexes.Count == 0) _secondSet ??= [.. _failRegexes.Select(regex => regex.Again())];
        found.AddLine(start, length, Handle(new LogLine(found.Buffer.AsSpan(start, length)), log, found, _noFailures));
    }

    // Warnings about lines without a date, and ignoreregexes, are matters of the first thread; those about what a failregex
    // does are given by whoever tries it.
    private bool MayLeave(in DatedLine line) => _ignoreRegexes.Count == 0 && !line.IsUndated;

    private void ForgetSecondSet()
    {
        foreach (CompiledRegex regex in _secondSet ?? []) regex.Dispose();
        _secondSet = null;
    }

    /// <summary>The clock of searching stands still from now on: lines have arrived.</summary>
    internal void BeginSearch() => _time.Hold();

    /// <summary>The clock of concluding stands still from now on.</summary>
    internal void BeginConclusion() => _countingTime.Hold();

    /// <summary>Concludes who failed in a line that was searched before. Lines must come in their order.</summary>
    /// <param name="found">Has it.</param>
    /// <param name="index">Which line.</param>
    /// <param name="failures">Failures are appended here.</param>
    /// <returns>As <see cref="Process"/> would have returned it.</returns>
    internal LineResult Conclude(FoundLines found, int index, List<Failure> failures)
    {
        ref readonly FoundLines.Line line = ref found.LineAt(index);
        LineVerdict verdict = line.Verdict;
        _hits.Clear();
        foreach (ref readonly FoundLines.Hit hit in found.HitsOf(index))
        {
            FailRegexSubject subject = found.Subject(hit);
            if (hit.IsUnsearched) return SearchFailRegexes(_secondSet!, new DatedLine { Text = [], Before = [], Date = [], After = [], Time = line.Time }, subject, null, failures);
            LineVerdict told = Conclude(hit.Regex, subject, found.Groups(hit.Groups), [], line.Time.Value, failures);
            if (verdict == LineVerdict.LimitExceeded) continue;
            if (verdict == LineVerdict.NoMatch || Rank(told) > Rank(verdict)) verdict = told;
        }

        return new LineResult(verdict, line.Time, line.IgnoreRegex, _hits, line.HasPrefix ? FailureData.Empty : null);
    }
}
