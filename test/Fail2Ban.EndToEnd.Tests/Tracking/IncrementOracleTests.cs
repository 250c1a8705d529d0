using System.Globalization;
using Fail2Ban.Tracking.Bans;

namespace Fail2Ban.EndToEnd.Tests.Tracking;

/// <summary>Longer bans are as long as the original makes them: its own jail, with its own options, is asked beside ours.</summary>
public sealed class IncrementOracleTests
{
    private const string Script =
        """
        import sys, json
        from fail2ban.server.jail import Jail
        for line in sys.stdin:
            case = json.loads(line)
            jail = Jail("j", "polling")
            jail.setBanTimeExtra("increment", "true")
            for name, value in case["options"]: jail.setBanTimeExtra(name, value)
            extra = jail.getBanTimeExtra()
            class Ban: pass
            ban = Ban(); ban.Time, ban.Count = case["time"], case["count"]
            print(repr(float(extra["evformula"](ban))))
        """;

    private static readonly string[][] Tables =
    [
        [],
        ["factor=2"],
        ["factor=0.1"],
        ["factor=1.5"],
        ["factor=3 ** 2"],
        ["multipliers=1 2 4 8 16 32 64"],
        ["multipliers=1 5 30 60 300 720 1440 2880"],
        ["multipliers=0 1", "factor=7"],
        ["multipliers=3"],
        ["multipliers=-1 +2 010", "factor=0.5"],
        ["multipliers=1 2 4", "maxtime=1000"],
        ["multipliers=1 2 4", "formula=1"],
        ["maxtime=300"],
        ["maxtime=5h", "factor=1.1"],
        ["maxtime=5w"],
        ["formula=ban.Time * math.exp(float(ban.Count+1)*banFactor)/math.exp(1*banFactor)", "factor=2.0 / 2.885385"],
        ["formula=ban.Time * math.exp(float(ban.Count+1)*banFactor)/math.exp(1*banFactor)", "maxtime=1d"],
        ["formula=ban.Time * (1<<(ban.Count if ban.Count<20 else 20)) * banFactor", "factor=4"],
        ["formula=ban.Time * (1<<(ban.Count if ban.Count<20 else 20)) * max(float(banFactor)*(ban.Time/ban.Time),1)"],
        ["formula=1 + ban.Count"],
        ["formula=ban.Time + 7 // 2 * ban.Count - -7 // 2 + -7 % 3 + 7 % -3"],
        ["formula=ban.Time * 1.2 ** ban.Count"],
    ];

    [Fact]
    public async Task Times_are_those_of_the_original()
    {
        await OriginalModules.RequireAsync();
        var cases = (from options in Tables from time in new[] { 60, 600, 86400 } from count in new[] { 1, 2, 3, 7, 20, 25 } select (options, time, count)).ToList();
        string input = string.Concat(cases.Select(c => $"{{\"time\": {c.time}, \"count\": {c.count}, \"options\": [{string.Join(", ", c.options.Select(o => $"[\"{o.Split('=', 2)[0]}\", \"{o.Split('=', 2)[1]}\"]"))}]}}\n"));
        string[] expected = (await OriginalModules.RunAsync(Script, input)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(cases.Count, expected.Length);
        for (int i = 0; i < cases.Count; i++)
        {
            var increment = new BanTimeIncrement();
            foreach (string option in cases[i].options) Assert.Null(increment.Set(option.Split('=', 2)[0], option.Split('=', 2)[1]));
            double value = increment.Calculate(new BanTime(cases[i].time), cases[i].count, out string? error).Seconds;
            string what = $"{string.Join("; ", cases[i].options)} of {cases[i].time} s, {cases[i].count} before";
            Assert.True(error is null, $"{what}: {error}");
            double wanted = double.Parse(expected[i], CultureInfo.InvariantCulture);

            // exp() of the two libraries may differ in the last bit; everything else is exact.
            Assert.True(value == wanted || (what.Contains("exp", StringComparison.Ordinal) && Math.Abs(value - wanted) <= 1e-14 * wanted), $"{what}: {value} instead of {wanted}");
        }

        Assert.True(cases.Count >= 200);
        TestContext.Current.TestOutputHelper?.WriteLine($"{cases.Count} combinations of options, ban time and count: all as the original's");
    }
}
