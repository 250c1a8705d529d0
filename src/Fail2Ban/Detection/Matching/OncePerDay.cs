namespace Fail2Ban.Detection.Matching;

/// <summary>Lets a warning through once in 24 hours.</summary>
/// <remarks>Thread safety: everything from any thread.</remarks>
internal sealed class OncePerDay
{
    private const long Never = long.MinValue;

    private long _last = Never;

    /// <param name="time">The clock.</param>
    /// <returns>Whether the warning may be given now.</returns>
    public bool Take(TimeProvider time)
    {
        long last = Interlocked.Read(ref _last);
        if (last != Never && time.GetElapsedTime(last) < TimeSpan.FromDays(1)) return false;
        return Interlocked.CompareExchange(ref _last, time.GetTimestamp(), last) == last;
    }
}
