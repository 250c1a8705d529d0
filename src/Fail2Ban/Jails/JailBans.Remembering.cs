using Fail2Ban.Addresses;
using Fail2Ban.Store;
using Fail2Ban.Tracking.Bans;

namespace Fail2Ban.Jails;

// What follows a new ban beside its enforcement: whoever was banned before is banned for longer, the ban's row
// is written, and only then the log tells.

/// <summary>Lengthening, storing and telling a new ban.</summary>
public sealed partial class JailBans
{
    // How long a prolongation is held back at most, so that a ban that is unbanned at once does not cause one.
    private const double MaximumProlongDelay = 10;

    // Bans that are in force but not yet told. Their end is told after them.
    private readonly Dictionary<FailureId, Task> _untold = [];

    private bool _isBehind; // the last row could not be written yet

    private async Task RememberAndTellAsync(Ban ban)
    {
        Task told = RememberAsync(ban);
        if (told.IsCompleted) return;
        FailureId id = ban.Ticket.Id;
        _untold[id] = told;
        await told;
        if (_untold.TryGetValue(id, out Task? last) && last == told) _untold.Remove(id);
    }

    // Completes when the ban's row is on disk, or cannot be put there now.
    private async Task RememberAsync(Ban ban)
    {
        bool stored = true;
        Ban remembered = ban;
        if (_services.Store is { } store)
        {
            if (Increment.Enabled && !ban.Time.IsPermanent
                && await store.HistoryAsync(Increment.OverallJails ? null : _jail, ban.Ticket.Id.ToString()) is { } history)
                remembered = Lengthen(ban, history);

            // A ticket of old lines was stored when it was new. One that was unbanned meanwhile is to be forgotten.
            bool isOver = remembered.Time != ban.Time && remembered.End < _services.Time.GetUtcNow();
            if (!remembered.Restored && !isOver && Manager.Contains(ban.Ticket.Id)) stored = await store.AddBanAsync(_jail, remembered);
        }

        // Told only now: a ban that stands in the log is also in the database after a crash.
        _actionsLog.Banned(_jail, ban);
        if (!stored && !_isBehind) _actionsLog.NotStored(_jail, ban.Ticket.Id); // of a storm only the first
        _isBehind = !stored;
        if (remembered.Time == ban.Time || remembered.End < _services.Time.GetUtcNow()) return;
        _observerLog.Increased(_jail, ban.Ticket.Id, remembered.Count, remembered.Time, remembered.End, _services.Time.LocalTimeZone);
        double delay = remembered.Time.IsPermanent ? MaximumProlongDelay : Math.Clamp(remembered.Time.Seconds - ban.Time.Seconds - 5, 0, MaximumProlongDelay);
        _loop.Run(() => ProlongLaterAsync(remembered, TimeSpan.FromSeconds(delay)));
    }

    /// <summary>Stores again which bans are in force: the database has lost rows.</summary>
    internal void CompleteStore() => _loop.Run(() => _services.Store?.CompleteAsync(_jail, [.. Manager.All()]) ?? Task.CompletedTask);

    private Ban Lengthen(Ban ban, BanHistory history)
    {
        int before = Math.Max(history.Count, 1);
        BanTime longer = Increment.Calculate(ban.Time, before, out string? error);
        if (error is not null) _observerLog.IncrementFailed(_jail, error);
        _observerLog.KnownBad(_jail, ban.Ticket.Id, history.Count, history.LastBegin, _services.Time.LocalTimeZone, ban.Time, longer);
        bool isKnown = ban.Ticket.Time <= history.LastBegin;
        Ban? changed = Manager.Change(ban.Ticket.Id, longer, before + 1, isKnown);
        Changed();
        return changed ?? ban with { Time = longer, Count = before + 1, Restored = isKnown };
    }

    private async Task ProlongLaterAsync(Ban ban, TimeSpan delay)
    {
        await Task.Delay(delay, _services.Time);
        if (Manager.Find(ban.Ticket.Id) is { } live && live.Ticket.Time == ban.Ticket.Time) await Actions.ProlongAsync(live);
    }
}
