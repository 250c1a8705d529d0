namespace Fail2Ban.Addresses;

/// <summary>Remembers the verdict of the ignore checks for a key (<c>ignorecache</c>); the caller expands the key's tags.</summary>
/// <remarks>Owned by one jail loop; not thread-safe.</remarks>
public sealed class IgnoreCache
{
    private readonly TimedCache<string, bool> _verdicts;

    /// <summary>An empty cache.</summary>
    /// <param name="maxCount">How many keys are kept; the oldest goes first.</param>
    /// <param name="maxTime">How long a verdict holds.</param>
    /// <param name="time">The clock.</param>
    public IgnoreCache(int maxCount, TimeSpan maxTime, TimeProvider time) => _verdicts = new(maxCount, maxTime, time);

    /// <summary>The verdict for a key, if one is known and young enough.</summary>
    public bool TryGet(string key, out bool ignored) => _verdicts.TryGet(key, out ignored);

    /// <summary>Remembers a verdict.</summary>
    public void Set(string key, bool ignored) => _verdicts.Set(key, ignored);

    /// <summary>Forgets everything.</summary>
    public void Clear() => _verdicts.Clear();
}
