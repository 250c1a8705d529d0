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
    private List<ElementChange> _queue = [];
    private Thread? _thread;
    private bool _isEnding;

    /// <summary>Queues a change; its task tells when the kernel has answered.</summary>
    public ElementChange Submit(ElementChange change)
    {
        lock (_lock)
        {
            if (_isEnding)
            {
                change.Complete(new ElementResult(ElementOutcome.Unavailable, "the server ends"));
                return change;
            }

            _queue.Add(change);
            if (_thread is null)
            {
                _thread = new Thread(Loop) { IsBackground = true, Name = "f2b/nft" };
                _thread.Start();
            }
        }

        _arrived.Set();
        return change;
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
            lock (_lock)
            {
                (taken, _queue) = (_queue, taken);
                if (taken.Count == 0 && _isEnding) return;
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
