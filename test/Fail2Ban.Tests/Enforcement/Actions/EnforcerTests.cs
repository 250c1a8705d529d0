using Fail2Ban.Enforcement.Actions;
using Fail2Ban.Logging;
using Fail2Ban.Processes;
using Fail2Ban.Tests.Processes;

namespace Fail2Ban.Tests.Enforcement.Actions;

public sealed class EnforcerTests : IAsyncLifetime
{
    private readonly ShellRunner _shell;
    private readonly Enforcer _enforcer;

    public EnforcerTests()
    {
        var log = new Log(new ShellRunnerTests.Sink(), "test");
        _shell = new ShellRunner(log, TimeProvider.System);
        _enforcer = new Enforcer(_shell, log, TimeProvider.System);
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _enforcer.DisposeAsync();
        _shell.Dispose();
    }

    [Fact]
    public async Task What_jails_share_is_cleared_by_the_first_while_the_others_wait_for_its_end()
    {
        var end = new TaskCompletionSource();
        int begun = 0;
        Task[] jails = [.. Enumerable.Range(0, 8).Select(_ => Task.Run(() => _enforcer.OnceAsync("chain", Clear)))];
        while (Volatile.Read(ref begun) == 0) await Task.Yield();
        await _enforcer.OnceAsync("another chain", static () => Task.CompletedTask);
        Assert.DoesNotContain(jails, jail => jail.IsCompleted);
        end.SetResult();
        await Task.WhenAll(jails);
        await _enforcer.OnceAsync("chain", Clear);
        Assert.Equal(1, begun);

        Task Clear()
        {
            Interlocked.Increment(ref begun);
            return end.Task;
        }
    }
}
