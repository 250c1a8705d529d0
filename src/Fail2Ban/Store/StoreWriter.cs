using Fail2Ban.Logging;
using Microsoft.Data.Sqlite;

namespace Fail2Ban.Store;

/// <summary>The one thread that writes: it takes whatever is queued and commits it in one transaction.</summary>
/// <remarks>
/// Thread safety: any thread may enqueue. A change that cannot be written now (a lock for longer than the connection's
/// time-out of one second, a full disk) answers false and stays in the queue. A damaged file is moved aside and replaced.
/// </remarks>
internal sealed class StoreWriter
{
    // With a locked database each try takes a second.
    private const int TriesAtEnd = 5;

    // After so many changes the cache of the connection is full of pages that nobody needs when it is quiet again.
    private const int Storm = 500;

    private readonly StoreConnection _connection;
    private readonly string _file;
    private readonly Log _log;
    private readonly Action _renewed;
    private readonly StoreQueue _queue = new();
    private readonly List<StoreChange> _refused = []; // of the batch in the works
    private readonly Thread _thread;
    private volatile bool _suspect;
    private bool _failing;
    private bool _broken;
    private bool _isStale; // the connection may be of no use any more, or is closed
    private bool _shrink;
    private string? _refusal; // the last one that was logged
    private long _changesOfStorm;

    /// <summary>Starts the thread.</summary>
    /// <param name="connection">Its own from now on.</param>
    /// <param name="file">For the log.</param>
    /// <param name="log">Where faults are told, each once.</param>
    /// <param name="renewed">Called in the thread when the file was replaced or changes were lost: what is still known elsewhere has to be written again.</param>
    public StoreWriter(StoreConnection connection, string file, Log log, Action renewed)
    {
        _connection = connection;
        _file = file;
        _log = log;
        _renewed = renewed;
        _thread = new Thread(Work) { IsBackground = true, Name = "f2b/store" };
        _thread.Start();
    }

    public Task<bool> Enqueue(Action<BanWrites> run) => _queue.Add(new StoreChange(run));

    public Task<bool> Enqueue(StoreChange change) => _queue.Add(change);

    /// <summary>Deletes old rows, and makes the file smaller where that leaves much of it empty.</summary>
    public Task<bool> EnqueuePurge(Action<BanWrites> run) => Enqueue(writes =>
    {
        run(writes);
        _shrink = true;
    });

    /// <summary>Moves the write-ahead log into the file, if there is anything in it.</summary>
    public void Checkpoint() => _queue.RequestCheckpoint();

    /// <summary>Somebody who read found the file damaged: it is replaced.</summary>
    public void Suspect()
    {
        _suspect = true;
        _queue.RequestCheckpoint();
    }

    /// <summary>Writes what is queued, as far as that is possible within some seconds, and ends the thread. The connection stays open.</summary>
    public void Stop()
    {
        _queue.Stop();
        _thread.Join();
    }

    private void Work()
    {
        for (int tries = 0; ;)
        {
            List<StoreChange> batch = _queue.Next(out bool checkpoint);
            bool written = Try(batch, checkpoint);
            bool more = written ? _queue.Written(batch.Count) : batch.Count > 0;
            if (written) Answer(batch);
            else _queue.Postpone();
            if (_queue.IsStopping && (!more || (!written && ++tries == TriesAtEnd))) break;
        }

        if (_queue.Abandon() is > 0 and var left) _log.WritesLost(_file, left);
    }

    // The thread's border: whatever goes wrong is told once, and tried again.
    private bool Try(List<StoreChange> batch, bool checkpoint)
    {
        try
        {
            if (_suspect)
            {
                _suspect = false;
                _broken = true;
            }

            if (_broken) _connection.Renew(isBroken: true);
            _broken = false;

            // A connection that was made while the file could not be written stays so; a disk that failed may have been
            // mounted again.
            if (_isStale && checkpoint) _connection.Renew(isBroken: false);
            Commit(batch);
            if (batch.Count > 0) _isStale = false;
        }
        catch (Exception error)
        {
            Failed(error);
            return false;
        }

        try
        {
            if (checkpoint) _connection.Maintain();
            _changesOfStorm += batch.Count;
            if (_changesOfStorm >= Storm && batch.Count < Storm / 2)
            {
                _connection.Rest();
                _changesOfStorm = 0;
            }

            if (_shrink) _shrink = _connection.Shrink();
            if (_shrink) _queue.RequestCheckpoint(); // and go on after what came meanwhile
        }
        catch (Exception error)
        {
            Failed(error); // tried again at the next minute; what was committed is committed
            _shrink = false;
        }

        return true;
    }

    private void Commit(List<StoreChange> batch)
    {
        _refused.Clear();
        if (batch.Count == 0) return;
        _connection.Begin();
        foreach (StoreChange change in batch)
        {
            try
            {
                change.Run(_connection.Writes);
            }
            catch (Exception error) when (error is not SqliteException sqlite || !(sqlite.MayPass() || sqlite.IsBroken()))
            {
                // The change itself is wrong (a ban of an unknown jail): the others of the batch go on.
                _refused.Add(change);
                string reason = Reason(error);
                if (reason != _refusal) _log.OperationFailed(_file, reason); // of many with the same reason one is told
                _refusal = reason;
            }
        }

        _connection.Commit();
        if (_refused.Count == 0) _refusal = null;
    }

    private void Answer(List<StoreChange> batch)
    {
        foreach (StoreChange change in _refused) change.Done.TrySetResult(false);
        foreach (StoreChange change in batch) change.Done.TrySetResult(true);
        long lost = batch.Count > 0 ? _queue.TakeLost() : 0;
        if (batch.Count > 0 && _failing)
        {
            _failing = false;
            _log.WritesResumed(_file);
        }

        if (lost > 0) _log.WritesLost(_file, lost);
        bool isWidened = batch.Count > 0 && _queue.TakeWidened();
        if (isWidened) _log.DeletionsWidened(_file);
        if (_connection.TakeRenewed() | isWidened || lost > 0) _renewed();
    }

    private void Failed(Exception error)
    {
        _connection.RollBack();
        if (error is SqliteException sqlite && sqlite.IsBroken())
        {
            if (!_broken) _log.Broken(_file, sqlite.Reason());
            _broken = true;
            _queue.RequestCheckpoint(); // it is replaced at once, also where nothing waits to be written
            return;
        }

        _isStale |= error is StoreException or SqliteException { SqliteErrorCode: SQLitePCL.raw.SQLITE_READONLY or SQLitePCL.raw.SQLITE_IOERR or SQLitePCL.raw.SQLITE_CANTOPEN };
        if (_failing) return; // said once
        _failing = true;
        _log.WriteDelayed(_file, Reason(error));
    }

    private static string Reason(Exception error) => error is SqliteException sqlite ? sqlite.Reason() : error.Message;
}
