namespace Fail2Ban.Patterns;

/// <summary>Where the groups of one match stand: those of the last search, or a copy of earlier ones.</summary>
/// <param name="pairs">Start and end of each group in bytes, group 0 first; both have all bits set where a group took no part.</param>
public readonly ref struct GroupSpans(ReadOnlySpan<nuint> pairs)
{
    /// <summary>As PCRE2 wrote them, to keep a copy.</summary>
    public ReadOnlySpan<nuint> Pairs { get; } = pairs;

    /// <summary>The span of a group; (-1, -1) where it did not take part.</summary>
    /// <param name="number">0 for the whole match.</param>
    public (int Start, int End) this[int number] =>
        (uint)(2 * number) < (uint)Pairs.Length ? ((int)Pairs[2 * number], (int)Pairs[2 * number + 1]) : (-1, -1);
}
