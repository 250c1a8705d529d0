using Fail2Ban.Detection.Matching;

namespace Fail2Ban.Tests.Detection.Matching;

public sealed class CoarseDurationTests
{
    [Theory]
    [InlineData(0, "0")]
    [InlineData(59, "59s")]
    [InlineData(61, "1m 1s")]
    [InlineData(3571, "59m 31s")]
    [InlineData(3599, "1h")]
    [InlineData(3661, "1h 1m")]
    [InlineData(86399, "24h")]
    [InlineData(90061, "1d 1h 1m")]
    [InlineData(604799, "7d")]
    [InlineData(606601, "1w 1h")]
    [InlineData(1000000, "1w 4d 14h")]
    [InlineData(31557600, "1y")]
    [InlineData(100000000, "3y 8w 6d")]
    public void Says_no_more_than_matters(long seconds, string expected) => Assert.Equal(expected, CoarseDuration.Describe(seconds));
}
