using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Fail2Ban.Store;

/// <summary>What the store needs of SQLite beyond the provider: short commands, error kinds, plain error texts.</summary>
internal static class Sqlite
{
    public static void Execute(this SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public static object? Scalar(this SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar() is { } value and not DBNull ? value : null;
    }

    /// <summary>A command that is prepared once; its parameters are <c>$0</c>, <c>$1</c>, …</summary>
    public static SqliteCommand Prepare(this SqliteConnection connection, string sql, int parameters)
    {
        SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        for (int i = 0; i < parameters; i++) command.Parameters.Add(new SqliteParameter($"${i}", DBNull.Value));
        return command;
    }

    public static SqliteCommand With(this SqliteCommand command, params ReadOnlySpan<object?> values)
    {
        for (int i = 0; i < values.Length; i++) command.Parameters[i].Value = values[i] ?? DBNull.Value;
        return command;
    }

    public static void Run(this SqliteCommand command, params ReadOnlySpan<object?> values) => command.With(values).ExecuteNonQuery();

    /// <summary>Whole numbers as INTEGER, others as REAL, as Python's module stores them.</summary>
    public static object ToColumn(double value) =>
        value == Math.Floor(value) && Math.Abs(value) < 1e15 ? (long)value : value;

    public static bool IsLocked(this SqliteException error) => error.SqliteErrorCode is raw.SQLITE_BUSY or raw.SQLITE_LOCKED;

    public static bool IsBroken(this SqliteException error) => error.SqliteErrorCode is raw.SQLITE_NOTADB or raw.SQLITE_CORRUPT;

    /// <summary>Whether a later try may succeed: the lock, the disk or the memory is the reason, not the statement.</summary>
    public static bool MayPass(this SqliteException error) => error.IsLocked() || error.SqliteErrorCode is
        raw.SQLITE_FULL or raw.SQLITE_READONLY or raw.SQLITE_IOERR or raw.SQLITE_CANTOPEN or raw.SQLITE_NOMEM or raw.SQLITE_PERM or raw.SQLITE_PROTOCOL;

    /// <summary>SQLite's own words, without the provider's frame ("SQLite Error 26: '…'.").</summary>
    public static string Reason(this SqliteException error)
    {
        int start = error.Message.IndexOf('\'', StringComparison.Ordinal);
        int end = error.Message.LastIndexOf('\'');
        return end > start ? error.Message[(start + 1)..end] : error.Message;
    }
}
