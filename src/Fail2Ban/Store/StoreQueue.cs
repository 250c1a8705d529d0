using System.Diagnostics;

namespace Fail2Ban.Store;

/// <summary>What waits to be written, in order and bounded, and the signals to the thread that writes it.</summary>
/// <remarks>
/// Thread safety: any thread adds; one thread takes. While nothing can be written, a change is answered with false by the
/// next try and stays for later; of more than <see cref="MaxQueued"/> the oldest bans are dropped, and no deletion.
/// </remarks>
internal sealed class StoreQueue
{
    private const int MaxBatch = 1000; // beside a million bans each touches pages of its own, all of which the write-ahead log holds
    private const int MaxQueued = 200_000;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(250);

    private readonly object _gate = new();
    private readonly LinkedList<StoreChange> _changes = []; // guarded by _gate; those in the works stay until they are written
    private bool _stopping; // guarded by _gate; ends the pause after a failure
    private bool _checkpoint; // guarded by _gate
    private int _compactAt = 1000; // guarded by _gate
    private long _lost; // guarded by _gate; since the last call of TakeLost
    private bool _isWidened; // guarded by _gate; since the last call of TakeWidened

    /// <summary>Whether no more is taken.</summary>
    public bool IsStopping => Volatile.Read(ref _stopping);

    /// <summary>Puts a change behind the others.</summary>
    /// <returns>Whether it is on disk; false too where it stays for later.</returns>
    public Task<bool> Add(StoreChange change)
    {
        lock (_gate)
        {
            if (_stopping) return Task.FromResult(false);
            _changes.AddLast(change);
            Monitor.Pulse(_gate);
        }

        return change.Done.Task;
    }

    /// <summary>Asks for a checkpoint.</summary>
    public void RequestCheckpoint()
    {
        lock (_gate)
        {
            _checkpoint = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>No more is taken; what waits is still to be written.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _stopping = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Waits for work.</summary>
    /// <param name="checkpoint">Whether a checkpoint was asked for.</param>
    /// <returns>The next changes; none where only a checkpoint or the end was asked for.</returns>
    public List<StoreChange> Next(out bool checkpoint)
    {
        lock (_gate)
        {
            while (_changes.Count == 0 && !_stopping && !_checkpoint) Monitor.Wait(_gate);
            checkpoint = _checkpoint;
            _checkpoint = false;
            return [.. _changes.Take(MaxBatch)];
        }
    }

    /// <summary>The first changes are on disk.</summary>
    /// <returns>Whether there are more.</returns>
    public bool Written(int count)
    {
        lock (_gate)
        {
            for (int i = 0; i < count; i++) _changes.RemoveFirst();
            if (count > 0) _compactAt = 1000;
            return _changes.Count > 0;
        }
    }

    /// <summary>Nothing can be written now: everybody who waits is told, and a pause is made.</summary>
    public void Postpone()
    {
        lock (_gate)
        {
            foreach (StoreChange change in _changes) change.Done.TrySetResult(false);
            if (_changes.Count > _compactAt)
            {
                _isWidened |= Backlog.Compact(_changes, MaxQueued);
                _lost += Backlog.DropBans(_changes, MaxQueued);
                _compactAt = Math.Max(1000, Math.Min(2 * _changes.Count, MaxQueued));
            }

            long began = Stopwatch.GetTimestamp();
            for (TimeSpan left = RetryAfter; !_stopping && left > TimeSpan.Zero; left = RetryAfter - Stopwatch.GetElapsedTime(began)) Monitor.Wait(_gate, left);
        }
    }

    /// <summary>How many changes were lost since the last call.</summary>
    public long TakeLost()
    {
        lock (_gate) return Interlocked.Exchange(ref _lost, 0);
    }

    /// <summary>Whether more was to be deleted than was asked for since the last call: what is in force has to be stored again.</summary>
    public bool TakeWidened()
    {
        lock (_gate) return _isWidened && !(_isWidened = false);
    }

    /// <summary>Gives up what is left.</summary>
    /// <returns>How many changes that were.</returns>
    public long Abandon()
    {
        lock (_gate)
        {
            foreach (StoreChange change in _changes) change.Done.TrySetResult(false);
            long count = _changes.Count;
            _changes.Clear();
            return count;
        }
    }
}
