using Microsoft.Data.Sqlite;

namespace Fail2Ban.Store;

/// <summary>Which file a stored position belongs to: device and inode, in a table of our own beside <c>logs</c>.</summary>
/// <remarks>
/// fail2ban's table has no column for them, and fail2ban does not know this table: a row is only true as long as it says
/// the same of first line and position as the row of <c>logs</c>. Owned by the writer's thread.
/// </remarks>
internal sealed class LogFileRows(SqliteConnection connection)
{
    private const string Create =
        "CREATE TABLE IF NOT EXISTS logfiles(jail TEXT NOT NULL, path TEXT NOT NULL, firstlinemd5 TEXT, lastfilepos INTEGER, "
        + "device INTEGER NOT NULL, inode INTEGER NOT NULL, PRIMARY KEY(jail, path)) WITHOUT ROWID";

    private const string Set =
        "INSERT OR REPLACE INTO logfiles(jail, path, firstlinemd5, lastfilepos, device, inode) VALUES($0, $1, $2, $3, $4, $5)";

    /// <summary>Remembers the file of a position; one without inode is forgotten.</summary>
    public void Update(string jail, string path, StoredPosition position)
    {
        if (position.Inode == 0) return; // the row, if there is one, does not agree any more
        connection.Execute(Create);
        using SqliteCommand set = connection.Prepare(Set, 6);
        set.Run(jail, path, position.FirstLineHash, Sqlite.ToColumn(position.Offset), unchecked((long)position.Device), unchecked((long)position.Inode));
    }

    /// <summary>The position with its file, where that is known.</summary>
    public StoredPosition Complete(string jail, string path, StoredPosition position)
    {
        connection.Execute(Create);
        using SqliteCommand find = connection.Prepare(
            "SELECT device, inode FROM logfiles WHERE jail = $0 AND path = $1 AND firstlinemd5 = $2 AND lastfilepos = $3", 4);
        using SqliteDataReader row = find.With(jail, path, position.FirstLineHash, Sqlite.ToColumn(position.Offset)).ExecuteReader();
        return row.Read() ? position with { Device = unchecked((ulong)row.GetInt64(0)), Inode = unchecked((ulong)row.GetInt64(1)) } : position;
    }

    /// <summary>Forgets the files of positions that are stored no longer.</summary>
    public void Purge()
    {
        connection.Execute(Create);
        connection.Execute("DELETE FROM logfiles WHERE NOT EXISTS (SELECT 1 FROM logs WHERE logs.jail = logfiles.jail AND logs.path = logfiles.path)");
    }
}
