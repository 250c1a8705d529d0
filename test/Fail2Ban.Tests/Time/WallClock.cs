namespace Fail2Ban.Tests.Time;

/// <summary>Two clocks as a machine has them: one on the wall, which can be set, and one that only goes on. Timers run on the second, at once.</summary>
internal sealed class WallClock : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<Timer> _timers = [];
    private DateTimeOffset _wall = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);
    private long _monotonic;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock) return _wall;
    }

    public override long GetTimestamp()
    {
        lock (_lock) return _monotonic;
    }

    /// <summary>Somebody sets the clock.</summary>
    public void Step(double seconds)
    {
        lock (_lock) _wall = _wall.AddSeconds(seconds);
    }

    /// <summary>Time passes; timers that are due by then fire, each once, in the caller's thread.</summary>
    public void Pass(double seconds)
    {
        List<Timer> due;
        lock (_lock)
        {
            _wall = _wall.AddSeconds(seconds);
            _monotonic += TimeSpan.FromSeconds(seconds).Ticks;
            due = [.. _timers.Where(timer => timer.Due <= _monotonic)];
            foreach (Timer timer in due) timer.Due = timer.Period == Timeout.InfiniteTimeSpan ? long.MaxValue : _monotonic + timer.Period.Ticks;
        }

        foreach (Timer timer in due) timer.Fire();
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state);
        lock (_lock) _timers.Add(timer);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class Timer(WallClock clock, TimerCallback callback, object? state) : ITimer
    {
        public long Due { get; set; } = long.MaxValue;

        public TimeSpan Period { get; private set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._lock)
            {
                Due = dueTime == Timeout.InfiniteTimeSpan ? long.MaxValue : clock._monotonic + dueTime.Ticks;
                Period = period;
            }

            return true;
        }

        public void Dispose()
        {
            lock (clock._lock) clock._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
