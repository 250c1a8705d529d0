using Fail2Ban.Tracking.Failures;

namespace Fail2Ban.Tests.Tracking.Failures;

public sealed class KnownBadTests
{
    [Theory]
    [InlineData(0, 100, 1)]
    [InlineData(1, 100, 2)]
    [InlineData(2, 100, 3)]
    [InlineData(3, 100, 5)]
    [InlineData(3, 4, 4)]
    [InlineData(500, 1_000_000, 524_289)]
    public void One_failure_weighs_more(int bans, int maxRetry, double weight) => Assert.Equal(weight, KnownBad.Weight(bans, maxRetry));
}
