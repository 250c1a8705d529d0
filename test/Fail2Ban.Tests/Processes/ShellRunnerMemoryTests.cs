using Fail2Ban.Logging;
using Fail2Ban.Processes;

namespace Fail2Ban.Tests.Processes;

/// <summary>Runs alone: the heap of the whole process is measured.</summary>
[CollectionDefinition(nameof(ShellRunnerMemoryTests), DisableParallelization = true)]
[Collection(nameof(ShellRunnerMemoryTests))]
public sealed class ShellRunnerMemoryTests
{
    [Fact]
    public async Task A_hundred_megabytes_neither_block_the_command_nor_stay_in_memory()
    {
        using var runner = new ShellRunner(new Log(new ShellRunnerTests.Sink(), "test"), TimeProvider.System);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        ShellResult result = await runner.RunAsync(new ShellCommand("head -c 104857600 /dev/zero | tr '\\0' x"), TestContext.Current.CancellationToken);
        Assert.True(result.Succeeded);
        Assert.Equal(ShellRunner.KeptOutput, result.Output.Length);
        Assert.True(GC.GetTotalMemory(forceFullCollection: true) - before < 60_000_000);
    }
}
