namespace Fail2Ban.EndToEnd.Tests.Dates;

/// <summary>A clock that stands still where the test sets it, in a zone of the test's choice.</summary>
internal sealed class ShiftedTime(string zone) : TimeProvider
{
    public DateTimeOffset Now { get; set; } = System.GetUtcNow();

    public override TimeZoneInfo LocalTimeZone { get; } = TimeZoneInfo.FindSystemTimeZoneById(zone);

    public override DateTimeOffset GetUtcNow() => Now;
}
