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
        foreach (byte[] hostile in Hostile())
        {
            var clock = Stopwatch.StartNew();
            MatchOutcome outcome = pattern.Match(hostile);
            clock.Stop();
            output.WriteLine($"{hostile.Length} bytes: {outcome} after {clock.Elapsed.TotalMilliseconds:f2} ms");
            Assert.NotEqual(MatchOutcome.Match, outcome);
            Assert.True(clock.Elapsed < TimeSpan.FromMilliseconds(50), $"took {clock.Elapsed}");
        }

        // The workspace is unharmed.
        Assert.Equal(MatchOutcome.Match, pattern.Match(good));
    }

    // Each blank may end one pass of the inner repeat, each run of blanks in front can be split in many ways.
    private static IEnumerable<byte[]> Hostile()
    {
        foreach (string unit in new[] { "a ", "a  ", " ", "1.1.1.1 ", ":: " })
            yield return Encoding.ASCII.GetBytes(("smtp: " + string.Concat(Enumerable.Repeat(unit, 60)))[..Math.Min(120, 6 + 60 * unit.Length)] + "\n");
        yield return Encoding.UTF8.GetBytes("smtp: " + string.Concat(Enumerable.Repeat("a ", 56)) + "é\n");
        yield return Encoding.ASCII.GetBytes("smtp: " + new string(' ', 114) + "\n");
    }
}
