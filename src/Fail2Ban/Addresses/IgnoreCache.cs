namespace Fail2Ban.Addresses;

/// <summary>Remembers the verdict of the ignore checks for a key (<c>ignorecache</c>); the caller expands the key's tags.</summary>
/// <remarks>Owned by one jail loop; not thread-safe.</remarks>
public sealed class IgnoreCache
{
    /// <summary>An empty cache.</summary>
    /// <param name="maxCount">How many keys are kept; the oldest goes first.</param>
    /// <param name="maxTime">How long a verdict holds.</param>
    /// <param name="time">The clock.</param>
    public IgnoreCache(int maxCount, TimeSpan maxTime, TimeProvider time) => throw new NotImplementedException();

    /// <summary>The verdict for a key, if one is known and young enough.</summary>
    public bool TryGet(string key, out bool ignored) => throw new NotImplementedException();

    /// <summary>Remembers a verdict.</summary>
    public void Set(string key, bool ignored) => throw new NotImplementedException();

    /// <summary>Forgets everything.</summary>
    public void Clear() => throw new NotImplementedException();
}
