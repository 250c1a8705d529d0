using Fail2Ban.Logging;
using Fail2Ban.Tracking.Bans;

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
    /// <summary>Opens, creates or upgrades a database; blocks, so call it from a thread of your own.</summary>
    /// <param name="file">A path or <c>:memory:</c>.</param>
    /// <param name="log">The log of the server; sentences go out as <c>fail2ban.database</c>.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="StoreException">It cannot be opened, or is of a newer version.</exception>
    public static BanStore Open(string file, Log log, TimeProvider time) => throw new NotImplementedException();

    /// <summary>Whether a value of <c>dbfile</c> turns the database off: <c>none</c> in any case.</summary>
    public static bool IsDisabled(string file) => file.Equals("none", StringComparison.OrdinalIgnoreCase);

    /// <summary>The path, or <c>:memory:</c>.</summary>
    public string File => throw new NotImplementedException();

    /// <summary><c>dbpurgeage</c>; a day by default.</summary>
    public TimeSpan PurgeAge { get; set; } = TimeSpan.FromDays(1);

    /// <summary><c>dbmaxmatches</c>; 10 by default, 0 stores none.</summary>
    public int MaxMatches { get; set; } = 10;

    /// <summary>A jail is there: inserts or enables it.</summary>
    public Task<bool> AddJailAsync(string jail) => throw new NotImplementedException();

    /// <summary>A jail is gone: disables it; its bans stay.</summary>
    public Task<bool> DisableJailAsync(string jail) => throw new NotImplementedException();

    /// <summary>A log is followed: inserts the position if the log is new.</summary>
    /// <returns>The stored position if it belongs to the same first line; otherwise null.</returns>
    public Task<LogPosition?> AddLogAsync(string jail, string path, LogPosition position) => throw new NotImplementedException();

    /// <summary>A log was read so far.</summary>
    public Task<bool> UpdateLogAsync(string jail, string path, LogPosition position) => throw new NotImplementedException();

    /// <summary>A log is not followed any more.</summary>
    public Task<bool> DeleteLogAsync(string jail, string path) => throw new NotImplementedException();

    /// <summary>Stores a ban; completes when its row is committed.</summary>
    public Task<bool> AddBanAsync(string jail, Ban ban) => throw new NotImplementedException();

    /// <summary>Deletes the rows of an id, whether it is banned or not.</summary>
    /// <param name="jail">Null: of every jail.</param>
    /// <param name="id">The text as given, compared literally; null: every id.</param>
    public Task<bool> DeleteBansAsync(string? jail, string? id) => throw new NotImplementedException();

    /// <summary>The bans of a jail that are still in force, ordered by id; corrections are <see cref="BanRestore"/>'s.</summary>
    /// <param name="jail">Null: of all jails.</param>
    /// <param name="within">Only bans that began within this time before now; null: all.</param>
    public Task<IReadOnlyList<StoredBan>> CurrentBansAsync(string? jail, TimeSpan? within = null) => throw new NotImplementedException();

    /// <summary>How often an id was banned, or null.</summary>
    /// <param name="jail">Null: over all jails.</param>
    /// <param name="id">The id's text.</param>
    public Task<BanHistory?> HistoryAsync(string? jail, string id) => throw new NotImplementedException();

    /// <summary>What all stored bans of an id say together, or null where there is none.</summary>
    /// <param name="jail">Null: of all jails.</param>
    /// <param name="id">The id's text.</param>
    public Task<MergedBans?> MergedAsync(string? jail, string id) => throw new NotImplementedException();

    /// <summary>Deletes what is older than <see cref="PurgeAge"/>; runs by itself every hour too.</summary>
    public Task<bool> PurgeAsync() => throw new NotImplementedException();

    /// <summary>Completes when everything asked for before is on disk (or could not be put there).</summary>
    public Task<bool> FlushAsync() => throw new NotImplementedException();

    /// <summary>Writes what is queued, goes back to <c>journal_mode=DELETE</c> and closes.</summary>
    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
