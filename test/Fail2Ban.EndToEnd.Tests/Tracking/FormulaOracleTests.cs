using System.Globalization;
using Fail2Ban.Tracking.Bans;

namespace Fail2Ban.EndToEnd.Tests.Tracking;

/// <summary>Formulas have the value that Python gives them.</summary>
public sealed class FormulaOracleTests
{
    private static readonly string[] Formulas =
    [
        "ban.Time * (1<<(ban.Count if ban.Count<20 else 20)) * banFactor",
        "ban.Time * math.exp(float(ban.Count+1)*banFactor)/math.exp(1*banFactor)",
        "ban.Time * (1<<(ban.Count if ban.Count<20 else 20)) * max(float(banFactor)*(ban.Time/ban.Time),1)",
        "ban.Time + 7 // 2 * ban.Count - -7 // 2 + -7 % 3 + 7 % -3",
        "ban.Time * 2 ** ban.Count ** 0.5 / 3",
        "-2 ** 2 + ban.Time * 1e3 + .5 + 1_000",
        "ban.Time * (1 if 1 < ban.Count <= 3 else 2 if ban.Count == 5 else 3)",
        "ban.Time + (ban.Count > 2 and 100 or 50) * (not ban.Count == 3)",
        "round(ban.Time * 0.0125 * ban.Count) + round(2.5) + round(3.5) + int(-7.9) + abs(-3)",
        "round(ban.Time / 7, 3) + round(1234.5678, 1) + ban.Time",
        "min(ban.Time * ban.Count, 5000, 7e3) + max(1, 2.5) + pow(2, 10)",
        "math.sqrt(ban.Time) * math.log(ban.Count + 1) + math.log(8, 2) + math.log2(9) + math.log10(1000) + ban.Time",
        "math.floor(ban.Time / 7) + math.ceil(ban.Time / 7) + math.trunc(-3.7) + math.fabs(-2) + math.fmod(7, 3) + ban.Time",
        "ban.Time * ban.Count | 3 ^ 5 & 6 + ~2",
        "ban.Time * ban.Count >> 1 << 2",
        "ban.Time * math.pi / math.e + math.pow(ban.Count, 1.5)",
        "(ban.Time % 7.5) * 1000 + -7.5 % 2 + 7.5 // 2 * 100",
        "ban.Time * (True + False) + (ban.Time != 600) * 10",
    ];

    private const string Script =
        """
        import sys, math, random
        class ban: pass
        for line in sys.stdin:
            formula, time, count, factor = line.rstrip("\n").split("\t")
            ban.Time, ban.Count, banFactor = int(time), int(count), eval(factor)
            print(repr(float(max(ban.Time, eval(formula)))))
        """;

    [Fact]
    public async Task Formulas_have_the_value_of_Python()
    {
        await OriginalModules.RequireAsync(fail2ban: false);
        var cases = (from formula in Formulas from time in new[] { 60, 600, 86400 } from count in new[] { 1, 2, 3, 5, 25 } from factor in new[] { "1", "2.0 / 2.885385" }
            where !(formula.Contains('|', StringComparison.Ordinal) && factor != "1") select (formula, time, count, factor)).ToList();
        Assert.True(cases.Count >= 100);
        string[] expected = (await OriginalModules.RunAsync(Script, string.Concat(cases.Select(c => $"{c.formula}\t{c.time}\t{c.count}\t{c.factor}\n")))).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(cases.Count, expected.Length);
        for (int i = 0; i < cases.Count; i++)
        {
            var increment = new BanTimeIncrement();
            Assert.Null(increment.Set("factor", cases[i].factor));
            Assert.Null(increment.Set("formula", cases[i].formula));
            double value = increment.Calculate(new BanTime(cases[i].time), cases[i].count, out string? error).Seconds;
            Assert.True(error is null, $"{cases[i]}: {error}");
            double wanted = double.Parse(expected[i], CultureInfo.InvariantCulture);
            Assert.True(Math.Abs(value - wanted) <= 1e-12 * Math.Abs(wanted), $"{cases[i]}: {value} instead of {wanted}");
        }
    }
}
