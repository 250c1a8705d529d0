namespace Fail2Ban.Values;

/// <summary>Seconds since 1970 at the edges (protocol, database, tags); inside, a time is a <see cref="DateTimeOffset"/>.</summary>
public static class UnixTime
{
    private const decimal TicksPerSecond = TimeSpan.TicksPerSecond;

    /// <summary>Whole and fractional seconds since 1970-01-01 UTC, with the 100 ns that a <see cref="DateTimeOffset"/> has.</summary>
    public static double ToUnixSeconds(this DateTimeOffset time) =>
        (double)((time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TicksPerSecond);

    /// <summary>The moment of so many seconds since 1970-01-01 UTC, to the nearest 100 ns.</summary>
    /// <exception cref="OverflowException">Outside the years 1 to 9999.</exception>
    public static DateTimeOffset FromUnixSeconds(double seconds) =>
        DateTimeOffset.UnixEpoch.AddTicks(checked((long)Math.Round((decimal)seconds * TicksPerSecond)));
}
