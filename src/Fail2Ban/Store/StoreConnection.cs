using Fail2Ban.Logging;
using Microsoft.Data.Sqlite;

namespace Fail2Ban.Store;

/// <summary>The connection that writes, and what the file needs besides rows: its journal, checkpoints, its size, renewal.</summary>
/// <remarks>Owned by the thread that writes (before and after that thread: by whoever starts and ends it).</remarks>
internal sealed class StoreConnection : IDisposable
{
    private const long PagesWorthShrinking = 256; // 1 MiB
    private const int PagesAtOnce = 2000;

    private readonly DatabaseFile _database;
    private readonly Log _log;
    private SqliteConnection _connection;
    private BanWrites? _writes;
    private bool _isWriteAhead;
    private bool _isRepairing; // the file is gone or was moved aside, a new one could not be made yet
    private bool _lacksJails; // what rows refer to is not in the new file yet
    private bool _dirty;
    private (long Ticks, long Length) _stamp; // of the file after we wrote last
    private bool _isForeign; // somebody else has written to the file: what the cache holds may not be what stands there

    /// <summary>Opens, creates or upgrades the database.</summary>
    /// <exception cref="StoreException">See <see cref="DatabaseFile.Open"/>.</exception>
    public StoreConnection(DatabaseFile database, Log log)
    {
        _database = database;
        _log = log;
        _connection = database.Open();
        _writes = Prepare();
        if (!_isWriteAhead && !database.IsMemory) log.NotWriteAhead(database.Path);
    }

    public BanWrites Writes => _writes!;

    /// <summary>Whether what was kept elsewhere must be looked at again: the file was renewed. True once.</summary>
    public bool WasRenewed { get; private set; }

    /// <summary>Begins a transaction; one that is the first to succeed on a new file makes the tables.</summary>
    public void Begin()
    {
        SeeForeign();
        _connection.Execute("BEGIN IMMEDIATE");
        if (_database.NeedsSchema) Schema.CreateWithin(_connection);
        if (_lacksJails) foreach (string jail in Writes.Jails.ToArray()) Writes.AddJail(jail);
    }

    public void Commit()
    {
        _connection.Execute("COMMIT");
        SeeOwn();
        _dirty = true;
        _lacksJails = false;
        if (!_database.NeedsSchema) return;
        _database.HasSchema();
        _log.Created((int)Schema.Version);
    }

    public void RollBack()
    {
        try
        {
            if (_connection.State == System.Data.ConnectionState.Open && SQLitePCL.raw.sqlite3_get_autocommit(_connection.Handle) == 0) _connection.Execute("ROLLBACK");
        }
        catch (SqliteException)
        {
            // The reason was said; the next BEGIN fails too if this was more than a full disk.
        }

        SeeOwn();
    }

    /// <summary>The minute's work: moves the write-ahead log into the file, and looks whether the file is still there and whole.</summary>
    /// <exception cref="SqliteException">Somebody has damaged it, or it cannot be written now.</exception>
    public void Maintain()
    {
        if (_database.IsGone)
        {
            _log.FileGone(_database.Path);
            Renew(isBroken: false);
            return;
        }

        SeeForeign();
        if (_isForeign)
        {
            // Not a second time for the same, unless it could not be read now.
            _database.Verify();
            _isForeign = false;
        }

        if (!_isWriteAhead) UseWriteAhead(); // another process may have had it locked
        if (_dirty) _connection.Execute("PRAGMA wal_checkpoint(PASSIVE)");
        _dirty = false;
        SeeOwn();
    }

    /// <summary>Gives back the memory of the cache.</summary>
    public void Rest() => _connection.Execute("PRAGMA shrink_memory");

    /// <summary>Gives back to the disk what deleted rows have left, a piece at a time.</summary>
    /// <returns>Whether there is more to do.</returns>
    public bool Shrink()
    {
        SeeForeign();
        bool more = ShrinkPart();
        SeeOwn();
        return more;
    }

    /// <summary>Puts a new connection in the place of one that cannot be used any more.</summary>
    /// <param name="isBroken">Whether the file is damaged: it is then moved aside and what can be read of it is taken over.</param>
    /// <exception cref="StoreException">That is not possible now.</exception>
    public void Renew(bool isBroken)
    {
        Writes.Dispose();
        _connection.Dispose();
        _isRepairing |= isBroken;
        try
        {
            _connection = _isRepairing ? _database.Repair() : _database.Open();
        }
        catch (Exception error) when (error is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw new StoreException(error is SqliteException sqlite ? sqlite.Reason() : error.Message, error);
        }

        _isRepairing = _isForeign = false;
        _writes = Prepare();
        WasRenewed = _lacksJails = true;
    }

    /// <summary>Answers <see cref="WasRenewed"/> once.</summary>
    public bool TakeRenewed() => WasRenewed && !(WasRenewed = false);

    /// <summary>Goes back to a file that stands for itself, and closes.</summary>
    public void Dispose()
    {
        Writes.Dispose();
        try
        {
            if (_isWriteAhead) _connection.Execute("PRAGMA journal_mode = DELETE");
        }
        catch (Exception error) when (error is SqliteException or InvalidOperationException)
        {
            _log.StillWriteAhead(_database.Path, error is SqliteException sqlite ? sqlite.Reason() : error.Message);
        }

        _connection.Dispose();
    }

    private BanWrites Prepare()
    {
        UseWriteAhead();
        SeeOwn();
        _connection.DefaultTimeout = 1; // from here on, no lock of another process may hold a ban for longer
        return new BanWrites(_connection) { Jails = _writes?.Jails ?? [] };
    }

    private bool ShrinkPart()
    {
        long free = _connection.Scalar("PRAGMA freelist_count") as long? ?? 0;
        long pages = _connection.Scalar("PRAGMA page_count") as long? ?? 0;
        if (free < PagesWorthShrinking || free < pages / 4) return false;
        if (_connection.Scalar("PRAGMA auto_vacuum") is 2L)
        {
            using SqliteCommand command = _connection.Prepare($"PRAGMA incremental_vacuum({PagesAtOnce})", 0);
            using SqliteDataReader pagesFreed = command.ExecuteReader(); // each step frees a page
            while (pagesFreed.Read()) { }
            _dirty = true;
            return true;
        }

        // The original's file: rewritten once, it can then be shrunk in pieces.
        _connection.Execute("PRAGMA auto_vacuum = INCREMENTAL");
        _connection.Execute("VACUUM");
        _dirty = true;
        return false;
    }

    private void SeeForeign() => _isForeign |= _database.Stamp != _stamp;

    private void SeeOwn() => _stamp = _database.Stamp;

    private void UseWriteAhead()
    {
        try
        {
            _isWriteAhead = _connection.Scalar("PRAGMA journal_mode = WAL") is "wal";
        }
        catch (SqliteException)
        {
            _isWriteAhead = false; // locked or read-only: the other modes work too, only slower
        }
    }
}
