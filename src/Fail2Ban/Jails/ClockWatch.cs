namespace Fail2Ban.Jails;

/// <summary>Notices that the clock was set (by hand, by NTP after a start without a battery, by a resume from sleep).</summary>
/// <remarks>
/// Bans begin and end by the clock on the wall, as their rows in the database do. Timers run on the monotonic clock, which
/// nobody sets and which stands while the machine sleeps: where the two have drifted apart, the bans are looked at again.
/// </remarks>
internal sealed class ClockWatch : IDisposable
{
    /// <summary>Smaller steps are what clocks are adjusted by all the time; bans notice them by themselves.</summary>
    internal static readonly TimeSpan LeastStep = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly TimeProvider _time;
    private readonly Action<TimeSpan> _set;
    private readonly ITimer _timer;
    private DateTimeOffset _wall;
    private long _monotonic;

    /// <summary>Begins to watch.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="set">Told by how much it was set, back where negative; on a thread of the pool.</param>
    public ClockWatch(TimeProvider time, Action<TimeSpan> set)
    {
        _time = time;
        _set = set;
        (_wall, _monotonic) = (time.GetUtcNow(), time.GetTimestamp());
        _timer = time.CreateTimer(static state => ((ClockWatch)state!).Look(), this, Interval, Interval);
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        (DateTimeOffset wall, long monotonic) = (_time.GetUtcNow(), _time.GetTimestamp());
        TimeSpan step = wall - _wall - _time.GetElapsedTime(_monotonic, monotonic);
        (_wall, _monotonic) = (wall, monotonic);
        if (step.Duration() > LeastStep) _set(step);
    }
}
