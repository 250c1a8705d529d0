using System.Collections.Concurrent;

namespace Fail2Ban.Enforcement.Actions;

/// <summary>Runs notifications beside the bans: each action in its own order, together at most as many as there are processors.</summary>
/// <remarks>Thread safety: any thread.</remarks>
internal sealed class NotificationLanes(TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _slots = new(Math.Clamp(Environment.ProcessorCount, 1, 4));
    private readonly ConcurrentDictionary<NotificationLane, byte> _busy = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _ending = new();

    /// <summary>The clock.</summary>
    public TimeProvider Time => time;

    /// <summary>Fires when what still runs is to be killed.</summary>
    public CancellationToken Stopping => _stop.Token;

    /// <summary>Whether no attempt should be repeated any more.</summary>
    public bool IsEnding => _ending.IsCancellationRequested;

    /// <summary>Notes a lane that has work.</summary>
    public void Began(NotificationLane lane) => _busy.TryAdd(lane, 0);

    /// <summary>Notes a lane that has none.</summary>
    public void Ended(NotificationLane lane) => _busy.TryRemove(lane, out _);

    /// <summary>Runs one attempt in a slot; it has failed, without having been made, where there is no time left.</summary>
    public async Task<NotificationOutcome> AttemptAsync(Func<Task<NotificationOutcome>> attempt)
    {
        await _slots.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            return _stop.IsCancellationRequested ? NotificationOutcome.Failed : await attempt().ConfigureAwait(false);
        }
        finally
        {
            _slots.Release();
        }
    }

    /// <summary>Waits for the next attempt; not longer than until the server ends, when each has a last one.</summary>
    public async Task PauseAsync(TimeSpan delay)
    {
        try
        {
            await Task.Delay(delay, time, _ending.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The server ends.
        }
    }

    /// <summary>Waits until all lanes are empty, but not longer than that; then kills what runs.</summary>
    public async Task EndAsync(TimeSpan patience)
    {
        await _ending.CancelAsync().ConfigureAwait(false);
        Task all = Task.WhenAll(_busy.Keys.Select(lane => lane.Idle));
        await Task.WhenAny(all, Task.Delay(patience, time)).ConfigureAwait(false);
        await _stop.CancelAsync().ConfigureAwait(false);
        await all.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _slots.Dispose();
        _stop.Dispose();
        _ending.Dispose();
    }
}
