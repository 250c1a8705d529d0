using System.Diagnostics;
using System.Text;
using Fail2Ban.Patterns;

namespace Fail2Ban.EndToEnd.Tests.Patterns;

/// <summary>A short hostile line must not hold up a jail, whatever the pattern of a stock filter is.</summary>
public sealed class CatastrophicPatternTests(ITestOutputHelper output)
{
    private const string Filter = "/etc/fail2ban/filter.d/domino-smtp.conf";

    // The tags of the filter, as the specification expands them.
    private const string Host =
        @"(?:\[?(?:(?:::f{4,6}:)?(?P<ip4>(?:\d{1,3}\.){3}\d{1,3})|(?P<ip6>(?:[0-9a-fA-F]{1,4}::?|:){1,7}(?:[0-9a-fA-F]{1,4}|(?<=:):)))\]?|(?P<dns>[\w\-.^_]*\w))";

    [Fact]
    public void Hostile_line_for_domino_smtp_is_answered_in_50_ms()
    {
        if (!File.Exists(Filter)) Assert.Skip($"{Filter} is absent");
        string[] lines = File.ReadAllLines(Filter);
        string Option(string name) => lines.First(line => line.StartsWith(name + " =", StringComparison.Ordinal)).Split('=', 2)[1].Trim();
        string template = lines.Single(line => !line.StartsWith('#') && line.Contains("using internet password", StringComparison.Ordinal)).Trim();
        string expanded = template.Replace("%(__prefix)s", Option("__prefix"), StringComparison.Ordinal)
            .Replace("%(__opt_data)s", Option("__opt_data"), StringComparison.Ordinal).Replace("<HOST>", Host, StringComparison.Ordinal);
        using Pattern pattern = Pattern.Compile(expanded);

        byte[] good = Encoding.ASCII.GetBytes("[1A:2-3] smtp: u [192.0.2.7] authentication failure using internet password\n");
        Assert.Equal(MatchOutcome.Match, pattern.Match(good));
        int given = 0;
        foreach (byte[] hostile in Hostile())
        {
            // The best of ten, since other work runs beside this test.
            (MatchOutcome outcome, TimeSpan elapsed) = Enumerable.Range(0, 10).Select(_ =>
            {
                var clock = Stopwatch.StartNew();
                return (pattern.Match(hostile), clock.Elapsed);
            }).MinBy(run => run.Elapsed);
            output.WriteLine($"{hostile.Length} bytes: {outcome} after {elapsed.TotalMilliseconds:f2} ms");
            given += outcome == MatchOutcome.LimitExceeded ? 1 : 0;
            Assert.Equal(121, hostile.Length);
            Assert.NotEqual(MatchOutcome.Match, outcome);
            Assert.True(elapsed < TimeSpan.FromMilliseconds(50), $"took {elapsed}");
        }

        // At least some lines are as bad as they were meant to be, and the workspace is unharmed.
        Assert.True(given > 0, "no line was hostile enough");
        Assert.Equal(MatchOutcome.Match, pattern.Match(good));
    }

    // Each blank may end a pass of the inner repeat, so n blanks can be split in 2^n ways; what the pattern asks for
    // last stands at the end, so that no look ahead tells that the line is hopeless. 121 bytes each.
    private static IEnumerable<byte[]> Hostile()
    {
        const string End = "authentication failure using internet password!\n";
        foreach (string unit in new[] { "a ", "ab ", "abc ", "1.1.1.1 ", "::1 ", " " })
            yield return Encoding.ASCII.GetBytes("smtp: " + string.Concat(Enumerable.Repeat(unit, 70))[..(115 - End.Length)] + End);
        yield return Encoding.UTF8.GetBytes("smtp: é" + string.Concat(Enumerable.Repeat("ab ", 70))[..(113 - End.Length)] + End);
    }
}
