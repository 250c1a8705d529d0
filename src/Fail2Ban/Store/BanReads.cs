using System.Text;
using Fail2Ban.Addresses;
using Fail2Ban.Tracking.Bans;
using Fail2Ban.Tracking.Failures;
using Fail2Ban.Values;
using Microsoft.Data.Sqlite;

namespace Fail2Ban.Store;

/// <summary>The questions to the database.</summary>
internal static class BanReads
{
    public static IReadOnlyList<StoredBan> CurrentBans(
        SqliteConnection connection, string? jail, DateTimeOffset now, DateTimeOffset? since, string after, int most)
    {
        using SqliteCommand command = connection.Prepare(
            "SELECT ip, max(timeofban), bantime, bancount, data FROM bips WHERE ($0 IS NULL OR jail = $0) AND ip > $3 "
            + "AND (timeofban + bantime > $1 OR bantime <= -1) AND ($2 IS NULL OR timeofban > $2) GROUP BY ip ORDER BY ip LIMIT $4",
            5);
        using SqliteDataReader rows = command.With(jail, now.ToUnixSeconds(), since?.ToUnixSeconds(), after, (long)most).ExecuteReader();
        var bans = new List<StoredBan>();
        while (rows.Read())
        {
            (int failures, var matches, var data, FailureId? address) = BanJson.Read(Bytes(rows, 4));
            string text = rows.GetString(0);
            FailureId id = FailureId.Parse(text);
            var ticket = new Ticket(id, address == id ? null : address, Time(rows.GetDouble(1)), failures, matches, data);
            bans.Add(new StoredBan(ticket, new BanTime(rows.GetDouble(2)), (int)rows.GetInt64(3), text));
        }

        return bans;
    }

    public static BanHistory? History(SqliteConnection connection, string? jail, string id)
    {
        using SqliteCommand command = connection.Prepare(
            jail is null
                ? "SELECT sum(bancount), max(timeofban), sum(bantime) FROM bips WHERE ip = $1 AND $0 IS NULL GROUP BY ip"
                : "SELECT bancount, timeofban, bantime FROM bips WHERE ip = $1 AND jail = $0",
            2);
        using SqliteDataReader row = command.With(jail, id).ExecuteReader();
        return row.Read() ? new BanHistory((int)Math.Min(int.MaxValue, row.GetInt64(0)), Time(row.GetDouble(1)), new BanTime(row.GetDouble(2))) : null;
    }

    public static MergedBans? Merged(SqliteConnection connection, string? jail, string id, int maxMatches)
    {
        using SqliteCommand command = connection.Prepare(
            jail is null
                ? "SELECT data FROM bans WHERE ip = $1 AND $0 IS NULL ORDER BY timeofban DESC, rowid DESC"
                : "SELECT data FROM bans WHERE ip = $1 AND jail = $0 ORDER BY timeofban DESC, rowid DESC",
            2);
        using SqliteDataReader rows = command.With(jail, id).ExecuteReader();
        int failures = 0;
        bool any = false;
        var newestFirst = new List<string>();
        while (rows.Read())
        {
            any = true;
            (int count, var matches, _, _) = BanJson.Read(Bytes(rows, 0));
            failures += count;
            for (int i = matches.Length - 1; i >= 0 && newestFirst.Count < maxMatches; i--) newestFirst.Add(matches[i].ToString());
        }

        newestFirst.Reverse();
        return any ? new MergedBans(failures, newestFirst) : null;
    }

    // A blob since Python 3; old versions wrote text.
    private static byte[] Bytes(SqliteDataReader row, int column) => row.GetValue(column) switch
    {
        byte[] bytes => bytes,
        string text => Encoding.UTF8.GetBytes(text),
        _ => [],
    };

    // Out of range only in a database that was tampered with: the beginning of time is over in any case.
    private static DateTimeOffset Time(double seconds) =>
        seconds is >= 0 and < 253402300800 ? UnixTime.FromUnixSeconds(seconds) : DateTimeOffset.UnixEpoch;
}
