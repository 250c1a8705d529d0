using System.Globalization;
using Fail2Ban.Tracking.Bans;
using Fail2Ban.Values;
using Microsoft.Data.Sqlite;

namespace Fail2Ban.Store;

/// <summary>The changes of the database, as prepared statements of the writer's connection.</summary>
/// <remarks>Owned by the writer's thread.</remarks>
internal sealed class BanWrites : IDisposable
{
    private readonly List<SqliteCommand> _commands = [];
    private readonly BanJson _json = new();
    private readonly SqliteCommand _addJail;
    private readonly SqliteCommand _disableJail;
    private readonly SqliteCommand _addBan;
    private readonly SqliteCommand _setBadIp;
    private readonly SqliteCommand _findLog;
    private readonly SqliteCommand _addLog;
    private readonly SqliteCommand _updateLog;
    private readonly LogFileRows _files;

    public BanWrites(SqliteConnection connection)
    {
        Connection = connection;
        _addJail = Prepare("INSERT INTO jails(name, enabled) VALUES($0, 1) ON CONFLICT(name) DO UPDATE SET enabled = 1", 1);
        _disableJail = Prepare("UPDATE jails SET enabled = 0 WHERE name = $0 OR $0 IS NULL", 1);
        _addBan = Prepare("INSERT INTO bans(jail, ip, timeofban, bantime, bancount, data) VALUES($0, $1, $2, $3, $4, $5)", 6);
        _setBadIp = Prepare("INSERT OR REPLACE INTO bips(jail, ip, timeofban, bantime, bancount, data) VALUES($0, $1, $2, $3, $4, $5)", 6);
        _findLog = Prepare("SELECT firstlinemd5, lastfilepos FROM logs WHERE jail = $0 AND path = $1", 2);
        _addLog = Prepare("INSERT OR IGNORE INTO logs(jail, path, firstlinemd5, lastfilepos) VALUES($0, $1, $2, $3)", 4);
        _updateLog = Prepare("UPDATE logs SET firstlinemd5 = $2, lastfilepos = $3 WHERE jail = $0 AND path = $1", 4);
        _files = new LogFileRows(connection);
    }

    public SqliteConnection Connection { get; }

    /// <summary>The enabled jails: what rows refer to, should the file have to be made anew.</summary>
    public HashSet<string> Jails { get; init; } = [];

    public void AddJail(string jail)
    {
        _addJail.Run(jail);
        Jails.Add(jail);
    }

    public void DisableJail(string? jail)
    {
        _disableJail.Run(jail);
        if (jail is not null) Jails.Remove(jail);
    }

    public void AddBan(string jail, Ban ban, int maxMatches)
    {
        object begin = (long)Math.Round(ban.Ticket.Time.ToUnixSeconds(), MidpointRounding.ToEven);
        string id = ban.Ticket.Id.ToString();
        object time = Sqlite.ToColumn(ban.Time.Seconds);
        object count = (long)ban.Count;
        byte[] data = _json.Write(ban.Ticket, maxMatches);
        _addBan.Run(jail, id, begin, time, count, data);
        _setBadIp.Run(jail, id, begin, time, count, data);
    }

    /// <param name="jail">Of which jail.</param>
    /// <param name="ids">Of which ids; none: of all.</param>
    public void DeleteBans(string jail, IReadOnlyCollection<string> ids)
    {
        foreach (string table in new[] { "bips", "bans" })
        {
            using SqliteCommand delete = Connection.Prepare($"DELETE FROM {table} WHERE jail = $0{(ids.Count > 0 ? " AND ip = $1" : "")}", ids.Count > 0 ? 2 : 1);
            if (ids.Count == 0) delete.Run(jail);
            foreach (string id in ids) delete.Run(jail, id);
        }
    }

    public StoredPosition? AddLog(string jail, string path, StoredPosition position)
    {
        StoredPosition? stored = FindLog(jail, path);
        if (stored is not null) return stored.FirstLineHash == position.FirstLineHash ? stored : null;
        _addLog.Run(jail, path, position.FirstLineHash, Sqlite.ToColumn(position.Offset));
        _files.Update(jail, path, position);
        return null;
    }

    public void UpdateLog(string jail, string path, StoredPosition position)
    {
        object offset = Sqlite.ToColumn(position.Offset);
        _addLog.Run(jail, path, position.FirstLineHash, offset);
        _updateLog.Run(jail, path, position.FirstLineHash, offset);
        _files.Update(jail, path, position);
    }

    public void DeleteLog(string jail, string path)
    {
        using SqliteCommand delete = Connection.Prepare("DELETE FROM logs WHERE jail = $0 AND path = $1", 2);
        delete.Run(jail, path);
    }

    /// <summary>Writes those of a jail's live bans that have no row, or one of another ban.</summary>
    /// <returns>How many were missing.</returns>
    public int Complete(string jail, IEnumerable<Ban> bans, int maxMatches)
    {
        AddJail(jail);
        int missing = 0;
        using SqliteCommand find = Connection.Prepare("SELECT timeofban FROM bips WHERE jail = $0 AND ip = $1", 2);
        foreach (Ban ban in bans)
        {
            object? begin = find.With(jail, ban.Ticket.Id.ToString()).ExecuteScalar();
            if (begin is not null && Convert.ToDouble(begin, CultureInfo.InvariantCulture) >= Math.Floor(ban.Ticket.Time.ToUnixSeconds())) continue;
            AddBan(jail, ban, maxMatches);
            missing++;
        }

        return missing;
    }

    public void Purge(DateTimeOffset now, TimeSpan age)
    {
        double limit = (now - age).ToUnixSeconds();
        using SqliteCommand bans = Connection.Prepare("DELETE FROM bans WHERE timeofban < $0", 1);
        bans.Run(limit);
        using SqliteCommand badIps = Connection.Prepare("DELETE FROM bips WHERE timeofban < $0 AND bantime <> -1 AND timeofban + 3 * bantime < $0", 1);
        badIps.Run(limit);
        Connection.Execute(
            "DELETE FROM jails WHERE enabled = 0 AND NOT EXISTS (SELECT 1 FROM bans WHERE jail = jails.name) "
            + "AND NOT EXISTS (SELECT 1 FROM bips WHERE jail = jails.name)");
        _files.Purge();
    }

    public void Dispose()
    {
        foreach (SqliteCommand command in _commands) command.Dispose();
    }

    public StoredPosition? FindLog(string jail, string path)
    {
        StoredPosition stored;
        using (SqliteDataReader row = _findLog.With(jail, path).ExecuteReader())
        {
            if (!row.Read()) return null;
            stored = new StoredPosition(row.IsDBNull(1) ? 0 : row.GetDouble(1), row.IsDBNull(0) ? "" : row.GetString(0));
        }

        return _files.Complete(jail, path, stored);
    }

    private SqliteCommand Prepare(string sql, int parameters)
    {
        SqliteCommand command = Connection.Prepare(sql, parameters);
        _commands.Add(command);
        return command;
    }
}
