using Microsoft.Data.Sqlite;

namespace Fail2Ban.Store;

/// <summary>Takes over what can still be read of a broken database.</summary>
internal static class Salvage
{
    private static readonly (string Table, string Columns)[] Tables =
    [
        ("jails", "name, enabled"),
        ("logs", "jail, path, firstlinemd5, lastfilepos"),
        ("bips", "ip, jail, timeofban, bantime, bancount, data"),
        ("bans", "jail, ip, timeofban, bantime, bancount, data"),
    ];

    /// <summary>Copies row after row until the damage of each table.</summary>
    /// <returns>How many rows came over.</returns>
    public static long Copy(string from, SqliteConnection target)
    {
        long copied = 0;
        try
        {
            using var source = new SqliteConnection(new SqliteConnectionStringBuilder
            {
                DataSource = from,
                Pooling = false,
                Mode = SqliteOpenMode.ReadOnly,
            }.ToString());
            source.Open();
            foreach ((string table, string columns) in Tables) copied += CopyTable(source, target, table, columns);
        }
        catch (SqliteException)
        {
            // Not even its first page is a database: nothing to take over, which the caller reports.
        }

        return copied;
    }

    private static long CopyTable(SqliteConnection source, SqliteConnection target, string table, string columns)
    {
        long copied = 0;
        int width = columns.Split(',').Length;
        using SqliteTransaction transaction = target.BeginTransaction();
        using SqliteCommand insert = target.Prepare(
            $"INSERT OR IGNORE INTO {table}({columns}) VALUES({string.Join(", ", Enumerable.Range(0, width).Select(i => $"${i}"))})", width);
        try
        {
            using SqliteCommand select = source.Prepare($"SELECT {columns} FROM {table}", 0);
            using SqliteDataReader rows = select.ExecuteReader();
            object?[] values = new object?[width];
            while (rows.Read())
            {
                for (int i = 0; i < width; i++) values[i] = rows.GetValue(i);
                try
                {
                    copied += insert.With(values).ExecuteNonQuery();
                }
                catch (SqliteException)
                {
                    // A row that breaks the schema's rules (its jail was lost) is left behind.
                }
            }
        }
        catch (SqliteException)
        {
            // The damaged place: what came before it is kept.
        }

        transaction.Commit();
        return copied;
    }
}
