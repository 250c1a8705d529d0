using System.Globalization;
using Fail2Ban.Logging;
using Microsoft.Data.Sqlite;

namespace Fail2Ban.Store;

/// <summary>Opens the database file: creates, upgrades, or moves a broken one aside.</summary>
internal sealed class DatabaseFile(string path, Log log, TimeProvider time)
{
    public const string Memory = ":memory:";

    public bool IsMemory => path == Memory;

    /// <summary>Whether a write-ahead log is there, which a clean end removes; to be asked before the database is opened.</summary>
    public bool WasLeftOpen => !IsMemory && new FileInfo(path + "-wal") is { Exists: true, Length: > 0 };

    private string Backup =>
        path + time.GetUtcNow().UtcDateTime.ToString("'.'yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);

    /// <summary>The connection for writing, on a database of version 4.</summary>
    /// <exception cref="StoreException">The file cannot be opened, or is of a newer version.</exception>
    public SqliteConnection Open()
    {
        bool isNew = Prepare();
        SqliteConnection? connection = null;
        try
        {
            connection = Connect();
            long version = Schema.VersionOf(connection);
            log.Connected(path);
            if (version > Schema.Version)
                throw new StoreException("Attempt to travel to future version of database ...how did you get here??");
            return Usable(connection, version, isNew);
        }
        catch (SqliteException error) when (error.IsBroken())
        {
            log.OpenFailed(path, error.Reason());
            connection?.Dispose();
            return Repair();
        }
        catch (SqliteException error)
        {
            log.ConnectFailed(path, error.Reason());
            connection?.Dispose();
            throw new StoreException(error.Reason(), error);
        }
        catch (StoreException)
        {
            connection?.Dispose();
            throw;
        }
    }

    /// <summary>One more connection to the same database.</summary>
    public SqliteConnection Connect()
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = 5 }.ToString());
        try
        {
            connection.Open();
            connection.Execute("PRAGMA busy_timeout = 250");
            connection.Execute("PRAGMA foreign_keys = ON");
            connection.Execute("PRAGMA synchronous = NORMAL");
            connection.Execute("PRAGMA temp_store = MEMORY");
            connection.Execute("PRAGMA cache_size = -8000"); // kB: six indices are written at random places
            connection.Execute("PRAGMA wal_autocheckpoint = 4000"); // pages; each checkpoint waits for the disk
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    // The file exists with its mode before SQLite sees it: addresses and user names are nobody else's business.
    private bool Prepare()
    {
        if (IsMemory) return true;
        try
        {
            if (Path.GetDirectoryName(path) is { Length: > 0 } folder && !Directory.Exists(folder)
                && Directory.Exists(Path.GetDirectoryName(folder) is { Length: > 0 } parent ? parent : "."))
                Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            if (File.Exists(path)) return new FileInfo(path).Length == 0;
            using var created = new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            log.ConnectFailed(path, "unable to open database file");
            throw new StoreException("unable to open database file", error);
        }
    }

    private SqliteConnection Usable(SqliteConnection connection, long version, bool isNew)
    {
        if (version == 0)
        {
            Schema.Create(connection);
            log.Created((int)Schema.Version);
            return connection;
        }

        if (version < Schema.Version)
        {
            string backup = Backup;
            log.Upgrading(backup, version);
            if (!IsMemory && !File.Exists(backup))
            {
                File.Copy(path, backup);
                log.BackupCreated(backup);
            }

            try
            {
                Schema.Upgrade(connection, version);
                log.Upgraded(version, Schema.Version);
            }
            catch (SqliteException error)
            {
                log.UpgradeFailed(path, error.Reason());
                connection.Dispose();
                return Repair();
            }

            return connection;
        }

        try
        {
            if (!isNew) Schema.Complete(connection);
        }
        catch (SqliteException error) when (error.MayPass())
        {
            log.WriteDelayed(path, error.Reason()); // read-only or locked: what is there can still be read
        }

        return connection;
    }

    private SqliteConnection Repair()
    {
        log.Repairing(path);
        string backup = Backup;
        for (int i = 1; File.Exists(backup); i++) backup = $"{Backup}.{i}";
        File.Move(path, backup);

        // A write-ahead log that stayed would be played into the new database.
        foreach (string suffix in new[] { "-wal", "-shm", "-journal" })
            if (File.Exists(path + suffix)) File.Move(path + suffix, backup + suffix);
        log.MovedAside(path, backup);
        Prepare();
        SqliteConnection connection = Connect();
        Schema.Create(connection);
        if (Salvage.Copy(backup, connection) > 0)
        {
            log.Repaired(new FileInfo(path).Length);
            return connection;
        }

        log.NotRepaired(path);
        log.Created((int)Schema.Version);
        return connection;
    }
}
