using System.Globalization;
using Fail2Ban.Logging;
using Microsoft.Data.Sqlite;

namespace Fail2Ban.Store;

/// <summary>Opens the database file: creates, upgrades, or moves a broken one aside.</summary>
/// <remarks>Owned by one thread at a time; <see cref="Connect"/> may be called from any.</remarks>
internal sealed class DatabaseFile(string path, Log log, TimeProvider time)
{
    public const string Memory = ":memory:";

    // A backup program, or somebody with a shell, may hold the lock at the very moment of a start.
    private const int TriesToOpen = 6;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5); // for one try

    private bool _toldOfRepair;
    private bool _toldOfConnection;
    private bool _toldOfFailure;

    public string Path => path;

    public bool IsMemory => path == Memory;

    /// <summary>Whether a write-ahead log is there, which a clean end removes; to be asked before the database is opened.</summary>
    public bool WasLeftOpen => !IsMemory && new FileInfo(path + "-wal") is { Exists: true, Length: > 0 };

    /// <summary>Whether somebody has deleted the file.</summary>
    public bool IsGone => !IsMemory && !File.Exists(path);

    /// <summary>When the file was last written to, and its length in bytes: differs where anybody wrote to it.</summary>
    public (long Ticks, long Length) Stamp => !IsMemory && new FileInfo(path) is { Exists: true } file ? (file.LastWriteTimeUtc.Ticks, file.Length) : default;

    /// <summary>Whether the tables could not be made yet (a full disk): the writer makes them as soon as it can.</summary>
    public bool NeedsSchema { get; private set; }

    private string Backup =>
        path + time.GetUtcNow().UtcDateTime.ToString("'.'yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);

    /// <summary>The connection for writing, on a database of version 4.</summary>
    /// <exception cref="StoreException">The file cannot be opened, or is of a newer version.</exception>
    public SqliteConnection Open()
    {
        for (int tries = 1; ; tries++)
        {
            Prepare();
            SqliteConnection? connection = null;
            try
            {
                connection = Connect();
                long version = Schema.VersionOf(connection);
                if (!_toldOfConnection) log.Connected(path);
                _toldOfConnection = true;
                _toldOfFailure = false;
                if (version > Schema.Version)
                    throw new StoreException("Attempt to travel to future version of database ...how did you get here??");
                return Usable(connection, version);
            }
            catch (SqliteException error) when (error.IsLocked() && tries < TriesToOpen)
            {
                if (tries == 1) log.Waiting(path, error.Reason(), Patience * (TriesToOpen - 1));
                connection?.Dispose();
            }
            catch (SqliteException error) when (error.IsBroken())
            {
                log.OpenFailed(path, error.Reason());
                connection?.Dispose();
                return Repair();
            }
            catch (SqliteException error)
            {
                TellFailure(error.Reason());
                connection?.Dispose();
                throw new StoreException(error.Reason(), error);
            }
            catch (StoreException)
            {
                connection?.Dispose();
                throw;
            }
        }
    }

    /// <summary>The tables were made.</summary>
    public void HasSchema() => NeedsSchema = false;

    /// <summary>One more connection to the same database.</summary>
    public SqliteConnection Connect()
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = (int)Patience.TotalSeconds }.ToString());
        try
        {
            connection.Open();
            connection.Execute("PRAGMA busy_timeout = 250");
            connection.Execute("PRAGMA foreign_keys = ON");
            connection.Execute("PRAGMA synchronous = NORMAL");
            connection.Execute("PRAGMA temp_store = MEMORY");
            connection.Execute("PRAGMA cache_size = -8000"); // kB: six indices are written at random places
            connection.Execute("PRAGMA wal_autocheckpoint = 2000"); // pages; each checkpoint waits for the disk
            connection.Execute("PRAGMA journal_size_limit = 8388608"); // bytes that a write-ahead log keeps after a storm
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Reads all of the file, past what connections have in their caches.</summary>
    /// <exception cref="SqliteException">It is damaged, or cannot be read now.</exception>
    public void Verify()
    {
        using SqliteConnection connection = Connect();
        if (connection.Scalar("PRAGMA integrity_check(1)") is not "ok") throw new SqliteException("database disk image is malformed", SQLitePCL.raw.SQLITE_CORRUPT);
    }

    // The file exists with its mode before SQLite sees it: addresses and user names are nobody else's business.
    private void Prepare()
    {
        if (IsMemory) return;
        try
        {
            if (System.IO.Path.GetDirectoryName(path) is { Length: > 0 } folder && !Directory.Exists(folder)
                && Directory.Exists(System.IO.Path.GetDirectoryName(folder) is { Length: > 0 } parent ? parent : "."))
                Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            if (File.Exists(path)) return;
            using var created = new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            TellFailure("unable to open database file");
            throw new StoreException("unable to open database file", error);
        }
    }

    // Of many failures in a row the first.
    private void TellFailure(string reason)
    {
        if (!_toldOfFailure) log.ConnectFailed(path, reason);
        _toldOfFailure = true;
    }

    private SqliteConnection Usable(SqliteConnection connection, long version)
    {
        if (version == 0) Create(connection);
        else if (version < Schema.Version) return Upgraded(connection, version);
        return connection;
    }

    private void Create(SqliteConnection connection)
    {
        try
        {
            Schema.Create(connection);
        }
        catch (SqliteException error) when (error.MayPass() && !error.IsLocked())
        {
            NeedsSchema = true;
            return;
        }

        log.Created((int)Schema.Version);
    }

    private SqliteConnection Upgraded(SqliteConnection connection, long version)
    {
        string backup = Backup;
        log.Upgrading(backup, version);
        try
        {
            if (!IsMemory && !File.Exists(backup))
            {
                File.Copy(path, backup);
                log.BackupCreated(backup);
            }

            Schema.Upgrade(connection, version);
            log.Upgraded(version, Schema.Version);
            return connection;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException || (error is SqliteException sqlite && sqlite.MayPass()))
        {
            // Nothing is wrong with the old database: it stays as it is.
            string reason = error is SqliteException failure ? failure.Reason() : error.Message;
            log.UpgradeFailed(path, reason);
            throw new StoreException($"Failed to upgrade database '{path}': {reason}", error);
        }
        catch (SqliteException error)
        {
            log.UpgradeFailed(path, error.Reason());
            connection.Dispose();
            return Repair();
        }
    }

    /// <summary>Moves a broken file aside, and begins a new one with what can still be read of it.</summary>
    /// <exception cref="SqliteException">A new one cannot be made now.</exception>
    /// <exception cref="IOException">The old one cannot be moved.</exception>
    public SqliteConnection Repair()
    {
        if (!_toldOfRepair) log.Repairing(path);
        _toldOfRepair = true; // it may be tried again and again
        string? backup = File.Exists(path) ? Backup : null;
        if (backup is not null)
        {
            for (int i = 1; File.Exists(backup); i++) backup = $"{Backup}.{i}";
            File.Move(path, backup);

            // A write-ahead log that stayed would be played into the new database.
            foreach (string suffix in new[] { "-wal", "-shm", "-journal" })
                if (File.Exists(path + suffix)) File.Move(path + suffix, backup + suffix, overwrite: true);
            log.MovedAside(path, backup);
        }

        Prepare();
        SqliteConnection connection = Connect();
        try
        {
            Schema.Create(connection);
        }
        catch
        {
            connection.Dispose();
            File.Delete(path); // so that the next try does not move an empty file aside
            throw;
        }

        _toldOfRepair = NeedsSchema = false;
        if (backup is not null && Salvage.Copy(backup, connection) > 0)
        {
            log.Repaired(new FileInfo(path).Length);
            return connection;
        }

        log.NotRepaired(path);
        log.Created((int)Schema.Version);
        return connection;
    }
}
