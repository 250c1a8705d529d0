using Fail2Ban.Logging;
using Fail2Ban.Tracking.Bans;
using Microsoft.Data.Sqlite;

namespace Fail2Ban.Store;

/// <summary>Bans and log positions in SQLite, in fail2ban's own schema (version 4).</summary>
/// <remarks>
/// Thread safety: any thread. Writes go in order through one thread that commits many at once; reads have a thread and a
/// connection of their own and see what was committed when they run: await a write before a read that must see it.
/// A write's task says whether its row is on disk: false when another process holds the lock for more than a second or the
/// disk is full. Such writes stay queued (bounded) and are tried again; the caller goes on.
/// </remarks>
public sealed class BanStore : IAsyncDisposable
{
    private static readonly TimeSpan CheckpointInterval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan PurgeInterval = TimeSpan.FromHours(1);

    private readonly StoreConnection _connection;
    private readonly StoreWriter _writer;
    private readonly StoreReader? _reader; // null in memory: a second connection would see another database
    private readonly ITimer _checkpoint;
    private readonly ITimer _purge;
    private readonly Log _log;
    private readonly TimeProvider _time;

    private BanStore(DatabaseFile database, string file, Log log, TimeProvider time)
    {
        File = file;
        _log = log;
        _time = time;
        WasLeftOpen = database.WasLeftOpen;
        _connection = new StoreConnection(database, log);
        _writer = new StoreWriter(_connection, file, log, OnRenewed);
        if (!database.IsMemory) _reader = new StoreReader(database.Connect, file, log, _writer.Suspect);
        _ = _writer.Enqueue(writes => writes.DisableJail(null));
        _checkpoint = time.CreateTimer(_ => _writer.Checkpoint(), null, CheckpointInterval, CheckpointInterval);
        _purge = time.CreateTimer(_ => _ = PurgeAsync(), null, PurgeInterval, PurgeInterval);
    }

    /// <summary>Opens, creates or upgrades a database, and disables its jails; blocks, so call it from a thread of your own.</summary>
    /// <param name="file">A path or <c>:memory:</c>.</param>
    /// <param name="log">The log of the server; sentences go out as <c>fail2ban.database</c>.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="StoreException">It cannot be opened, or is of a newer version.</exception>
    public static BanStore Open(string file, Log log, TimeProvider time)
    {
        Log own = log.For(StoreLog.Name);
        return new BanStore(new DatabaseFile(file, own, time), file, own, time);
    }

    /// <summary>Whether a value of <c>dbfile</c> turns the database off: <c>none</c> in any case.</summary>
    public static bool IsDisabled(string file) => file.Equals("none", StringComparison.OrdinalIgnoreCase);

    /// <summary>The path, or <c>:memory:</c>.</summary>
    public string File { get; }

    /// <summary>Whether whoever used the database last did not close it: it crashed, or was killed.</summary>
    public bool WasLeftOpen { get; }

    /// <summary><c>dbpurgeage</c>; a day by default.</summary>
    public TimeSpan PurgeAge { get; set; } = TimeSpan.FromDays(1);

    /// <summary><c>dbmaxmatches</c>; 10 by default, 0 stores none.</summary>
    public int MaxMatches { get; set; } = 10;

    /// <summary>Called, on a thread of the store, when rows are missing: the file was damaged or deleted, or too many changes had to wait.</summary>
    /// <remarks>Whoever knows the bans in force hands them to <see cref="CompleteAsync"/>.</remarks>
    public Action? RowsMissing { get; set; }

    /// <summary>A jail is there: inserts or enables it.</summary>
    public Task<bool> AddJailAsync(string jail) => _writer.Enqueue(writes => writes.AddJail(jail));

    /// <summary>A jail is gone: disables it; its bans stay.</summary>
    public Task<bool> DisableJailAsync(string jail) => _writer.Enqueue(writes => writes.DisableJail(jail));

    /// <summary>A log is followed: inserts the position if the log is new.</summary>
    /// <returns>The stored position if it belongs to the same first line; otherwise null.</returns>
    public async Task<StoredPosition?> AddLogAsync(string jail, string path, StoredPosition position)
    {
        StoredPosition? stored = null;
        await _writer.Enqueue(writes => stored = writes.AddLog(jail, path, position)).ConfigureAwait(false);
        return stored;
    }

    /// <summary>What is stored of a log, whatever its first line was; null where nothing is.</summary>
    public async Task<StoredPosition?> FindLogAsync(string jail, string path)
    {
        StoredPosition? stored = null;
        await _writer.Enqueue(writes => stored = writes.FindLog(jail, path)).ConfigureAwait(false);
        return stored;
    }

    /// <summary>A log was read so far.</summary>
    public Task<bool> UpdateLogAsync(string jail, string path, StoredPosition position) =>
        _writer.Enqueue(new StoreChange(writes => writes.UpdateLog(jail, path, position)) { Subject = (jail, path) });

    /// <summary>A log is not followed any more.</summary>
    public Task<bool> DeleteLogAsync(string jail, string path) => _writer.Enqueue(writes => writes.DeleteLog(jail, path));

    /// <summary>Stores a ban; completes when its row is committed.</summary>
    public Task<bool> AddBanAsync(string jail, Ban ban) =>
        _writer.Enqueue(new StoreChange(writes => writes.AddBan(jail, ban, MaxMatches)) { Jail = jail, Added = ban });

    /// <summary>Stores those of a jail's bans in force that the database does not have.</summary>
    public Task<bool> CompleteAsync(string jail, IReadOnlyList<Ban> bans) => _writer.Enqueue(new StoreChange(writes =>
    {
        if (writes.Complete(jail, bans, MaxMatches) is > 0 and var missing) _log.Completed(File, jail, missing);
    }) { DependsOnRows = true });

    /// <summary>Deletes the rows of ids, whether they are banned or not.</summary>
    /// <param name="jail">Of which jail.</param>
    /// <param name="ids">The texts as given, compared literally.</param>
    public Task<bool> DeleteBansAsync(string jail, params IReadOnlyCollection<string> ids) =>
        ids.Count == 0 ? Task.FromResult(true) : _writer.Enqueue(Backlog.Deletion(jail, ids));

    /// <summary>Deletes the rows of every id of a jail.</summary>
    public Task<bool> DeleteAllBansAsync(string jail) => _writer.Enqueue(Backlog.Deletion(jail, []));

    /// <summary>The bans of a jail that are still in force, ordered by id; corrections are <see cref="BanRestore"/>'s.</summary>
    /// <param name="jail">Null: of all jails.</param>
    /// <param name="within">Only bans that began within this time before now; null: all.</param>
    /// <param name="after">Only ids behind this text; empty: all.</param>
    /// <param name="most">At most so many; −1: all. A million at once would take half a gigabyte.</param>
    /// <returns>Null where the database cannot be read now.</returns>
    public Task<IReadOnlyList<StoredBan>?> CurrentBansAsync(string? jail, TimeSpan? within = null, string after = "", int most = -1)
    {
        DateTimeOffset now = _time.GetUtcNow();
        return Ask<IReadOnlyList<StoredBan>?>(connection => BanReads.CurrentBans(connection, jail, now, now - within, after, most), null);
    }

    /// <summary>How often an id was banned, or null.</summary>
    /// <param name="jail">Null: over all jails.</param>
    /// <param name="id">The id's text.</param>
    public Task<BanHistory?> HistoryAsync(string? jail, string id) =>
        Ask(connection => BanReads.History(connection, jail, id), null);

    /// <summary>What all stored bans of an id say together, or null where there is none.</summary>
    /// <param name="jail">Null: of all jails.</param>
    /// <param name="id">The id's text.</param>
    public Task<MergedBans?> MergedAsync(string? jail, string id) =>
        Ask(connection => BanReads.Merged(connection, jail, id, MaxMatches), null);

    /// <summary>Deletes what is older than <see cref="PurgeAge"/>; runs by itself every hour too.</summary>
    public Task<bool> PurgeAsync()
    {
        DateTimeOffset now = _time.GetUtcNow();
        return _writer.EnqueuePurge(writes => writes.Purge(now, PurgeAge));
    }

    /// <summary>Completes when everything asked for before is on disk (or could not be put there).</summary>
    public Task<bool> FlushAsync() => _writer.Enqueue(static _ => { });

    /// <summary>Writes what is queued, goes back to <c>journal_mode=DELETE</c> and closes.</summary>
    public async ValueTask DisposeAsync()
    {
        await _checkpoint.DisposeAsync().ConfigureAwait(false);
        await _purge.DisposeAsync().ConfigureAwait(false);

        // Joining threads and moving the write-ahead log block; the pool is not for that.
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            Close();
            closed.SetResult();
        }) { IsBackground = true, Name = "f2b/store-close" }.Start();
        await closed.Task.ConfigureAwait(false);
    }

    private void OnRenewed()
    {
        _reader?.Renew();
        RowsMissing?.Invoke();
    }

    private void Close()
    {
        _writer.Stop();
        _reader?.Dispose();
        _connection.Dispose();
        _log.Closed();
    }

    private Task<T> Ask<T>(Func<SqliteConnection, T> question, T nothing) =>
        _reader is not null ? _reader.Ask(question, nothing) : AskWriter(question, nothing);

    private async Task<T> AskWriter<T>(Func<SqliteConnection, T> question, T nothing)
    {
        T answer = nothing;
        await _writer.Enqueue(writes => answer = question(writes.Connection)).ConfigureAwait(false);
        return answer;
    }
}
