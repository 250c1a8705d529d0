namespace Fail2Ban.Tests.Detection.Dates;

/// <summary>A clock that the test sets, in a zone of its choice. It is 2026 until then: the years that %ExY takes are those as of the making of a detector.</summary>
internal sealed class TestTime(TimeZoneInfo zone) : TimeProvider
{
    public static readonly DateTimeOffset Made = new(2026, 8, 14, 10, 0, 0, TimeSpan.Zero);

    /// <summary>The clock of the specification's examples.</summary>
    public static readonly DateTimeOffset Example = new(2005, 8, 14, 10, 0, 0, TimeSpan.Zero);

    public TestTime() : this(TimeZoneInfo.Utc)
    {
    }

    public DateTimeOffset Now { get; set; } = Made;

    public override TimeZoneInfo LocalTimeZone => zone;

    public override DateTimeOffset GetUtcNow() => Now;
}
