using Fail2Ban.EndToEnd.Tests.Packaging;
using Fail2Ban.EndToEnd.Tests.Sandboxes;

namespace Fail2Ban.EndToEnd.Tests.Days;

/// <summary>A few rounds of <c>scripts/chaos</c>; hours of it are run by hand, with other seeds.</summary>
public sealed class ChaosTests
{
    [Theory]
    [InlineData(1, 14)] // flushes in quick succession, full disks, few descriptors
    [InlineData(3, 6)]
    public void A_bad_hour_breaks_no_invariant(int seed, int rounds)
    {
        Assert.SkipUnless(Environment.UserName == "root", "only root may mount small disks");
        CommandResult result = Script.Run(Script.PathOf("scripts/chaos"), ["--seed", $"{seed}", "--rounds", $"{rounds}", "--verbose"]);
        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.Contains($"{rounds} rounds", result.Output, StringComparison.Ordinal);
    }
}
