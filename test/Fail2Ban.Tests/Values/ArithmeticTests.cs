using Fail2Ban.Values;

namespace Fail2Ban.Tests.Values;

public sealed class ArithmeticTests
{
    [Theory]
    [InlineData("ban.Time * (1<<(ban.Count if ban.Count<20 else 20)) * banFactor", "4800")]
    [InlineData("ban.Time * math.exp(float(ban.Count+1)*banFactor)/math.exp(1*banFactor)", "12051.322")]
    [InlineData("-2 ** 2", "-4")]
    [InlineData("2 ** -1", "0.5")]
    [InlineData("-7 // 2", "-4")]
    [InlineData("-7 % 3", "2")]
    [InlineData("1 < 2 < 3", "True")]
    [InlineData("1 < 2 > 3", "False")]
    [InlineData("not 1 or 2 and 3", "3")]
    [InlineData("1 if 0 else 2 if 0 else 3", "3")]
    [InlineData("5 if 1 else 1/0", "5")]
    [InlineData("0 and 1/0", "0")]
    [InlineData("max(1, 2.5)", "2.5")]
    [InlineData("True + 1", "2")]
    public void Computes_as_Python(string expression, string expected)
    {
        Assert.True(Arithmetic.TryEvaluate(expression, out object value, out string error, Name, Call), error);
        string text = PythonText.Repr(value);
        Assert.StartsWith(expected, text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ban.Nothing", "name 'ban.Nothing' is not defined")]
    [InlineData("open(1)", "name 'open' is not defined")]
    [InlineData("1 +", "invalid syntax")]
    [InlineData("1 1", "invalid syntax")]
    [InlineData("1 if 1", "invalid syntax")]
    [InlineData("max(1 2)", "invalid syntax")]
    [InlineData("1.5 << 2", "unsupported operand")]
    public void Says_what_is_wrong(string expression, string expected)
    {
        Assert.False(Arithmetic.TryEvaluate(expression, out _, out string error, Name, Call));
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public void Deep_or_long_expressions_are_refused_not_fatal()
    {
        Assert.False(Arithmetic.TryEvaluate(new string('(', 3000) + "1" + new string(')', 900), out _, out _));
        Assert.False(Arithmetic.TryEvaluate(new string('-', 3000) + "1", out _, out _));
        Assert.True(Arithmetic.TryEvaluate(string.Concat(Enumerable.Repeat("1+", 1999)) + "1", out object sum, out _));
        Assert.Equal(2000L, sum);
        Assert.False(Arithmetic.TryEvaluate(string.Concat(Enumerable.Repeat("1+", 500_000)) + "1", out _, out _));
    }

    private static object? Name(string name) => name switch { "ban.Time" => 600L, "ban.Count" => 3L, "banFactor" => 1L, _ => null };

    private static object? Call(string name, IReadOnlyList<object> arguments) => name switch
    {
        "math.exp" => Math.Exp(Convert.ToDouble(arguments[0], null)),
        "float" => Convert.ToDouble(arguments[0], null),
        "max" => arguments.MaxBy(value => Convert.ToDouble(value, null)),
        _ => null,
    };
}
