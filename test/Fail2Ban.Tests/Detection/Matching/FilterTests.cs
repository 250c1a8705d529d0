using System.Text;
using Fail2Ban.Detection.Lines;
using Fail2Ban.Detection.Matching;

namespace Fail2Ban.Tests.Detection.Matching;

public sealed class FilterTests
{
    [Fact]
    public void Regexes_see_the_line_without_its_date()
    {
        using var bench = new FilterBench(@"^ x <F-ID>a</F-ID>$", @"^\[\] x <F-ID>b</F-ID>$", @"^x  <F-ID>c</F-ID>$", "^x <F-ID>d</F-ID> $");
        Assert.Equal(
            ["a (1)", "b (1)", "c (1)", "d (1)"],
            bench.ReadAll("Aug 14 09:59:58 x a", "[2005-08-14 09:59:58] x b", "x 2005-08-14 09:59:58 c", "x d 2005-08-14 09:59:58"));
    }

    [Fact]
    public void Matches_are_the_whole_line_split_at_its_date()
    {
        using var bench = new FilterBench("<F-ID>b</F-ID>");
        Assert.Equal(new MatchedLine("[", "2005-08-14 09:59:58", "] x b"), Assert.Single(Assert.Single(bench.Read("[2005-08-14 09:59:58] x b")).Matches));
    }

    [Fact]
    public void First_failregex_that_occurs_wins()
    {
        using var bench = new FilterBench("(?P<one>x) <F-ID/>", "(?P<two>x) <F-ID/>");
        Failure failure = Assert.Single(bench.Read("Aug 14 09:59:58 x a"));
        Assert.Equal("x", failure.Data["one"]);
        Assert.Equal(0, Assert.Single(bench.Last.Hits).Regex);
    }

    [Theory]
    [InlineData(3, true)] // one ignoreregex, three failregexes: only the content is searched for it
    [InlineData(4, false)]
    public void Ignoreregex_sees_the_whole_line_only_when_it_is_tried_first(int failRegexes, bool isFound)
    {
        using var bench = new FilterBench();
        bench.Filter.SetPrefRegex("^ srv <F-CONTENT>.+</F-CONTENT>$");
        for (int i = 0; i < failRegexes; i++) bench.Filter.AddFailRegex("^x <F-ID/>");
        bench.Filter.AddIgnoreRegex("^ srv");
        Assert.Equal(isFound ? 1 : 0, bench.Read("Aug 14 09:59:58 srv x a").Count);
        Assert.Equal(isFound ? LineVerdict.Matched : LineVerdict.Ignored, bench.Last.Verdict);
    }

    [Fact]
    public void Ignoreregex_drops_a_match()
    {
        using var bench = new FilterBench("x <F-ID/>");
        bench.Filter.AddIgnoreRegex("nothing");
        bench.Filter.AddIgnoreRegex("x b");
        Assert.Equal(["a (1)", "-"], bench.ReadAll("Aug 14 09:59:58 x a", "Aug 14 09:59:58 x b"));
        Assert.Equal((LineVerdict.Ignored, 1), (bench.Last.Verdict, bench.Last.IgnoreRegex));
    }

    [Fact]
    public void Match_that_names_nobody_is_an_error_and_the_next_regex_is_tried()
    {
        using var bench = new FilterBench("x (?:<F-ID>b</F-ID>)?", "x <F-ID/>");
        Assert.Equal(["b (1)", "a (1)"], bench.ReadAll("Aug 14 09:59:58 x b", "Aug 14 09:59:58 \u001b x a"));
        Assert.Equal([@"Error: No group found in ' \x1b x a\n' using 're.compile('x (?:(?P<fid>b))?')'"], bench.Messages);
        Assert.Equal(["a (1)"], bench.ReadAll("Aug 14 09:59:58 x a"));
    }

    [Fact]
    public void Match_that_names_nobody_is_no_failure()
    {
        using var bench = new FilterBench("x (?:<F-ID>b</F-ID>)?");
        Assert.Equal(["-"], bench.ReadAll("Aug 14 09:59:58 x a"));
        Assert.Equal(LineVerdict.NoMatch, bench.Last.Verdict);
    }

    [Theory]
    [InlineData("^bad a", false)] // begins with the content, not with the line
    [InlineData("srv x: bad a", true)]
    public void Ignoreregex_of_several_lines_sees_whole_lines_also_where_the_prefregex_has_a_content(string ignore, bool isIgnored)
    {
        using var bench = new FilterBench();
        bench.Filter.MaxLines = 2;
        bench.Filter.SetPrefRegex(@"^ srv \w+: <F-CONTENT>.+</F-CONTENT>$");
        bench.Filter.AddFailRegex("^bad <F-ID/>$");
        bench.Filter.AddIgnoreRegex(ignore);
        Assert.Equal([isIgnored ? "-" : "a (1)"], bench.ReadAll("Aug 14 09:59:58 srv x: bad a"));
    }

    [Fact]
    public void Content_of_the_prefregex_is_what_failregexes_see_wherever_it_ends()
    {
        using var bench = new FilterBench();
        bench.Filter.SetPrefRegex("^ <F-SRV>srv</F-SRV> (?:<F-CONTENT>[^#\\n]+</F-CONTENT>)?#?");
        bench.Filter.AddFailRegex("^x <F-ID>a</F-ID>$");
        bench.Filter.AddFailRegex("^ srv #<F-ID>whole</F-ID>$");
        Assert.Equal(["a (1)", "a (1)", "whole (1)", "-"], bench.ReadAll("Aug 14 09:59:58 srv x a", "Aug 14 09:59:58 srv x a#z", "Aug 14 09:59:58 srv #whole", "Aug 14 09:59:58 x a"));
    }

    [Fact]
    public void Fields_of_the_prefregex_come_first_and_are_overlaid()
    {
        using var bench = new FilterBench();
        bench.Filter.SetPrefRegex("^ (?P<a>1)(?P<b>2) <F-CONTENT>.+</F-CONTENT>$");
        bench.Filter.AddFailRegex("^(?P<b>3)?(?P<c>4)?<F-ID>x</F-ID>");
        FailureData data = Assert.Single(bench.Read("Aug 14 09:59:58 12 x")).Data;
        Assert.Equal(["a=1", "b=2", "fid=x"], data.Fields.Select(field => $"{field.Key}={field.Value}"));
    }

    [Fact]
    public void Without_a_prefregex_groups_that_took_no_part_are_null()
    {
        using var bench = new FilterBench("<ADDR>");
        Assert.Equal(["ip4=1.2.3.4", "ip6="], Assert.Single(bench.Read("Aug 14 09:59:58 1.2.3.4")).Data.Fields.Select(field => $"{field.Key}={field.Value}"));
    }

    [Fact]
    public void Journal_entries_bring_their_time()
    {
        using var bench = new FilterBench("^srv <F-ID>a</F-ID>$");
        var failures = new List<Failure>();
        DateTimeOffset when = TestClock.Start.AddSeconds(-30);
        bench.Filter.Process(new LogLine("2005-08-14T09:59:30 "u8, "srv a\n"u8, when), bench.Progress, failures);
        Assert.Equal(when, Assert.Single(failures).Time);
        Assert.Equal("2005-08-14T09:59:30 srv a", failures[0].Matches[0].ToString());
    }

    [Fact]
    public void Pattern_over_its_budget_costs_the_line_and_is_reported_once()
    {
        using var bench = new FilterBench("^ (?:a+)+b <F-ID/>");
        string line = "Aug 14 09:59:58 " + new string('a', 2000) + " b x";
        Assert.Equal(["-", "-"], bench.ReadAll(line, line));
        Assert.Equal(LineVerdict.LimitExceeded, bench.Last.Verdict);
        Assert.Equal(2, bench.Filter.LimitsExceeded);
        Assert.StartsWith("Error: [j] failregex [0] was given up at its match limit and the line skipped", Assert.Single(bench.Messages), StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_that_do_not_match_allocate_nothing()
    {
        using var bench = new FilterBench(@"^x \S+ <HOST>$", "y <HOST>", "z <HOST>", "w <HOST>");
        bench.Filter.AddIgnoreRegex("never");
        bench.Filter.SetPrefRegex(@"^ srv \w+\[\d+\]: <F-CONTENT>.+</F-CONTENT>$");
        byte[] line = Encoding.UTF8.GetBytes("Aug 14 09:59:58 srv sshd[12]: session opened for user root\n");
        byte[] middle = Encoding.UTF8.GetBytes("[Aug 14 09:59:58] srv sshd[12]: session closed for user root\n");
        var failures = new List<Failure>();
        for (int i = 0; i < 2000; i++)
        {
            bench.Filter.Process(new LogLine(line), bench.Progress, failures);
            bench.Filter.Process(new LogLine(middle), bench.Progress, failures);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++) bench.Filter.Process(new LogLine(line), bench.Progress, failures);
        for (int i = 0; i < 1000; i++) bench.Filter.Process(new LogLine(middle), bench.Progress, failures);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Empty(failures);
    }

    [Fact]
    public void With_all_regexes_checked_each_that_occurs_is_a_hit()
    {
        using var bench = new FilterBench("<F-NOFAIL>x</F-NOFAIL> <F-ID/>", "x <F-ID/>", "y <F-ID/>");
        bench.Filter.CheckAllRegexes = true;
        Assert.Single(bench.Read("Aug 14 09:59:58 x a"));
        Assert.Equal([(0, LineVerdict.NoFailure), (1, LineVerdict.Matched)], bench.Last.Hits.Select(hit => (hit.Regex, hit.Verdict)));
        Assert.Equal(LineVerdict.NoFailure, bench.Last.Verdict);
    }
}
