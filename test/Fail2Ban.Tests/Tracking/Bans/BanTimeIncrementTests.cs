using System.Globalization;
using Fail2Ban.Tracking.Bans;

namespace Fail2Ban.Tests.Tracking.Bans;

public sealed class BanTimeIncrementTests
{
    // jail's time, options, previous bans from 1 on: the times as the original gives them
    [Theory]
    [InlineData(600, "", "1200 2400 4800 9600 19200")]
    [InlineData(600, "factor=2", "2400 4800 9600")]
    [InlineData(600, "factor=0.1", "600 600 600 960 1920")]
    [InlineData(600, "multipliers=1 2 4 8 16 32 64", "1200 2400 4800 9600 19200 38400 38400")]
    [InlineData(60, "multipliers=1 5 30 60 300 720 1440 2880", "300 1800 3600 18000 43200")]
    [InlineData(600, "maxtime=300", "300 300 300")]
    [InlineData(600, "multipliers=0 0.maxtime=300", "invalid literal for int() with base 10: '0.maxtime=300'")]
    public void Time_grows_with_the_count(double jail, string options, string expected)
    {
        var increment = new BanTimeIncrement();
        string? error = Apply(increment, options);
        if (error is not null)
        {
            Assert.Equal(expected, error);
            return;
        }

        string[] times = expected.Split(' ');
        for (int i = 0; i < times.Length; i++)
        {
            Assert.Equal(double.Parse(times[i], CultureInfo.InvariantCulture), increment.Calculate(new BanTime(jail), i + 1, out string? problem).Seconds);
            Assert.Null(problem);
        }
    }

    [Fact]
    public void Count_is_capped_at_twenty()
    {
        var increment = new BanTimeIncrement();
        Assert.Equal(629145600, increment.Calculate(new BanTime(600), 20, out _).Seconds);
        Assert.Equal(629145600, increment.Calculate(new BanTime(600), 1000, out _).Seconds);
    }

    [Fact]
    public void Documented_formula_with_a_factor_that_is_an_expression()
    {
        var increment = new BanTimeIncrement();
        Assert.Null(increment.Set("formula", "ban.Time * math.exp(float(ban.Count+1)*banFactor)/math.exp(1*banFactor)"));
        Assert.Null(increment.Set("factor", "2.0 / 2.885385"));
        Assert.Equal(1200.0014649, increment.Calculate(new BanTime(600), 1, out _).Seconds, 7);
        Assert.Equal("2.0 / 2.885385", increment.Get("factor"));
    }

    [Fact]
    public void Random_time_comes_on_top_of_the_cap()
    {
        var increment = new BanTimeIncrement(new Random(1));
        increment.SetSeconds("maxtime", 300);
        increment.SetSeconds("rndtime", 60);
        for (int i = 0; i < 100; i++) Assert.InRange(increment.Calculate(new BanTime(600), 3, out _).Seconds, 300, 360);
        Assert.True(Enumerable.Range(0, 100).Select(_ => increment.Calculate(new BanTime(600), 3, out string? _).Seconds).Distinct().Count() > 90);
    }

    [Theory]
    [InlineData("formula", "ban.Time *", "'end of formula' at character 11")]
    [InlineData("formula", "foo", "'foo' at character 1")]
    [InlineData("formula", "__import__('os')", "' at character 12")]
    [InlineData("formula", "ban.__class__", "'ban.__class__' at character 1")]
    [InlineData("formula", "math.gamma(ban.Count)", "'math.gamma' at character 1")]
    [InlineData("formula", "lambda: 1", "':' at character 7")]
    [InlineData("formula", "ban.Time if ban.Count", "'else' was expected")]
    [InlineData("formula", "2 ** 2 ** 2 ** 2 ** 2 ** 2", "integer too large")]
    [InlineData("formula", "1 << 1000000000", "integer too large")]
    [InlineData("formula", "1/0", "division by zero")]
    [InlineData("formula", "07", "'07' at character 1 is no number")]
    [InlineData("factor", "x", "'x' at character 1")]
    [InlineData("multipliers", "1, 2", "invalid literal for int() with base 10: '1,'")]
    [InlineData("multipliers", "1  2", "invalid literal for int() with base 10: ''")]
    [InlineData("factr", "1", "unknown option 'bantime.factr'")]
    public void What_cannot_be_taken_is_named(string option, string value, string part)
    {
        var increment = new BanTimeIncrement();
        Assert.Contains(part, increment.Set(option, value), StringComparison.Ordinal);
        Assert.Null(increment.Get(option));
        Assert.Equal(1200, increment.Calculate(new BanTime(600), 1, out _).Seconds);
    }

    [Fact]
    public void Deep_nesting_is_refused() =>
        Assert.Contains("nested", new BanTimeIncrement().Set("formula", new string('(', 100_000)), StringComparison.Ordinal);

    [Fact]
    public void Formula_is_judged_only_while_it_is_used()
    {
        var increment = new BanTimeIncrement();
        Assert.Null(increment.Set("multipliers", "1 2"));
        Assert.Null(increment.Set("formula", "what is this"));
        Assert.Equal(1200, increment.Calculate(new BanTime(600), 1, out _).Seconds);
        Assert.NotNull(increment.Set("multipliers", ""));
    }

    [Fact]
    public void Failing_formula_leaves_the_time_as_it_is()
    {
        var increment = new BanTimeIncrement();
        Assert.Null(increment.Set("formula", "ban.Time / (3 - ban.Count)"));
        Assert.Equal(600, increment.Calculate(new BanTime(600), 3, out string? error).Seconds);
        Assert.Equal("division by zero", error);
    }

    [Theory]
    [InlineData("increment", "true", true)]
    [InlineData("increment", "foo", false)]
    [InlineData("overalljails", "yes", "yes")]
    [InlineData("multipliers", "1 2 4", "1 2 4")]
    [InlineData("multipliers", "", null)]
    [InlineData("rndtime", "", null)]
    public void Options_are_shown_as_they_were_set(string option, string value, object? shown)
    {
        var increment = new BanTimeIncrement();
        Assert.Null(increment.Set(option, value));
        Assert.Equal(shown, increment.Get(option));
    }

    [Fact]
    public void Times_are_shown_in_seconds()
    {
        var increment = new BanTimeIncrement();
        increment.SetSeconds("maxtime", 300);
        Assert.Equal(300L, increment.Get("maxtime"));
        Assert.Equal(new BanTime(300), increment.MaxTime);
        increment.SetSeconds("maxtime", null);
        Assert.Null(increment.Get("maxtime"));
    }

    private static string? Apply(BanTimeIncrement increment, string options)
    {
        if (options.Length == 0) return null;
        (string name, string value) = (options[..options.IndexOf('=', StringComparison.Ordinal)], options[(options.IndexOf('=', StringComparison.Ordinal) + 1)..]);
        return name is "maxtime" or "rndtime" ? increment.SetSeconds(name, double.Parse(value, CultureInfo.InvariantCulture)) : increment.Set(name, value);
    }
}
