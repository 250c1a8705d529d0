using Fail2Ban.Detection.Matching;

namespace Fail2Ban.Tests.Detection.Matching;

public sealed class FilterSettingsTests
{
    [Theory]
    [InlineData("", "Cannot add empty regex")]
    [InlineData("  ", "Cannot add empty regex")]
    [InlineData("x", "No failure-id group in 'x'")]
    [InlineData("(?P<host>x)", "No failure-id group in '(?P<host>x)'")]
    public void Unusable_failregex_is_refused(string regex, string message)
    {
        using var bench = new FilterBench();
        Assert.Equal(message, Assert.Throws<FilterException>(() => bench.Filter.AddFailRegex(regex)).Message);
        Assert.Empty(bench.Filter.FailRegexes);
    }

    [Theory]
    [InlineData("<F-FOO>x", "(?P<foo>x")]
    [InlineData("<F-A-B>x</F-A-B>", "(?P<a-b>x)")]
    [InlineData("(?P<ip4>a)(?P<ip4>b)", "(?P<ip4>a)(?P<ip4>b)")]
    public void What_does_not_compile_is_shown_expanded(string regex, string expanded)
    {
        using var bench = new FilterBench();
        string message = Assert.Throws<FilterException>(() => bench.Filter.AddFailRegex(regex)).Message;
        Assert.StartsWith($"Unable to compile regular expression '{expanded}':\n", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Prefregex_that_identifies_frees_failregexes_from_it()
    {
        using var bench = new FilterBench();
        bench.Filter.SetPrefRegex("^ <ADDR>: <F-CONTENT>.+</F-CONTENT>$");
        bench.Filter.AddFailRegex("^bad");
        Assert.Equal(["1.2.3.4 (1)"], bench.ReadAll("Aug 14 09:59:58 1.2.3.4: bad"));
    }

    [Fact]
    public void Regexes_are_listed_as_written_and_expanded_and_removed_by_index()
    {
        using var bench = new FilterBench("a <F-ID/>", "b <F-ID/>");
        Assert.Equal(new FilterRegex("b <F-ID/>", @"b (?P<fid>\S+)"), bench.Filter.FailRegexes[1]);
        Assert.True(bench.Filter.RemoveFailRegex(0));
        Assert.False(bench.Filter.RemoveFailRegex(1));
        Assert.False(bench.Filter.RemoveIgnoreRegex(0));
        Assert.Equal("b <F-ID/>", Assert.Single(bench.Filter.FailRegexes).Text);
    }

    [Fact]
    public void Bad_values_are_refused_and_leave_the_old_ones()
    {
        using var bench = new FilterBench();
        bench.Filter.DatePattern = "%Y";
        Assert.StartsWith("Failed to set datepattern '%Q'", Assert.Throws<FilterException>(() => bench.Filter.DatePattern = "%Q").Message, StringComparison.Ordinal);
        Assert.Equal("%Y", bench.Filter.DatePattern);
        Assert.Equal("Unknown or unsupported time zone: 'X?'", Assert.Throws<FilterException>(() => bench.Filter.LogTimeZone = "X?").Message);
        Assert.Equal("maxlines must be integer greater than zero", Assert.Throws<FilterException>(() => bench.Filter.MaxLines = 0).Message);
        Assert.Equal(1, bench.Filter.MaxLines);
    }

    [Fact]
    public void Zone_survives_a_new_date_pattern()
    {
        using var bench = new FilterBench("<F-ID/>");
        bench.Filter.FindTime = null;
        bench.Filter.LogTimeZone = "UTC+0200";
        bench.Filter.DatePattern = "%Y-%m-%d %H:%M:%S";
        Assert.Equal(new DateTimeOffset(2005, 8, 14, 7, 0, 0, TimeSpan.Zero), Assert.Single(bench.Read("2005-08-14 09:00:00 x")).Time);
    }

    [Fact]
    public void Another_filter_s_regexes_and_settings_can_be_taken_over()
    {
        using var bench = new FilterBench("<F-ID/>");
        bench.Filter.AddIgnoreRegex("x");
        bench.Filter.SetPrefRegex("x");
        bench.Filter.MaxLines = 3;
        bench.Filter.DatePattern = "%Y";
        using var other = new FilterBench("new <F-ID/>");
        other.Filter.UseDns = UseDns.No;
        bench.Filter.TakeOver(other.Filter);
        Assert.StartsWith("new ", Assert.Single(bench.Filter.FailRegexes).Expanded, StringComparison.Ordinal);
        Assert.Empty(other.Filter.FailRegexes);
        Assert.Equal(UseDns.No, bench.Filter.UseDns);
        Assert.Empty(bench.Filter.IgnoreRegexes);
        Assert.Null(bench.Filter.PrefRegex);
        Assert.Null(bench.Filter.DatePattern);
        Assert.Equal(1, bench.Filter.MaxLines);
    }
}
