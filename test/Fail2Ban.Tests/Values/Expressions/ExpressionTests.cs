using Fail2Ban.Values;
using Fail2Ban.Values.Expressions;

namespace Fail2Ban.Tests.Values.Expressions;

public sealed class ExpressionTests
{
    private static readonly ExpressionNames Names = new(["ban.Time", "ban.Count", "banFactor"], PythonFunctions.All);

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
    [InlineData("1if 0else 2", "2")]
    [InlineData("5 if 1 else 1/0", "5")]
    [InlineData("0 and 1/0", "0")]
    [InlineData("max(1, 2.5)", "2.5")]
    [InlineData("True + 1", "2")]
    [InlineData("+True", "1")]
    [InlineData("True & True | False", "True")]
    [InlineData("True ^ 1", "0")]
    [InlineData("(-1) ** 9999999999", "-1")]
    [InlineData("0 ** 0 + 0 ** 99999", "1")]
    [InlineData("-7.5 // 2", "-4.0")]
    [InlineData("1 // 0.1", "9.0")]
    [InlineData("-7.5 % 2", "0.5")]
    public void Computes_as_Python(string expression, string expected) =>
        Assert.StartsWith(expected, PythonText.Repr(Evaluate(expression).ToObject()), StringComparison.Ordinal);

    [Theory]
    [InlineData("ban.Nothing", "name 'ban.Nothing' is not defined")]
    [InlineData("open(1)", "name 'open' is not defined")]
    [InlineData("math.pi(1)", "function 'math.pi' at character 1 is not supported")]
    [InlineData("math.exp", "name 'math.exp' is not defined")]
    [InlineData("math.exp(1, 2)", "math.exp() cannot take 2 argument(s)")]
    [InlineData("1 +", "invalid syntax")]
    [InlineData("1 1", "invalid syntax")]
    [InlineData("1 if 1", "invalid syntax")]
    [InlineData("max(1 2)", "invalid syntax")]
    [InlineData("(1", "'(' was never closed")]
    [InlineData("(1 2)", "invalid syntax")]
    [InlineData("1.5 << 2", "unsupported operand")]
    [InlineData("~1.5", "bad operand type for unary ~: 'float'")]
    [InlineData("1.0 / 0", "float division by zero")]
    [InlineData("1 // 0", "integer division or modulo by zero")]
    [InlineData("0 ** -1", "0.0 cannot be raised to a negative power")]
    [InlineData("10.0 ** 400", "Numerical result out of range")]
    public void Says_what_is_wrong(string expression, string expected) =>
        Assert.Contains(expected, Assert.Throws<ExpressionException>(() => Evaluate(expression)).Message, StringComparison.Ordinal);

    [Fact]
    public void Deep_or_long_expressions_are_refused_not_fatal()
    {
        Assert.Throws<ExpressionException>(() => Evaluate(new string('(', 3000) + "1" + new string(')', 900)));
        Assert.Throws<ExpressionException>(() => Evaluate(new string('-', 3000) + "1"));
        Assert.Equal(2000L, Evaluate(string.Concat(Enumerable.Repeat("1+", 1999)) + "1").ToObject());
        Assert.Throws<ExpressionException>(() => Evaluate(string.Concat(Enumerable.Repeat("1+", 500_000)) + "1"));
    }

    private static Number Evaluate(string expression) => Expression.Read(expression, Names).Evaluate(Random.Shared, Number.Of(600), Number.Of(3), Number.Of(1));
}
