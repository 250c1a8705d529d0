using Fail2Ban.Detection.Matching;
using Fail2Ban.Values;

namespace Fail2Ban.Tests.Detection.Matching;

/// <summary>What lines of one connection come to, with a filter that has every kind of line.</summary>
public sealed class ConnectionsTests
{
    private static FilterBench Bench()
    {
        var bench = new FilterBench();
        bench.Filter.SetPrefRegex(@"^ <F-MLFID>s\[\d+\]: </F-MLFID><F-CONTENT>.+</F-CONTENT>$");
        foreach (string regex in new[]
        {
            "^fail <F-USER>\\w+</F-USER> <ADDR>$",
            "^fail <ADDR>$",
            "^<F-NOFAIL>key</F-NOFAIL> <F-USER>\\w+</F-USER> <ADDR>$",
            "^<F-NOFAIL>pam</F-NOFAIL> <ADDR>$",
            "^<F-NOFAIL>connect</F-NOFAIL> <ADDR>$",
            "^locked$",
            "^<F-MLFFORGET><F-MLFGAINED>accept</F-MLFGAINED></F-MLFFORGET> <F-USER>\\w+</F-USER> <ADDR>$",
            "^<F-MLFFORGET><F-NOFAIL>close</F-NOFAIL></F-MLFFORGET>(?: <F-USER>\\w+</F-USER>)? <ADDR>$",
        }) bench.Filter.AddFailRegex(regex);
        return bench;
    }

    // Lines separated by '|'; one sign each: '-' or the number of matches of its failure.
    [Theory]
    [InlineData("connect|fail root|fail root|close root", "- 2 1 -")]
    [InlineData("fail bob|fail bob|close bob", "1 1 -")]
    [InlineData("pam|fail root|close root", "- 2 -")]
    [InlineData("pam|accept root", "- -")]
    [InlineData("fail root|accept root", "1 -")]
    [InlineData("fail bob|accept root", "1 1")]
    [InlineData("key git|key git|accept git", "- - -")]
    [InlineData("key git|key git|close git", "- - -")]
    [InlineData("key a|key b|close b", "- 2 1")]
    [InlineData("connect|locked", "- 2")]
    [InlineData("locked|close", "- 2")]
    [InlineData("locked|connect", "- 2")]
    [InlineData("locked|locked|close", "- - 3")]
    [InlineData("connect|close", "- -")]
    [InlineData("connect|close|fail root", "- - 1")]
    public void Lines_of_a_connection_are_judged_together(string lines, string expected)
    {
        using FilterBench bench = Bench();
        var verdicts = lines.Split('|').Select(line =>
        {
            string text = line == "locked" ? line : $"{line} 192.0.2.1";
            Failure? failure = bench.Read($"Aug 14 09:59:58 s[1]: {text}").SingleOrDefault();
            return failure is null ? "-" : $"{failure.Matches.Length}";
        });
        Assert.Equal(expected, string.Join(' ', verdicts));
    }

    [Fact]
    public void Other_connections_are_not_mixed_in()
    {
        using FilterBench bench = Bench();
        Assert.Equal(
            ["-", "-", "192.0.2.1 (2)", "-"],
            bench.ReadAll("Aug 14 09:59:58 s[1]: connect 192.0.2.1", "Aug 14 09:59:58 s[2]: locked", "Aug 14 09:59:58 s[1]: fail root 192.0.2.1", "Aug 14 09:59:58 s[3]: locked"));
    }

    [Fact]
    public void Data_has_the_last_user_and_all_of_them()
    {
        using FilterBench bench = Bench();
        bench.ReadAll("Aug 14 09:59:58 s[1]: fail bob 192.0.2.1", "Aug 14 09:59:58 s[1]: fail bob 192.0.2.1");
        FailureData data = Assert.Single(bench.Read("Aug 14 09:59:58 s[1]: fail root 192.0.2.1")).Data;
        Assert.Equal("{'mlfid': 's[1]: ', 'user': 'root', 'ip4': '192.0.2.1', 'users': {'bob', 'root'}}", PythonText.Repr(Dict(data)));
    }

    [Fact]
    public void Connection_is_forgotten_after_five_minutes()
    {
        using FilterBench bench = Bench();
        bench.Read("Aug 14 09:59:58 s[1]: locked");
        bench.Clock.Advance(TimeSpan.FromMinutes(4));
        Assert.Single(bench.Read("Aug 14 09:59:58 s[1]: close 192.0.2.1"));
        bench.Read("Aug 14 09:59:58 s[1]: locked");
        bench.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Empty(bench.Read("Aug 14 09:59:58 s[1]: close 192.0.2.1"));
    }

    [Fact]
    public void Connection_keeps_its_latest_thousand_lines()
    {
        using FilterBench bench = Bench();
        for (int i = 0; i < 1500; i++) bench.Read($"Aug 14 09:59:58 s[1]: {(i % 2 == 0 ? "locked" : "pam 192.0.2.1")}");
        for (int i = 0; i < 1500; i++) bench.Read("Aug 14 09:59:58 s[2]: connect 192.0.2.1");
        Assert.InRange(Assert.Single(bench.Read("Aug 14 09:59:58 s[1]: fail root 192.0.2.1")).Matches.Length, 1, 1000);
        Assert.Equal(1000, Assert.Single(bench.Read("Aug 14 09:59:58 s[2]: fail root 192.0.2.1")).Matches.Length);
    }

    [Fact]
    public void At_most_a_hundred_connections_are_remembered_the_oldest_go_first()
    {
        using FilterBench bench = Bench();
        for (int i = 0; i <= 100; i++) bench.Read($"Aug 14 09:59:58 s[{i}]: locked");
        Assert.Empty(bench.Read("Aug 14 09:59:58 s[0]: close 192.0.2.1"));
        Assert.Single(bench.Read("Aug 14 09:59:58 s[1]: close 192.0.2.1"));
        Assert.Single(bench.Read("Aug 14 09:59:58 s[100]: close 192.0.2.1"));
    }

    private static PythonDict Dict(FailureData data)
    {
        var dict = new PythonDict();
        foreach ((string key, object? value) in data.Fields) dict[key] = value;
        return dict;
    }
}
