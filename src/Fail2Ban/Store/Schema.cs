using Microsoft.Data.Sqlite;

namespace Fail2Ban.Store;

/// <summary>fail2ban's schema, version 4, and the way to it from older versions.</summary>
internal static class Schema
{
    public const long Version = 4;

    private const string Jails = "CREATE TABLE jails(name TEXT NOT NULL UNIQUE, enabled INTEGER NOT NULL DEFAULT 1)";

    private const string Logs =
        "CREATE TABLE logs(jail TEXT NOT NULL, path TEXT, firstlinemd5 TEXT, lastfilepos INTEGER DEFAULT 0, "
        + "FOREIGN KEY(jail) REFERENCES jails(name) ON DELETE CASCADE, UNIQUE(jail, path), UNIQUE(jail, path, firstlinemd5))";

    private const string Bans =
        "CREATE TABLE bans(jail TEXT NOT NULL, ip TEXT, timeofban INTEGER NOT NULL, bantime INTEGER NOT NULL, "
        + "bancount INTEGER NOT NULL default 1, data JSON, FOREIGN KEY(jail) REFERENCES jails(name))";

    private const string BadIps =
        "CREATE TABLE bips(ip TEXT NOT NULL, jail TEXT NOT NULL, timeofban INTEGER NOT NULL, bantime INTEGER NOT NULL, "
        + "bancount INTEGER NOT NULL default 1, data JSON, PRIMARY KEY(ip, jail), FOREIGN KEY(jail) REFERENCES jails(name))";

    private static readonly string[] Indices =
    [
        "CREATE INDEX IF NOT EXISTS jails_name ON jails(name)",
        "CREATE INDEX IF NOT EXISTS logs_path ON logs(path)",
        "CREATE INDEX IF NOT EXISTS logs_jail_path ON logs(jail, path)",
        "CREATE INDEX IF NOT EXISTS bans_jail_timeofban_ip ON bans(jail, timeofban)",
        "CREATE INDEX IF NOT EXISTS bans_jail_ip ON bans(jail, ip)",
        "CREATE INDEX IF NOT EXISTS bans_ip ON bans(ip)",
        "CREATE INDEX IF NOT EXISTS bips_timeofban ON bips(timeofban)",
        "CREATE INDEX IF NOT EXISTS bips_ip ON bips(ip)",
    ];

    /// <summary>The version of a database; 0 where it has no tables of fail2ban.</summary>
    public static long VersionOf(SqliteConnection connection) =>
        HasTable(connection, "fail2banDb") ? connection.Scalar("SELECT max(version) FROM fail2banDb") as long? ?? 0 : 0;

    /// <summary>Creates what is missing, in one transaction.</summary>
    public static void Create(SqliteConnection connection)
    {
        connection.Execute("PRAGMA auto_vacuum = INCREMENTAL"); // a new file's: what purging frees goes back to the disk
        using SqliteTransaction transaction = connection.BeginTransaction();
        CreateWithin(connection);
        transaction.Commit();
    }

    /// <summary>Creates what is missing, in the transaction of the caller.</summary>
    public static void CreateWithin(SqliteConnection connection)
    {
        CreateIfMissing(connection, "fail2banDb", "CREATE TABLE fail2banDb(version INTEGER)");
        CreateTables(connection);
        connection.Execute("DELETE FROM fail2banDb");
        connection.Execute($"INSERT INTO fail2banDb(version) VALUES({Version})");
    }

    /// <summary>Brings versions 1 to 3 to 4, in one transaction.</summary>
    public static void Upgrade(SqliteConnection connection, long from)
    {
        using SqliteTransaction transaction = connection.BeginTransaction();
        if (from < 2) Rebuild(connection, "logs", Logs, "jail, path, firstlinemd5, lastfilepos");
        if (from < 3)
        {
            // How long an old ban lasts was not kept; -2 says so and the jail's own time is taken when it is restored.
            connection.Execute("ALTER TABLE bans RENAME TO bans_old");
            connection.Execute(Bans);
            connection.Execute("INSERT INTO bans(jail, ip, timeofban, bantime, bancount, data) SELECT jail, ip, timeofban, -2, 1, data FROM bans_old");
            connection.Execute("DROP TABLE bans_old");
        }

        if (from < 4)
        {
            CreateIfMissing(connection, "bips", BadIps);
            connection.Execute(
                "INSERT OR REPLACE INTO bips(ip, jail, timeofban, bantime, bancount, data) "
                + "SELECT ip, jail, timeofban, bantime, bancount, data FROM bans WHERE ip IS NOT NULL ORDER BY timeofban");
        }

        CreateTables(connection);
        connection.Execute($"UPDATE fail2banDb SET version = {Version}");
        transaction.Commit();
    }

    private static void CreateTables(SqliteConnection connection)
    {
        CreateIfMissing(connection, "jails", Jails);
        CreateIfMissing(connection, "logs", Logs);
        CreateIfMissing(connection, "bans", Bans);
        CreateIfMissing(connection, "bips", BadIps);
        foreach (string index in Indices) connection.Execute(index);
    }

    private static void Rebuild(SqliteConnection connection, string table, string create, string columns)
    {
        connection.Execute($"ALTER TABLE {table} RENAME TO {table}_old");
        connection.Execute(create);
        connection.Execute($"INSERT OR REPLACE INTO {table}({columns}) SELECT {columns} FROM {table}_old");
        connection.Execute($"DROP TABLE {table}_old");
    }

    private static void CreateIfMissing(SqliteConnection connection, string table, string create)
    {
        if (!HasTable(connection, table)) connection.Execute(create);
    }

    private static bool HasTable(SqliteConnection connection, string table) =>
        connection.Scalar($"SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = '{table}'") is not null;
}
