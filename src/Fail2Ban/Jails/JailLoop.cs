using System.Collections.Concurrent;
using Fail2Ban.Logging;

namespace Fail2Ban.Jails;

/// <summary>The one place where a jail's state is touched: work comes in from everywhere and is done one after the other.</summary>
/// <remarks>
/// Implementation notes. It is a synchronization context: what a jail awaits comes back here, so that its code reads
/// like that of a single thread and needs no lock. Between two awaits nothing else runs; across an await other work may
/// have changed the state. Work runs on the pool, of one jail never on two threads at once; after a slice of work the
/// loop queues itself again, so that one busy jail does not starve the others.
/// </remarks>
internal sealed class JailLoop(Log log, string jail) : SynchronizationContext, IThreadPoolWorkItem
{
    private const int Slice = 64;

    private readonly ConcurrentQueue<(SendOrPostCallback Work, object? State)> _queue = new();
    private int _scheduled; // 1 while the loop is queued or running

    public override void Post(SendOrPostCallback d, object? state)
    {
        _queue.Enqueue((d, state));
        Schedule();
    }

    public override void Send(SendOrPostCallback d, object? state) =>
        throw new NotSupportedException("a jail's loop is never waited for");

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Does something in the loop; whatever it throws is logged and ends only this piece of work.</summary>
    public void Run(Func<Task> work) => Post(static state =>
    {
        (JailLoop loop, Func<Task> work) = ((JailLoop, Func<Task>))state!;
        _ = loop.Guard(work);
    }, (this, work));

    /// <summary>Begins something at once; only from within the loop. What it awaits comes back here, what it throws is logged.</summary>
    public void Start(Func<Task> work) => _ = Guard(work);

    /// <summary>Does something in the loop and hands its result, or what it throws, to the caller.</summary>
    public Task<T> InvokeAsync<T>(Func<Task<T>> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(static state => _ = Complete(((Func<Task<T>>, TaskCompletionSource<T>))state!), (work, done));
        return done.Task;

        static async Task Complete((Func<Task<T>> Work, TaskCompletionSource<T> Done) call)
        {
            try
            {
                call.Done.SetResult(await call.Work());
            }
            catch (Exception error)
            {
                call.Done.SetException(error);
            }
        }
    }

    /// <summary>Does something in the loop and hands its result, or what it throws, to the caller.</summary>
    public Task<T> InvokeAsync<T>(Func<T> work) => InvokeAsync(() => Task.FromResult(work()));

    void IThreadPoolWorkItem.Execute()
    {
        SynchronizationContext? before = Current;
        SetSynchronizationContext(this);
        for (int done = 0; done < Slice && _queue.TryDequeue(out var item); done++)
        {
            try
            {
                item.Work(item.State);
            }
            catch (Exception error)
            {
                log.WorkFailed(jail, error);
            }
        }

        SetSynchronizationContext(before);
        // A full fence: with less, the look at the queue may come before the write, and work posted between the two would lie.
        Interlocked.Exchange(ref _scheduled, 0);
        if (!_queue.IsEmpty) Schedule();
    }

    private void Schedule()
    {
        if (Interlocked.CompareExchange(ref _scheduled, 1, 0) == 0) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    private async Task Guard(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (OperationCanceledException)
        {
            // The jail stops while something was waited for.
        }
        catch (Exception error)
        {
            log.WorkFailed(jail, error);
        }
    }
}
