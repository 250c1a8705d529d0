using Fail2Ban.Addresses;
using Fail2Ban.Tracking.Bans;

namespace Fail2Ban.Enforcement.Actions;

/// <summary>What actions need to know of their jail. The delegates are called from any thread, never under a lock of ours.</summary>
public sealed class ActionContext
{
    /// <summary>The jail's name.</summary>
    public required string Jail { get; init; }

    /// <summary>The jail's counters as they are now: <c>&lt;jail.banned&gt;</c> and its like.</summary>
    public Func<JailCounters> Counters { get; init; } = static () => default;

    /// <summary>
    /// A snapshot of the bans in force, oldest first: brought back where something else emptied the firewall, and ended
    /// where an action is removed. At most so many as asked for: of more, first those that were not restored. Must not wait
    /// for anything that waits for an action.
    /// </summary>
    public Func<int, Task<IReadOnlyList<Ban>>> Bans { get; init; } = static _ => Task.FromResult<IReadOnlyList<Ban>>([]);

    /// <summary>Earlier bans of an id: in this jail, or (true) in all jails. Null: no database, or nothing there.</summary>
    public Func<FailureId, bool, Task<IdHistory?>> History { get; init; } = static (_, _) => Task.FromResult<IdHistory?>(null);

    /// <summary>The name by reverse DNS of an address; null where it has none.</summary>
    public Func<FailureId, Task<string?>> HostName { get; init; } = static _ => Task.FromResult<string?>(null);

    /// <summary>Whether IPv6 is allowed (<c>allowipv6</c>): conditional actions then have a second family.</summary>
    public Func<bool> IPv6Allowed { get; init; } = static () => true;

    /// <summary>Reads a duration as in jail.conf(5) into seconds, for the property <c>timeout</c>; null where it is none.</summary>
    public required Func<string, double?> ParseSeconds { get; init; }

    /// <summary>The jail's ban time, for commands that are run for no ban (<c>actionstart</c>).</summary>
    public Func<BanTime> BanTime { get; init; } = static () => new BanTime(600);

    /// <summary>This host's full name: <c>&lt;fq-hostname&gt;</c>.</summary>
    public Func<string> FullHostName { get; init; } = ShortHostName;

    /// <summary>This host's own name, as it was given: <c>&lt;sh-hostname&gt;</c>.</summary>
    public static string ShortHostName() => System.Net.Dns.GetHostName();

    /// <summary>Tags that need no ban and are no property.</summary>
    internal string? HostTag(string tag) => tag switch
    {
        "br" => "\n",
        "sp" => " ",
        "fq-hostname" => FullHostName(),
        "sh-hostname" => ShortHostName(),
        _ => null,
    };
}
