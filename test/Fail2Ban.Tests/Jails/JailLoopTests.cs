using Fail2Ban.Jails;
using Fail2Ban.Logging;

namespace Fail2Ban.Tests.Jails;

public sealed class JailLoopTests
{
    private readonly MessageList _messages = new();

    private JailLoop Loop() => new(new Log(_messages, "fail2ban.jail"), "j");

    [Fact]
    public async Task Work_is_done_in_order_and_never_on_two_threads_at_once()
    {
        JailLoop loop = Loop();
        var done = new List<int>(); // not thread-safe on purpose
        int running = 0, most = 0;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < 500; i++)
            {
                loop.Post(_ =>
                {
                    most = Math.Max(most, Interlocked.Increment(ref running));
                    done.Add(i);
                    Interlocked.Decrement(ref running);
                }, null);
            }
        })));
        Assert.Equal(2000, await loop.InvokeAsync(() => done.Count));
        Assert.Equal(1, most);
        await loop.InvokeAsync(() => { done.Clear(); return 0; });
        for (int i = 0; i < 300; i++)
        {
            int number = i;
            loop.Post(_ => done.Add(number), null);
        }

        Assert.Equal(Enumerable.Range(0, 300), await loop.InvokeAsync(() => done.ToArray()));
    }

    [Fact]
    public async Task Work_that_comes_just_when_the_loop_comes_to_rest_is_done()
    {
        JailLoop loop = Loop();
        for (int i = 0; i < 20_000; i++)
        {
            int done = 0;
            loop.Post(_ => Volatile.Write(ref done, 1), null);
            await Task.Run(() => Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref done) == 1, TimeSpan.FromSeconds(20)), $"round {i}"), TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task What_is_awaited_comes_back_into_the_loop()
    {
        JailLoop loop = Loop();
        bool isBack = await loop.InvokeAsync(async () =>
        {
            await Task.Delay(1);
            return SynchronizationContext.Current == loop;
        });
        Assert.True(isBack);
    }

    [Fact]
    public async Task Work_that_fails_is_logged_and_does_not_stop_the_loop()
    {
        JailLoop loop = Loop();
        loop.Post(_ => throw new InvalidOperationException("first"), null);
        loop.Run(async () =>
        {
            await Task.Yield();
            throw new InvalidOperationException("second");
        });
        Assert.Equal(7, await loop.InvokeAsync(() => 7));
        await _messages.WaitForAsync("first");
        await _messages.WaitForAsync("second");
    }

    [Fact]
    public async Task A_caller_gets_what_its_work_throws()
    {
        JailLoop loop = Loop();
        await Assert.ThrowsAsync<InvalidOperationException>(() => loop.InvokeAsync(new Func<int>(() => throw new InvalidOperationException())));
        Assert.Empty(_messages.All);
    }
}
