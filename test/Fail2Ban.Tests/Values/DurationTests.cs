using CsCheck;
using Fail2Ban.Values;

namespace Fail2Ban.Tests.Values;

public sealed class DurationTests
{
    [Theory]
    [InlineData("600", "600")]
    [InlineData("1d12h", "129600")]
    [InlineData("1y 6mo", "47336400.0")]
    [InlineData("1h 2m 3s", "3723")]
    [InlineData("1hour+30min", "5400")]
    [InlineData("1year-6mo", "15778800.0")]
    [InlineData("1.5h", "5400.0")]
    [InlineData("2*3m", "360")]
    [InlineData("1 2", "3")]
    [InlineData("1M", "60")]
    [InlineData("5 min 3", "303")]
    [InlineData("1h30", "3630")]
    [InlineData("-1", "-1")]
    [InlineData("-1h", "-3600")]
    [InlineData("(1d+2h)*2", "187200")]
    [InlineData("7//2", "3")]
    [InlineData("7/2", "3.5")]
    [InlineData("7%3", "1")]
    [InlineData("2**10", "1024")]
    [InlineData("1<<3", "8")]
    [InlineData(".5h", "1800.0")]
    [InlineData("1d12", "86412")]
    [InlineData("1dd", "86400")]
    [InlineData("10 m", "600")]
    [InlineData("1 h m", "216000")]
    [InlineData("1_0", "10")]
    [InlineData("1DAY", "86400")]
    [InlineData("1d 1w 1mo 1y", "34878600.0")]
    [InlineData("~5", "-6")]
    [InlineData("10s5", "15")]
    [InlineData("1.", "1.0")]
    [InlineData("0.1h", "360.0")]
    [InlineData("1d12h3m4s", "129784")]
    [InlineData("5minutes", "300")]
    [InlineData(" 5 ", "5")]
    public void Reads_what_the_original_reads(string text, string expected)
    {
        Assert.True(Duration.TryParse(text, out object seconds, out string error), error);
        Assert.Equal(expected, PythonText.Repr(seconds));
    }

    [Theory]
    [InlineData("abc", "name 'abc' is not defined")]
    [InlineData("m", "name 'm' is not defined")]
    [InlineData("", "invalid syntax")]
    [InlineData("1e3", "invalid decimal literal")]
    [InlineData("010", "leading zeros")]
    [InlineData("0x10", "invalid decimal literal")]
    [InlineData("5x", "invalid decimal literal")]
    [InlineData("2*(3m", "'(' was never closed")]
    [InlineData("1/0", "division by zero")]
    [InlineData("9**99", "64 bits")]
    [InlineData("__import__('os')", "invalid syntax")]
    public void Says_what_is_wrong(string text, string expected)
    {
        Assert.False(Duration.TryParse(text, out _, out string error));
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public void No_text_throws_or_hangs() =>
        Gen.String[Gen.Char["0123456789dhmsywo .+-*/()<>=%~_eif,"], 0, 60].Sample(text => Duration.TryParse(text, out _, out string error) == (error.Length == 0), iter: 20_000);
}
