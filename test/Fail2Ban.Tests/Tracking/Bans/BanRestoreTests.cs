using System.Collections.Immutable;
using Fail2Ban.Detection.Matching;
using Fail2Ban.Tracking.Bans;

namespace Fail2Ban.Tests.Tracking.Bans;

public sealed class BanRestoreTests
{
    // age of the ban, stored time, the jail's time, increments (null: off; "": on without maxtime), the restored time
    [Theory]
    [InlineData(10, 3600, 600, null, 600.0)]
    [InlineData(10, -1, 1200, null, 1200.0)]
    [InlineData(10, 300, 600, null, 300.0)]
    [InlineData(301, 300, 600, null, null)]
    [InlineData(700, 3600, 600, null, null)]
    [InlineData(700, -1, 600, null, null)]
    [InlineData(700, -1, -1, null, -1.0)]
    [InlineData(700, 3600, -1, null, 3600.0)]
    [InlineData(10, -2, 600, null, 600.0)]
    [InlineData(10, 3600, 600, "", 3600.0)]
    [InlineData(700, -1, 600, "", -1.0)]
    [InlineData(10, 3600, 600, "1800", 1800.0)]
    [InlineData(10, -1, 600, "1800", 1800.0)]
    [InlineData(2000, 3600, 600, "1800", null)]
    [InlineData(10, 1e300, 600, "", 1e300)]
    [InlineData(10, -1e300, 600, "", null)]
    public void Stored_time_follows_the_present_configuration(double age, double stored, double jail, string? maxTime, double? expected)
    {
        var increment = new BanTimeIncrement();
        increment.Set("increment", maxTime is null ? "false" : "true");
        if (maxTime is { Length: > 0 }) increment.SetSeconds("maxtime", double.Parse(maxTime));
        BanTime? time = BanRestore.Correct(Attempts.Start.AddSeconds(-age), new BanTime(stored), new BanTime(jail), increment, Attempts.Start);
        Assert.Equal(expected, time?.Seconds);
    }

    [Theory]
    [InlineData(2, "b c")]
    [InlineData(0, "")]
    [InlineData(9, "a b c")]
    public void Lines_are_cut_to_maxmatches(int maxMatches, string expected)
    {
        ImmutableArray<MatchedLine> lines = [new("", "", "a"), new("", "", "b"), new("", "", "c")];
        Assert.Equal(expected, string.Join(' ', BanRestore.Trim(Attempts.Ticket("192.0.2.1") with { Matches = lines }, maxMatches).Matches));
    }
}
