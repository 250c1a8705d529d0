using Fail2Ban.Logging;
using Microsoft.Data.Sqlite;

namespace Fail2Ban.Store;

/// <summary>The one thread that writes: it takes whatever is queued and commits it in one transaction.</summary>
/// <remarks>
/// Thread safety: any thread may enqueue. A change that cannot be written now (lock, disk) answers false after at most
/// <see cref="Patience"/> and stays in the queue; of more than <see cref="MaxQueued"/> such changes the oldest is lost.
/// </remarks>
internal sealed class StoreWriter
{
    private const int MaxBatch = 5000;
    private const int MaxQueued = 200_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(250);

    private sealed class Change(Action<BanWrites> run)
    {
        public Action<BanWrites> Run { get; } = run;

        public TaskCompletionSource<bool> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private readonly SqliteConnection _connection;
    private readonly string _file;
    private readonly Log _log;
    private readonly TimeProvider _time;
    private readonly Thread _thread;
    private readonly object _gate = new();
    private readonly LinkedList<Change> _queue = []; // guarded by _gate; those in the works stay until committed
    private readonly List<Change> _refused = []; // of the batch in the works
    private bool _stop; // guarded by _gate
    private bool _checkpoint; // guarded by _gate
    private bool _dirty;
    private long _failingSince; // a timestamp; 0 while writing works
    private bool _said;
    private long _lost;

    public StoreWriter(SqliteConnection connection, string file, Log log, TimeProvider time)
    {
        _connection = connection;
        _file = file;
        _log = log;
        _time = time;
        _thread = new Thread(Work) { IsBackground = true, Name = "f2b/store" };
        _thread.Start();
    }

    public Task<bool> Enqueue(Action<BanWrites> run)
    {
        var change = new Change(run);
        lock (_gate)
        {
            if (_stop) return Task.FromResult(false);
            _queue.AddLast(change);
            Monitor.Pulse(_gate);
        }

        return change.Done.Task;
    }

    /// <summary>Moves the write-ahead log into the file, if there is anything in it.</summary>
    public void Checkpoint()
    {
        lock (_gate)
        {
            _checkpoint = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Writes what is queued, as far as that is possible at once, and ends the thread. The connection stays open.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _stop = true;
            Monitor.Pulse(_gate);
        }

        _thread.Join();
    }

    private void Work()
    {
        using var writes = new BanWrites(_connection);
        while (true)
        {
            List<Change> batch = [];
            lock (_gate)
            {
                while (_queue.Count == 0 && !_stop && !_checkpoint) Monitor.Wait(_gate);
                foreach (Change change in _queue)
                {
                    if (batch.Count == MaxBatch) break;
                    batch.Add(change);
                }
            }

            bool written = Commit(writes, batch);
            if (written) MoveIntoFile();
            bool stop;
            lock (_gate)
            {
                if (written)
                    foreach (Change _ in batch) _queue.RemoveFirst();
                stop = _stop && (_queue.Count == 0 || !written);
            }

            if (written) Answer(batch);
            else Postpone();
            if (stop) break;
        }

        lock (_gate)
        {
            foreach (Change change in _queue) change.Done.TrySetResult(false);
            if (_queue.Count > 0) _log.WritesLost(_file, _queue.Count);
        }
    }

    private bool Commit(BanWrites writes, List<Change> batch)
    {
        _refused.Clear();
        if (batch.Count == 0) return true;
        try
        {
            using SqliteTransaction transaction = _connection.BeginTransaction(deferred: false);
            foreach (Change change in batch)
            {
                try
                {
                    change.Run(writes);
                }
                catch (SqliteException error) when (!error.MayPass() && !error.IsBroken())
                {
                    // The statement itself is wrong (a ban of an unknown jail): the others of the batch go on.
                    _refused.Add(change);
                    _log.OperationFailed(_file, error.Reason());
                }
            }

            transaction.Commit();
            _dirty = true;
            return true;
        }
        catch (SqliteException error)
        {
            Failing(error.Reason());
            return false;
        }
        catch (InvalidOperationException error)
        {
            Failing(error.Message); // the provider's word for a transaction that SQLite has rolled back itself
            return false;
        }
    }

    private void Answer(List<Change> batch)
    {
        foreach (Change change in _refused) change.Done.TrySetResult(false);
        foreach (Change change in batch) change.Done.TrySetResult(true);
        if (batch.Count == 0 || _failingSince == 0) return;
        _failingSince = 0;
        if (_said) _log.WritesResumed(_file);
        if (_lost > 0) _log.WritesLost(_file, _lost);
        _said = false;
        _lost = 0;
    }

    private void Failing(string reason)
    {
        if (_failingSince == 0) _failingSince = _time.GetTimestamp();
        if (_said || _time.GetElapsedTime(_failingSince) < Patience) return;
        _said = true;
        _log.WriteDelayed(_file, reason);
    }

    private void Postpone()
    {
        lock (_gate)
        {
            if (_said)
            {
                foreach (Change change in _queue) change.Done.TrySetResult(false);
            }

            for (; _queue.Count > MaxQueued; _lost++) _queue.RemoveFirst();
            if (!_stop) Monitor.Wait(_gate, RetryAfter);
        }
    }

    private void MoveIntoFile()
    {
        lock (_gate)
        {
            if (!_checkpoint) return;
            _checkpoint = false;
        }

        if (!_dirty) return;
        try
        {
            _connection.Execute("PRAGMA wal_checkpoint(PASSIVE)");
            _dirty = false;
        }
        catch (SqliteException error)
        {
            Failing(error.Reason()); // tried again at the next minute
        }
    }
}
