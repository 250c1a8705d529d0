using System.Diagnostics;
using Fail2Ban.Tests;

namespace Fail2Ban.EndToEnd.Tests.ShippedFilters;

/// <summary>What is shipped was written for this project.</summary>
public sealed class OriginalityTests
{
    private const string Theirs = "/etc/fail2ban";

    [Fact]
    public async Task No_written_line_of_a_shipped_filter_or_action_is_one_of_the_original()
    {
        Assert.SkipUnless(Directory.Exists(Path.Combine(Theirs, "filter.d")), "fail2ban's filters are absent");
        using var compare = Process.Start(new ProcessStartInfo(Path.Combine(RepositoryRoot.Find(), "scripts", "compare-with-original"), [Theirs]) { RedirectStandardOutput = true })!;
        string output = await compare.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await compare.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(compare.ExitCode == 0, output);
    }
}
