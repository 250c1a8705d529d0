namespace Fail2Ban.Detection.Matching;

/// <summary>What <see cref="Filter.Process"/> found out about a line.</summary>
/// <param name="Verdict">What became of the line; with all regexes checked, that of the strongest hit.</param>
/// <param name="Time">The line's time, its neighbours' or now, as it would be counted; null where none is known.</param>
/// <param name="IgnoreRegex">The index of the ignoreregex that occurred; -1 for none.</param>
/// <param name="Hits">The failregexes that occurred, in order; valid until the next line.</param>
/// <param name="Prefix">What the prefregex captured (empty unless <see cref="Filter.CapturePrefix"/> is set); null where there is none or it does not occur.</param>
public readonly record struct LineResult(
    LineVerdict Verdict, DateTimeOffset? Time, int IgnoreRegex, IReadOnlyList<RegexHit> Hits, FailureData? Prefix);
