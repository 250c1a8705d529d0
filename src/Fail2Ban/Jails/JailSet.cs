using System.Collections.Concurrent;
using Fail2Ban.Detection.Sources.Journal;

namespace Fail2Ban.Jails;

/// <summary>The jails of the server, by name.</summary>
/// <remarks>Thread safety: any thread.</remarks>
/// <param name="services">What they share.</param>
public sealed class JailSet(JailServices services)
{
    private readonly ConcurrentDictionary<string, Jail> _jails = new(StringComparer.Ordinal);

    /// <summary>What the jails share.</summary>
    public JailServices Services => services;

    /// <summary>How many there are.</summary>
    public int Count => _jails.Count;

    /// <summary>Every jail, sorted by name.</summary>
    public IReadOnlyList<Jail> All => [.. _jails.Values.OrderBy(jail => jail.Name, StringComparer.Ordinal)];

    /// <summary>A jail by its name, or null.</summary>
    public Jail? Find(string name) => _jails.GetValueOrDefault(name);

    /// <summary>Adds a new jail.</summary>
    /// <param name="name">Unique in the server.</param>
    /// <param name="backend">See <see cref="Jail.Backend"/>.</param>
    /// <param name="journal">Which journal it reads; only with backend <c>systemd</c>.</param>
    /// <returns>Null where one of that name exists.</returns>
    public async Task<Jail?> AddAsync(string name, string backend, JournalParameters? journal = null)
    {
        if (_jails.ContainsKey(name)) return null;
        var jail = new Jail(name, backend, services, journal);
        jail.Announce();
        if (await AddAsync(jail)) return jail;
        await jail.DiscardAsync();
        return null;
    }

    /// <summary>Adds a jail that was configured before.</summary>
    /// <returns>False where one of that name exists.</returns>
    internal async Task<bool> AddAsync(Jail jail)
    {
        if (!_jails.TryAdd(jail.Name, jail)) return false;
        services.WatchClock(OnClockSet);
        if (services.Store is { } store) await store.AddJailAsync(jail.Name);
        return true;
    }

    /// <summary>Stores again which bans are in force, because the database has lost rows.</summary>
    internal void CompleteStore()
    {
        foreach (Jail jail in All) jail.Bans.CompleteStore();
    }

    private void OnClockSet(TimeSpan step)
    {
        services.Log.For(JailSentences.ServerLogger).ClockSet(step);
        foreach (Jail jail in All) jail.Bans.ClockWasSet();
    }

    /// <summary>Complete when the bans that the jails brought back at their start are in force.</summary>
    public Task RestoredAsync() => Task.WhenAll(All.Select(jail => jail.InvokeAsync(static async found =>
    {
        await found.Bans.Restored;
        return true;
    })));

    /// <summary>Stops and removes a jail; complete when its bans are out of force.</summary>
    public async Task RemoveAsync(Jail jail)
    {
        _jails.TryRemove(jail.Name, out _);
        await jail.StopAsync();
    }

    /// <summary>Stops and removes all jails.</summary>
    public Task RemoveAllAsync() => Task.WhenAll(All.Select(RemoveAsync));
}
