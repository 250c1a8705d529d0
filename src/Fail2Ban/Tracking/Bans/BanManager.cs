using Fail2Ban.Addresses;
using Fail2Ban.Tracking.Failures;

namespace Fail2Ban.Tracking.Bans;

/// <summary>The live bans of one jail.</summary>
/// <remarks>Owned by one jail loop; not thread-safe. A ban is kept compactly; a <see cref="Ban"/> is built when it is asked for.</remarks>
public sealed class BanManager
{
    /// <summary>No ban yet.</summary>
    public BanManager(TimeProvider time) => throw new NotImplementedException();

    /// <summary>The jail's ban time, for tickets without one of their own.</summary>
    public BanTime BanTime { get; set; } = new(600);

    /// <summary>How many ids are banned.</summary>
    public int Current => throw new NotImplementedException();

    /// <summary>How many bans there were since the start, restored ones included.</summary>
    public long Total => throw new NotImplementedException();

    /// <summary>When the first ban ends by time; null where none does.</summary>
    public DateTimeOffset? NextEnd => throw new NotImplementedException();

    /// <summary>Takes a ticket.</summary>
    /// <param name="ticket">Who, why and since when.</param>
    /// <param name="time">A ban time of its own; null takes the jail's.</param>
    /// <param name="previous">How often the id was banned before.</param>
    public BanDecision Add(Ticket ticket, BanTime? time = null, int previous = 0) => throw new NotImplementedException();

    /// <summary>Takes a ban out of the store at start, after <see cref="BanRestore"/> has corrected it; it is marked as restored.</summary>
    public BanDecision Restore(Ticket ticket, BanTime time, int previous) => throw new NotImplementedException();

    /// <summary>The ban of an id, or null.</summary>
    public Ban? Find(FailureId id) => throw new NotImplementedException();

    /// <summary>Whether an id itself is banned.</summary>
    public bool Contains(FailureId id) => throw new NotImplementedException();

    /// <summary>Gives a live ban another time and count (increments); null where it is not banned any more.</summary>
    public Ban? Change(FailureId id, BanTime time, int count) => throw new NotImplementedException();

    /// <summary>Ends and returns the bans whose time is over, in the order of their ends.</summary>
    /// <param name="limit">At most so many.</param>
    public IReadOnlyList<Ban> TakeExpired(int limit = int.MaxValue) => throw new NotImplementedException();

    /// <summary>Ends the ban of an id; null where there is none.</summary>
    public Ban? Remove(FailureId id) => throw new NotImplementedException();

    /// <summary>Ends every ban of an address or network inside the given network, in ban order.</summary>
    public IReadOnlyList<Ban> RemoveWithin(IpRange network) => throw new NotImplementedException();

    /// <summary>Ends every ban, in ban order.</summary>
    public IReadOnlyList<Ban> Flush() => throw new NotImplementedException();

    /// <summary>Every ban, in ban order; not kept up to date afterwards.</summary>
    public IEnumerable<Ban> All() => throw new NotImplementedException();

    /// <summary>Every banned id in ban order, for <c>status</c>.</summary>
    public IReadOnlyList<FailureId> IdsInBanOrder() => throw new NotImplementedException();

    /// <summary>Every banned id with begin and time, in the order of the ends, for <c>get banip</c>.</summary>
    public IReadOnlyList<BanSpan> InEndOrder() => throw new NotImplementedException();
}
