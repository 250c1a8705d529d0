using Fail2Ban.Detection.Lines;

namespace Fail2Ban.Detection.Matching;

// A whole log is read faster by two threads: one searches the lines, the other concludes from what was found who failed.
// Dates belong to the first, connections to the second; regexes are searched by whichever has time.
public sealed partial class Filter
{
    private readonly List<Failure> _noFailures = [];

    // The regexes once more, for the thread that concludes.
    private RegexSet? _regexesApart;
    private bool _isApart;

    /// <summary>Whether lines may be searched by one thread and concluded from by another.</summary>
    internal bool CanWorkApart => CountsOnly && FindTime is null && MaxLines == 1 && !CapturePrefix;

    /// <summary>Searches a line and puts aside what is found; only where <see cref="CanWorkApart"/>.</summary>
    /// <param name="found">Takes it; the line stands in its buffer.</param>
    /// <param name="start">Where the line begins in the buffer.</param>
    /// <param name="length">With its line end.</param>
    /// <param name="log">Where the line comes from.</param>
    internal void Search(FoundLines found, int start, int length, LogProgress log)
    {
        if (!_hasChoice) MakeChoice();
        if (found.LeavesSearch && _dating.TryFollow(found.Buffer.AsSpan(start, length), _dates, out ReadOnlySpan<byte> text, out LineTime when))
        {
            found.AddLeft(start, length, text, when);
            return;
        }

        var line = new LogLine(found.Buffer.AsSpan(start, length));
        found.AddLine(start, length, Handle(line, log, found, _noFailures));
    }

    private void ForgetRegexesApart()
    {
        _regexesApart?.Dispose();
        _regexesApart = null;
    }

    /// <summary>Makes ready what the first line would have to wait for; by the thread that concludes, which has nothing to do yet.</summary>
    internal void PrepareApart()
    {
        if (!_hasChoice) MakeChoice();
        _regexesApart ??= _regexes.Again();
    }

    /// <summary>The clock of searching stands still from now on: lines have arrived.</summary>
    internal void BeginSearch() => _time.Hold();

    /// <summary>The clock of concluding stands still from now on.</summary>
    internal void BeginConclusion()
    {
        _countingTime.Hold();
        if (_isApart) return;

        // Made by this thread, and so somewhere else: what it writes for each line would share a cache line with what the
        // other one reads for each.
        _isApart = true;
        _hits = [];
        _countedHits = [];
        _counted = null;
    }

    /// <summary>Concludes who failed in a line that was searched before. Lines must come in their order.</summary>
    /// <param name="found">Has it.</param>
    /// <param name="index">Which line.</param>
    /// <param name="failures">Failures are appended here.</param>
    /// <returns>As <see cref="Process"/> would have returned it.</returns>
    internal LineResult Conclude(FoundLines found, int index, List<Failure> failures)
    {
        ref readonly FoundLines.Line line = ref found.LineAt(index);
        LineVerdict verdict = line.Verdict;
        ClearHits();
        if (line.IsLeft)
        {
            if (_regexesApart is null) PrepareApart();
            return Search(_regexesApart!, new DatedLine { Text = [], Before = [], Date = [], After = [], Time = line.Time }, found.TextOf(line), null, failures);
        }

        foreach (ref readonly FoundLines.Hit hit in found.HitsOf(index))
        {
            LineVerdict told = _regexes.CountsPlainly
                ? Count(hit.Regex, found.Subject(hit), found.Groups(hit.Groups), line.Time, failures)
                : Conclude(_regexes, hit.Regex, found.Subject(hit), found.Groups(hit.Groups), [], line.Time.Value, failures);
            if (verdict == LineVerdict.LimitExceeded) continue;
            if (verdict == LineVerdict.NoMatch || Rank(told) > Rank(verdict)) verdict = told;
        }

        return new LineResult(verdict, line.Time, line.IgnoreRegex, _hits, line.HasPrefix ? FailureData.Empty : null) { Counted = _countedHits };
    }
}
