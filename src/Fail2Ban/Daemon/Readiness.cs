using Fail2Ban.Jails;
using Fail2Ban.Native.Libc;

namespace Fail2Ban.Daemon;

/// <summary>Says when the server is ready, which is when the bans it knew are in force again, and that it lives.</summary>
/// <param name="manager">Who is told.</param>
/// <param name="jails">The jails.</param>
/// <param name="time">For the intervals.</param>
internal sealed class Readiness(ServiceManager manager, JailSet jails, TimeProvider time) : IDisposable
{
    // A slow firewall with many bans may take longer than a service manager waits; as long as it goes on, it should.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly CancellationTokenSource _ended = new();
    private int _isWatched;

    /// <summary>A configuration was put in force.</summary>
    public void Configured() => _ = SayAsync();

    public void Dispose() => _ended.Cancel(); // not disposed: its token is still waited with

    private async Task SayAsync()
    {
        Task restored = jails.RestoredAsync();
        while (await Task.WhenAny(restored, Task.Delay(Patience / 4, time, _ended.Token)) != restored)
        {
            if (_ended.IsCancellationRequested) return;
            manager.Extend(Patience, "bringing bans back into force");
        }

        manager.Ready($"{jails.Count} jails");
        ProgramText.Release(); // what only the start needed
        if (manager.Watchdog is { } interval && Interlocked.Exchange(ref _isWatched, 1) == 0) await WatchAsync(interval / 2);
    }

    // Told only while every jail takes work: a server that hangs is to be found out.
    private async Task WatchAsync(TimeSpan interval)
    {
        while (!_ended.IsCancellationRequested)
        {
            await Task.WhenAll(jails.All.Select(jail => jail.InvokeAsync(static _ => true)));
            manager.Alive();
            await Task.Delay(interval, time, _ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
