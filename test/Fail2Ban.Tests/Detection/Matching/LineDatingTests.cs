using Fail2Ban.Detection.Matching;

namespace Fail2Ban.Tests.Detection.Matching;

public sealed class LineDatingTests
{
    [Theory]
    [InlineData("09:50:00", "09:50:00")] // exactly now - 600 s
    [InlineData("09:49:59", null)]
    public void Lines_older_than_findtime_are_not_searched_before_operation(string time, string? expected)
    {
        using var bench = new FilterBench("<F-ID>x</F-ID>");
        Failure? failure = bench.Read($"Aug 14 {time} x").SingleOrDefault();
        Assert.Equal(expected, failure?.Time.ToString("HH:mm:ss"));
        Assert.Equal(expected is null ? LineVerdict.TooOld : LineVerdict.Matched, bench.Last.Verdict);
    }

    [Fact]
    public void Old_lines_are_warned_about_once_a_day()
    {
        using var bench = new FilterBench("<F-ID>x</F-ID>");
        bench.ReadAll("Aug 14 09:00:00 x", "Aug 14 09:00:01 x");
        string[] expected =
        [
            "Warning: [j] Ignoring all log entries older than 600s; these are probably messages generated while fail2ban was not running.",
            "Warning: [j] Please check a jail for a timing issue. Line with odd timestamp: Aug 14 09:00:00 x",
        ];
        Assert.Equal(expected, bench.Messages);
        bench.Clock.Advance(TimeSpan.FromDays(1));
        bench.Read("Aug 14 09:00:02 x");
        Assert.Equal(4, bench.Messages.Count);
    }

    [Theory]
    [InlineData("09:59:00", "09:59:00", null)]
    [InlineData("09:58:59", "10:00:00", "Detected a log entry 1m 1s before the current time in operation mode. This looks like a latency problem.")]
    [InlineData("09:50:00", "10:00:00", "Detected a log entry 10m before the current time in operation mode. This looks like a latency problem.")]
    [InlineData("09:00:00", "10:00:00", "Detected a log entry 1h before the current time in operation mode. This looks like a timezone problem.")]
    [InlineData("11:30:00", "10:00:00", "Detected a log entry 1h 30m after the current time in operation mode. This looks like a timezone problem.")]
    [InlineData("10:01:00", "10:00:00", null)] // within the minute, but never in the future
    public void In_operation_odd_dates_become_now(string time, string expected, string? warning)
    {
        using var bench = new FilterBench("<F-ID>x</F-ID>");
        bench.Progress.InOperation = true;
        Assert.Equal(expected, Assert.Single(bench.Read($"Aug 14 {time} x")).Time.ToString("HH:mm:ss"));
        if (warning is null) Assert.Empty(bench.Messages);
        else Assert.StartsWith($"Warning: [j] {warning} Treating such entries as if they just happened.", bench.Messages[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Date_in_the_future_becomes_now()
    {
        using var bench = new FilterBench("<F-ID>x</F-ID>");
        Assert.Equal(TestClock.Start, Assert.Single(bench.Read("Aug 14 12:00:00 x")).Time);
    }

    [Fact]
    public void Dateless_line_borrows_a_date_of_the_last_minute()
    {
        using var bench = new FilterBench("^<F-ID>x</F-ID>");
        bench.Read("Aug 14 09:59:01 y");
        Failure failure = Assert.Single(bench.Read("x"));
        Assert.Equal(TestClock.Start.AddSeconds(-59), failure.Time);
        Assert.Equal("Aug 14 09:59:01x", failure.Matches[0].ToString());
        Assert.Equal("Warning: [j] Found a match but no valid date/time found for 'Aug 14 09:59:01'.", bench.Messages[0]);
        bench.Read("x");
        Assert.Equal(3, bench.Messages.Count); // once a day
    }

    [Fact]
    public void Dateless_line_without_such_a_date_is_not_counted_before_operation()
    {
        using var bench = new FilterBench("<F-ID>x</F-ID>");
        Assert.Equal(["-", "-", "-"], bench.ReadAll("Aug 14 09:59:00 y", "x", "x"));
        Assert.Equal(LineVerdict.Undated, bench.Last.Verdict);
        string[] expected =
        [
            "Warning: [j] Found a match but no valid date/time found for ''.",
            "Warning: [j] Match without a timestamp: x",
            "Warning: [j] Please try setting a custom date pattern (see man page jail.conf(5)).",
        ];
        Assert.Equal(expected, bench.Messages);
        bench.Progress.InOperation = true;
        Assert.Equal(TestClock.Start, Assert.Single(bench.Read("x")).Time);
    }

    [Fact]
    public void Pattern_NONE_needs_no_date_and_warns_of_none()
    {
        using var bench = new FilterBench("^<F-ID>x</F-ID>$");
        bench.Filter.DatePattern = "{NONE}";
        Assert.Equal(TestClock.Start, Assert.Single(bench.Read("x")).Time);
        Assert.Empty(bench.Messages);
    }

    [Fact]
    public void Without_findtime_dates_count_as_they_are()
    {
        using var bench = new FilterBench("<F-ID>x</F-ID>");
        bench.Filter.FindTime = null;
        Assert.Single(bench.Read("x"));
        Assert.Null(bench.Last.Time);
        Assert.Equal(new DateTimeOffset(2004, 12, 1, 0, 0, 0, TimeSpan.Zero), Assert.Single(bench.Read("Dec  1 00:00:00 x")).Time);
        Assert.Equal(TestClock.Start.AddHours(3), Assert.Single(bench.Read("Aug 14 13:00:00 x")).Time);
        Assert.StartsWith("Warning: [j] Found a match but no valid date/time", bench.Messages[0], StringComparison.Ordinal);
        Assert.Equal(3, bench.Messages.Count); // none about odd times
    }

    [Fact]
    public void Unreadable_date_is_cut_and_the_line_dateless()
    {
        using var bench = new FilterBench("^ <F-ID>x</F-ID>", "^Feb 30 10:00:00 <F-ID>x</F-ID>");
        bench.Filter.FindTime = null;
        Assert.Single(bench.Read("Feb 30 10:00:00 x"));
        Assert.Equal(0, bench.Last.Hits[0].Regex);
        bench.Read("Aug 14 09:59:30 y");
        Assert.Equal(TestClock.Start.AddSeconds(-30), Assert.Single(bench.Read("Feb 30 10:00:00 x")).Time);
        Assert.Equal(1, bench.Last.Hits[0].Regex);
    }

    [Fact]
    public void Line_with_an_unknown_zone_fails()
    {
        using var bench = new FilterBench("<F-ID>x</F-ID>");
        bench.Filter.DatePattern = "%Y-%m-%d %H:%M:%S %Z";
        Assert.Empty(bench.Read("2005-08-14 09:59:58 XYZ x"));
        Assert.Equal(LineVerdict.Failed, bench.Last.Verdict);
        Assert.StartsWith("Error: Failed to process line: '2005-08-14 09:59:58 XYZ x', caught exception:", Assert.Single(bench.Messages), StringComparison.Ordinal);
    }
}
