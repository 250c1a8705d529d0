using Fail2Ban.Addresses;
using Fail2Ban.Store;
using Fail2Ban.Tracking.Bans;

namespace Fail2Ban.Jails;

// A million bans come back through portions: of the rows, and of what is on its way to the actions.

/// <summary>Bringing the stored bans back into force.</summary>
public sealed partial class JailBans
{
    private const int Portion = 5000; // of rows

    // How many restored bans may be on their way to the actions; beyond it, the rest follows beside the jail's work.
    private const int MostUnanswered = 20_000;

    // What is unbanned while stored bans are on their way from the database: their rows may have been read before.
    private readonly List<FailureId> _endedMeanwhile = [];
    private bool _allEndedMeanwhile;
    private bool _isReading;

    /// <summary>Ends when the bans that were brought back at the start are in force.</summary>
    internal Task Restored { get; private set; } = Task.CompletedTask;

    /// <summary>Brings the stored bans back into force; what a crash left in the kernel beyond them goes.</summary>
    internal async Task RestoreAsync(IgnoreChecks ignore)
    {
        if (await TryRestoreAsync(ignore)) return;

        // Locked, or on a disk that is full or failing: the jail works meanwhile.
        _actionsLog.NotRestored(_jail, RestoreAgain);
        _loop.Run(() => RestoreLaterAsync(ignore));
    }

    private async Task RestoreLaterAsync(IgnoreChecks ignore)
    {
        do
        {
            await Task.Delay(RestoreAgain, _services.Time);
        }
        while (!_isDisposed && !await TryRestoreAsync(ignore));
    }

    // False where the database could not be read, or not to its end.
    private async Task<bool> TryRestoreAsync(IgnoreChecks ignore)
    {
        _isReading = true;
        try
        {
            return await ReadAndRestoreAsync(ignore);
        }
        finally
        {
            _isReading = _allEndedMeanwhile = false;
            _endedMeanwhile.Clear();
        }
    }

    private async Task<bool> ReadAndRestoreAsync(IgnoreChecks ignore)
    {
        int restored = 0;
        IReadOnlyList<StoredBan>? found = [];
        for (string after = ""; _services.Store is { } store && !_isDisposed; after = found[^1].Text)
        {
            found = await store.CurrentBansAsync(_jail, after: after, most: Portion);
            if (found is not null && !_isDisposed) restored += await DecideAsync(found, ignore);
            if (found is not { Count: Portion }) break;
        }

        if (found is null && restored == 0) return false;

        // Whoever was unbanned in between must not come back, whoever was banned in between must stay: the lane does
        // things in this order.
        _ = Actions.TakeOverAsync(null, _services.Store is { WasLeftOpen: true });
        Task posted = EnforceAsync(restored);
        if (restored <= MostUnanswered) await posted;
        else Restored = posted;
        Changed();
        return found is not null;
    }

    // How many of them are in force again.
    private async Task<int> DecideAsync(IReadOnlyList<StoredBan> found, IgnoreChecks ignore)
    {
        int restored = 0;
        foreach (StoredBan stored in found)
        {
            if (await ignore.FindReasonAsync(stored.Ticket.Id, null) is { } reason)
            {
                _services.Log.For(JailSentences.FilterLogger).Ignored(_jail, stored.Ticket.Id, reason);
                continue;
            }

            BanTime? time = BanRestore.Correct(stored.Ticket.Time, stored.Time, Manager.BanTime, Increment, _services.Time.GetUtcNow());
            if (time is null) continue;
            if (_allEndedMeanwhile || _endedMeanwhile.Exists(ended => Covers(ended, stored.Ticket.Id)))
            {
                // Of a network, only its own row is deleted yet. Who is banned anew has a row that is to stay.
                if (!Manager.Contains(stored.Ticket.Id)) _ = _services.Store?.DeleteBansAsync(_jail, stored.Ticket.Id.ToString());
                continue;
            }

            BanDecision decision = Manager.Restore(stored.Ticket, time.Value, stored.Count);
            if (decision.Outcome == BanOutcome.Added) restored++;
        }

        return restored;
    }

    private static bool Covers(FailureId ended, FailureId id) =>
        ended == id || (ended.Range is { IsSingle: false } network && id.Range is { } range && network.Contains(range));

    private async Task EnforceAsync(int restored)
    {
        var onTheirWay = new Queue<Task>();
        Task last = Task.CompletedTask;
        int posted = 0;
        foreach (Ban ban in Manager.TakeRestored())
        {
            _actionsLog.Banned(_jail, ban);
            last = Actions.BanAsync(ban); // in order: when the last one is in force, all are
            if (posted++ % Slice != Slice - 1) continue;
            onTheirWay.Enqueue(last);
            await Task.Yield();
            while (onTheirWay.Count >= MostUnanswered / Slice) await onTheirWay.Dequeue();
            if (_isDisposed) break;
        }

        if (restored <= MostUnanswered) Restored = last;
        else await last;
    }
}
