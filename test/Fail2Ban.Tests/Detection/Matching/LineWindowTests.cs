using Fail2Ban.Detection.Matching;

namespace Fail2Ban.Tests.Detection.Matching;

/// <summary>Failregexes over several lines.</summary>
public sealed class LineWindowTests
{
    private const string Pair = @"^ p\[(?P<pid>\d+)\] user bad<SKIPLINES> p\[(?P=pid)\] from <ADDR>$";

    private static FilterBench Bench(int maxLines, params string[] regexes)
    {
        var bench = new FilterBench();
        bench.Filter.MaxLines = maxLines;
        foreach (string regex in regexes) bench.Filter.AddFailRegex(regex);
        return bench;
    }

    [Fact]
    public void Match_takes_its_lines_and_leaves_those_between()
    {
        using FilterBench bench = Bench(5, Pair);
        string[] lines = ["Aug 14 09:59:01 p[1] user bad", "Aug 14 09:59:02 p[2] user bad", "Aug 14 09:59:03 p[1] from 1.2.3.4", "Aug 14 09:59:04 p[2] from 1.2.3.5"];
        Assert.Equal(["-", "-", "1.2.3.4 (2)", "1.2.3.5 (2)"], bench.ReadAll(lines));
    }

    [Fact]
    public void Time_is_that_of_the_newest_line_and_matches_are_whole_lines()
    {
        using FilterBench bench = Bench(5, Pair);
        bench.ReadAll("Aug 14 09:59:01 p[1] user bad", "Aug 14 09:59:02 other");
        Failure failure = Assert.Single(bench.Read("Aug 14 09:59:03 p[1] from 1.2.3.4"));
        Assert.Equal(TestClock.Start.AddSeconds(-57), failure.Time);
        Assert.Equal(["Aug 14 09:59:01 p[1] user bad", "Aug 14 09:59:03 p[1] from 1.2.3.4"], failure.Matches.Select(line => line.ToString()));
        Assert.Equal(" other\n", failure.Data["skiplines0"]);
    }

    [Theory]
    [InlineData(2, "-")]
    [InlineData(3, "1.2.3.4 (2)")]
    public void Only_the_last_lines_are_seen(int maxLines, string expected)
    {
        using FilterBench bench = Bench(maxLines, Pair);
        Assert.Equal(expected, bench.ReadAll("Aug 14 09:59:01 p[1] user bad", "Aug 14 09:59:02 x", "Aug 14 09:59:03 p[1] from 1.2.3.4")[^1]);
    }

    [Fact]
    public void Line_that_matched_is_not_seen_again()
    {
        using FilterBench bench = Bench(3, "^ a <ADDR>$");
        Assert.Equal(["1.2.3.4 (1)", "-", "1.2.3.5 (1)"], bench.ReadAll("Aug 14 09:59:01 a 1.2.3.4", "Aug 14 09:59:02 b", "Aug 14 09:59:03 a 1.2.3.5"));
    }

    [Fact]
    public void Ignoreregex_sees_the_matched_lines_only()
    {
        using FilterBench bench = Bench(5, Pair);
        bench.Filter.AddIgnoreRegex("other|1\\.2\\.3\\.5");
        string[] lines = ["Aug 14 09:59:01 p[1] user bad", "Aug 14 09:59:02 other", "Aug 14 09:59:03 p[1] from 1.2.3.4", "Aug 14 09:59:01 p[1] user bad", "Aug 14 09:59:03 p[1] from 1.2.3.5"];
        Assert.Equal("- - 1.2.3.4 (2) - -", string.Join(' ', bench.ReadAll(lines)));
        Assert.Equal(LineVerdict.Ignored, bench.Last.Verdict);
    }

    [Fact]
    public void Regex_of_the_time_before_maxlines_was_raised_is_not_multi_line()
    {
        using var bench = new FilterBench("^ a <ADDR>$");
        bench.Filter.MaxLines = 2;
        Assert.Equal(["-", "-"], bench.ReadAll("Aug 14 09:59:01 x", "Aug 14 09:59:02 a 1.2.3.4"));
    }

    [Fact]
    public void Content_of_a_prefregex_replaces_what_was_buffered()
    {
        using FilterBench bench = Bench(3);
        bench.Filter.SetPrefRegex(@"p\[\d+\] <F-CONTENT>[^\n]+</F-CONTENT>$");
        bench.Filter.AddFailRegex("^bad <ADDR>$");
        Assert.Equal("1.2.3.4 (1)", bench.ReadAll("Aug 14 09:59:01 x", "Aug 14 09:59:02 p[1] bad 1.2.3.4")[1]);
    }
}
