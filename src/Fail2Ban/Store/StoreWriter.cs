using Fail2Ban.Logging;
using Microsoft.Data.Sqlite;

namespace Fail2Ban.Store;

/// <summary>The one thread that writes: it takes whatever is queued and commits it in one transaction.</summary>
/// <remarks>
/// Thread safety: any thread may enqueue. A change that cannot be written now (a lock for longer than the connection's
/// time-out of one second, a full disk) answers false and stays in the queue; of more than <see cref="MaxQueued"/> such
/// changes the oldest is lost.
/// </remarks>
internal sealed class StoreWriter
{
    private const int MaxBatch = 5000;
    private const int MaxQueued = 200_000;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(250);

    private sealed class Change(Action<BanWrites> run)
    {
        public Action<BanWrites> Run { get; } = run;

        public TaskCompletionSource<bool> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private readonly SqliteConnection _connection;
    private readonly string _file;
    private readonly Log _log;
    private readonly Thread _thread;
    private readonly object _gate = new();
    private readonly LinkedList<Change> _queue = []; // guarded by _gate; those in the works stay until committed
    private readonly List<Change> _refused = []; // of the batch in the works
    private bool _stop; // guarded by _gate
    private bool _checkpoint; // guarded by _gate
    private bool _dirty;
    private bool _failing;
    private long _lost;

    public StoreWriter(SqliteConnection connection, string file, Log log)
    {
        _connection = connection;
        _file = file;
        _log = log;
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
            _connection.Execute("BEGIN IMMEDIATE");
            foreach (Change change in batch)
            {
                try
                {
                    change.Run(writes);
                }
                catch (Exception error) when (error is not SqliteException sqlite || !(sqlite.MayPass() || sqlite.IsBroken()))
                {
                    // The change itself is wrong (a ban of an unknown jail): the others of the batch go on.
                    _refused.Add(change);
                    _log.OperationFailed(_file, error is SqliteException reason ? reason.Reason() : error.Message);
                }
            }

            _connection.Execute("COMMIT");
            _dirty = true;
            return true;
        }
        catch (SqliteException error)
        {
            Failing(error.Reason());
            RollBack();
            return false;
        }
    }

    private void RollBack()
    {
        try
        {
            if (SQLitePCL.raw.sqlite3_get_autocommit(_connection.Handle) == 0) _connection.Execute("ROLLBACK");
        }
        catch (SqliteException)
        {
            // The reason was said; the next BEGIN fails too if this was more than a full disk.
        }
    }

    private void Answer(List<Change> batch)
    {
        foreach (Change change in _refused) change.Done.TrySetResult(false);
        foreach (Change change in batch) change.Done.TrySetResult(true);
        if (batch.Count == 0 || !_failing) return;
        _failing = false;
        _log.WritesResumed(_file);
        if (_lost > 0) _log.WritesLost(_file, _lost);
        _lost = 0;
    }

    private void Failing(string reason)
    {
        if (_failing) return; // said once
        _failing = true;
        _log.WriteDelayed(_file, reason);
    }

    private void Postpone()
    {
        lock (_gate)
        {
            foreach (Change change in _queue) change.Done.TrySetResult(false);
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
