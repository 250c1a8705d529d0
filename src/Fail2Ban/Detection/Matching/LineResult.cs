using System.Runtime.InteropServices;
using Fail2Ban.Detection.Lines;

namespace Fail2Ban.Detection.Matching;

/// <summary>What <see cref="Filter.Process"/> found out about a line.</summary>
public readonly record struct LineResult
{
    private readonly LineTime _time;
    private readonly List<RegexHit> _hits;

    internal LineResult(LineVerdict verdict, LineTime time, int ignoreRegex, List<RegexHit> hits, FailureData? prefix)
    {
        Verdict = verdict;
        IgnoreRegex = ignoreRegex;
        _time = time;
        _hits = hits;
        Prefix = prefix;
    }

    /// <summary>What became of the line; with all regexes checked, that of the strongest hit.</summary>
    public LineVerdict Verdict { get; }

    /// <summary>The index of the ignoreregex that occurred; -1 for none.</summary>
    public int IgnoreRegex { get; }

    /// <summary>The line's time, its neighbours' or now, as it would be counted; null where none is known.</summary>
    public DateTimeOffset? Time => _time.Value;

    /// <summary>The failregexes that occurred, in order; valid until the next line.</summary>
    public IReadOnlyList<RegexHit> Hits =>
        Counted is { Count: > 0 } counted ? [.. _hits, .. counted.Select(hit => new RegexHit(hit.Regex, hit.Verdict, [], FailureData.Empty, null))] : _hits;

    /// <summary>What the prefregex captured (empty unless <see cref="Filter.CapturePrefix"/> is set); null where there is none or it does not occur.</summary>
    public FailureData? Prefix { get; }

    /// <summary>Those of <see cref="Hits"/> of which more than the verdict is known, where they stand.</summary>
    internal ReadOnlySpan<RegexHit> HitSpan => CollectionsMarshal.AsSpan(_hits);

    /// <summary>The others.</summary>
    internal ReadOnlySpan<CountedHit> CountedSpan => CollectionsMarshal.AsSpan(Counted);

    /// <summary>The same; null where there are none.</summary>
    internal List<CountedHit>? Counted { get; init; }

    internal LineTime When => _time;
}
