namespace Fail2Ban.Patterns;

/// <summary>Where the groups of one match stand: those of the last search, or a copy of earlier ones.</summary>
public readonly ref struct GroupSpans
{
    // One of them is empty.
    private readonly ReadOnlySpan<nuint> _found;
    private readonly ReadOnlySpan<int> _kept;

    /// <param name="found">As PCRE2 wrote them: start and end of each group in bytes, group 0 first; both have all bits set where a group took no part.</param>
    public GroupSpans(ReadOnlySpan<nuint> found) => _found = found;

    /// <param name="kept">As <see cref="CopyTo"/> has left them.</param>
    public GroupSpans(ReadOnlySpan<int> kept) => _kept = kept;

    /// <summary>How many numbers a copy has: two for each group.</summary>
    public int Length => _found.Length + _kept.Length;

    /// <summary>The span of a group; (-1, -1) where it did not take part.</summary>
    /// <param name="number">0 for the whole match.</param>
    public (int Start, int End) this[int number]
    {
        get
        {
            int place = 2 * number;
            if ((uint)place < (uint)_kept.Length) return (_kept[place], _kept[place + 1]);
            return (uint)place < (uint)_found.Length ? ((int)_found[place], (int)_found[place + 1]) : (-1, -1);
        }
    }

    /// <summary>Keeps a copy.</summary>
    /// <param name="copy">Has room for <see cref="Length"/> numbers.</param>
    public void CopyTo(Span<int> copy)
    {
        _kept.CopyTo(copy);
        for (int i = 0; i < _found.Length; i++) copy[i] = (int)_found[i];
    }
}
