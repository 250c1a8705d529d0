using Fail2Ban.Values;

namespace Fail2Ban.Tests.Values;

public sealed class DurationTextTests
{
    // What the original prints for each.
    [Theory]
    [InlineData(0, "0")]
    [InlineData(1, "1s")]
    [InlineData(60, "1m")]
    [InlineData(61, "1m 1s")]
    [InlineData(0.5, "0.5s")]
    [InlineData(3594, "59m 54s")]
    [InlineData(3595, "1h")]
    [InlineData(3659, "1h 1m")]
    [InlineData(7199, "2h")]
    [InlineData(86000, "23h 53m")]
    [InlineData(86390, "23h 59m")]
    [InlineData(86399, "24h")]
    [InlineData(86400, "1d")]
    [InlineData(90061, "1d 1h 1m")]
    [InlineData(100000, "1d 3h 47m")]
    [InlineData(200000, "2d 7h 33m")]
    [InlineData(604799, "7d")]
    [InlineData(622900, "1w 5h")]
    [InlineData(1000000, "1w 4d 14h")]
    [InlineData(31535999, "52w 1d")]
    [InlineData(31557600, "1y")]
    [InlineData(63897800, "2y 1w 3d")]
    public void Reads_as_the_original_prints_it(double seconds, string expected) => Assert.Equal(expected, DurationText.Of(seconds));
}
