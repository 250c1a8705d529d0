namespace Fail2Ban.Enforcement.Firewall;

/// <summary>The one writer of set elements: takes all that is queued and merges the changes of all jails into transactions.</summary>
/// <remarks>
/// Thread safety: any thread may submit; order within a set is that of the calls. On an idle system a change is its own
/// transaction at once; under load the transactions grow by themselves, without a timer.
/// </remarks>
internal sealed class NftWriter : IDisposable
{
    private readonly Lock _lock = new();
    private readonly AutoResetEvent _arrived = new(false);
    private readonly NftKernel _kernel = new();
    private readonly Queue<Action> _steps = [];
    private readonly HashSet<NftSet> _takenOver = []; // of the thread
    private bool? _mayTakeOver; // of the thread, too
    private List<ElementChange> _queue = [];
    private Thread? _thread;
    private bool _isEnding;

    /// <summary>Queues a change; its task tells when the kernel has answered.</summary>
    public ElementChange Submit(ElementChange change)
    {
        Submit([change]);
        return change;
    }

    /// <summary>Queues changes that nothing may come between.</summary>
    public void Submit(params ReadOnlySpan<ElementChange> changes)
    {
        lock (_lock)
        {
            if (_isEnding)
            {
                foreach (ElementChange change in changes) change.Complete(new ElementResult(ElementOutcome.Unavailable, "the server ends"));
                return;
            }

            _queue.AddRange(changes);
            StartThread();
        }

        _arrived.Set();
    }

    /// <summary>Whether an earlier process may have left any set: false where there was none when this was first asked.</summary>
    public Task<bool> MayTakeOverAsync() => Do(() => _mayTakeOver ??= _kernel.HasAnySet(), false);

    /// <summary>Whether a set exists that an earlier process has filled: true at most once for each set.</summary>
    /// <remarks>Who shares a set with another jail finds it taken over, and adds to it.</remarks>
    public Task<bool> ClaimAsync(NftSet set) => Do(() => _takenOver.Add(set) && _kernel.Exists(set), false);

    /// <summary>Whether a set exists, behind all that was submitted.</summary>
    public Task<bool> ExistsAsync(NftSet set) => Do(() => _kernel.Exists(set), true);

    /// <summary>Makes a set hold these and nothing else, before anything that is submitted later.</summary>
    public Task<ElementResult> ReplaceAsync(NftSet set, IReadOnlyList<ElementChange> elements) =>
        Do(() => _kernel.Replace(set, elements), new ElementResult(ElementOutcome.Unavailable, "the server ends"));

    /// <summary>Adds elements in one transaction, before anything that is submitted later.</summary>
    /// <returns>How many of them, counted from the first, are in the set; the others are for the caller to submit.</returns>
    public Task<int> AddTogetherAsync(NftSet set, IReadOnlyList<ElementChange> elements) => Do(() => _kernel.AddTogether(set, elements), 0);

    private Task<T> Do<T>(Func<T> step, T nothing)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_isEnding) return Task.FromResult(nothing);
            _steps.Enqueue(() =>
            {
                try
                {
                    done.SetResult(step());
                }
                catch (Exception fault) when (fault is not OutOfMemoryException)
                {
                    done.SetException(fault); // the lane that asked logs it
                }
            });
            StartThread();
        }

        _arrived.Set();
        return done.Task;
    }

    private void StartThread()
    {
        if (_thread is not null) return;
        _thread = new Thread(Loop) { IsBackground = true, Name = "f2b/nft" };
        _thread.Start();
    }

    /// <summary>Finishes what is queued and ends.</summary>
    public void Dispose()
    {
        lock (_lock) _isEnding = true;
        _arrived.Set();
        _thread?.Join();
        _arrived.Dispose();
        _kernel.Dispose();
    }

    private void Loop()
    {
        List<ElementChange> taken = [];
        while (true)
        {
            Action? step;
            lock (_lock)
            {
                if (!_steps.TryDequeue(out step)) (taken, _queue) = (_queue, taken);
                if (step is null && taken.Count == 0 && _isEnding) return;
            }

            if (step is not null)
            {
                step();
                continue;
            }

            if (taken.Count == 0)
            {
                _arrived.WaitOne();
                continue;
            }

            try
            {
                _kernel.Apply(taken);
            }
            catch (Exception fault) when (fault is not OutOfMemoryException)
            {
                // A fault here must not end enforcement: nft gets what is left.
                foreach (ElementChange change in taken) change.Complete(new ElementResult(ElementOutcome.Refused, fault.Message));
            }

            taken.Clear();
        }
    }
}
