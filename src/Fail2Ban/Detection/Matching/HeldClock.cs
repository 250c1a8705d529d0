namespace Fail2Ban.Detection.Matching;

/// <summary>A clock that can stand still while a block of lines is read: they all came at once, and asking costs as much as a search.</summary>
/// <remarks>Thread safety: none.</remarks>
internal sealed class HeldClock(TimeProvider clock) : TimeProvider
{
    private bool _isHeld;
    private DateTimeOffset _now;
    private long _timestamp;

    public override TimeZoneInfo LocalTimeZone => clock.LocalTimeZone;

    public override long TimestampFrequency => clock.TimestampFrequency;

    /// <summary>Stays at the present moment until <see cref="Release"/>.</summary>
    public void Hold() => (_isHeld, _now, _timestamp) = (true, clock.GetUtcNow(), clock.GetTimestamp());

    public void Release() => _isHeld = false;

    public override DateTimeOffset GetUtcNow() => _isHeld ? _now : clock.GetUtcNow();

    public override long GetTimestamp() => _isHeld ? _timestamp : clock.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        clock.CreateTimer(callback, state, dueTime, period);
}
