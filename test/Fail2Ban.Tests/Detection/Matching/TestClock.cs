namespace Fail2Ban.Tests.Detection.Matching;

/// <summary>A clock that stands until it is moved; wall clock and timestamps move together. UTC is the local zone.</summary>
internal sealed class TestClock : TimeProvider
{
    public static readonly DateTimeOffset Start = new(2005, 8, 14, 10, 0, 0, TimeSpan.Zero);

    private DateTimeOffset _now = Start;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => _now;

    public override long GetTimestamp() => _now.UtcTicks;

    public void Advance(TimeSpan span) => _now += span;
}
