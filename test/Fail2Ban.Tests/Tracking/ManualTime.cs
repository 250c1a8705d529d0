namespace Fail2Ban.Tests.Tracking;

/// <summary>A clock that stands until a test moves it.</summary>
internal sealed class ManualTime(DateTimeOffset start) : TimeProvider
{
    private DateTimeOffset _now = start;

    /// <summary>2023-11-14 22:13:20 UTC: 1700000000.</summary>
    public ManualTime() : this(DateTimeOffset.FromUnixTimeSeconds(1_700_000_000)) { }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => _now;

    public override long GetTimestamp() => _now.UtcTicks;

    public void Advance(double seconds) => _now = _now.AddSeconds(seconds);
}
