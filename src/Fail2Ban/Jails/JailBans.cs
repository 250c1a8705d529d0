using System.Collections.Immutable;
using Fail2Ban.Addresses;
using Fail2Ban.Detection.Matching;
using Fail2Ban.Enforcement.Actions;
using Fail2Ban.Logging;
using Fail2Ban.Store;
using Fail2Ban.Tracking.Bans;
using Fail2Ban.Tracking.Failures;

namespace Fail2Ban.Jails;

/// <summary>A jail's bans from ticket to unban: the manager decides, actions enforce, the store remembers, the log tells.</summary>
/// <remarks>Owned by one jail's loop; not thread-safe.</remarks>
public sealed class JailBans : IDisposable
{
    // How long a prolongation is held back at most, so that a ban that is unbanned at once does not cause one.
    private const double MaximumProlongDelay = 10;

    // However far the next unban is away, the clock is looked at so often: it may have been set.
    private static readonly TimeSpan ClockCheck = TimeSpan.FromSeconds(30);

    private readonly string _jail;
    private readonly JailServices _services;
    private readonly JailLoop _loop;
    private readonly Log _actionsLog;
    private readonly Log _observerLog;
    private readonly ITimer _timer;

    internal JailBans(string jail, JailServices services, JailLoop loop, Func<JailCounters> counters)
    {
        _jail = jail;
        _services = services;
        _loop = loop;
        _actionsLog = services.Log.For(JailSentences.ActionsLogger);
        _observerLog = services.Log.For(JailSentences.ObserverLogger);
        Manager = new BanManager(services.Time);
        Actions = new JailActions(
            new ActionContext
            {
                Jail = jail,
                Counters = counters,
                Bans = () => loop.InvokeAsync<IReadOnlyList<Ban>>(() => [.. Manager.All()]),
                History = FindHistoryAsync,
                HostName = id => id.Range is { IsSingle: true } address ? services.Resolver.FindHostAsync(address) : Task.FromResult<string?>(null),
                IPv6Allowed = () => services.IPv6Allowed,
                ParseSeconds = static text => Values.Duration.TryParseSeconds(text, out double seconds, out _) ? seconds : null,
            },
            services.Enforcer);
        _timer = services.Time.CreateTimer(static state => ((JailBans)state!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The live bans and the jail's ban time.</summary>
    public BanManager Manager { get; }

    /// <summary>The options <c>bantime.*</c>.</summary>
    public BanTimeIncrement Increment { get; private set; } = new();

    /// <summary>What is done with a ban.</summary>
    public JailActions Actions { get; }

    /// <summary>Ends when the bans that were brought back at the start are in force.</summary>
    internal Task Restored { get; private set; } = Task.CompletedTask;

    /// <summary>Takes the settings and actions of another jail; bans in force keep their time.</summary>
    /// <param name="draft">What was configured.</param>
    /// <param name="isStarted">Whether this jail works: new actions are then started and get the bans in force.</param>
    internal async Task TakeOverAsync(JailBans draft, bool isStarted)
    {
        Manager.BanTime = draft.Manager.BanTime;
        Increment = draft.Increment;
        foreach (CommandAction gone in Actions.All.Where(action => draft.Actions.Find(action.Name) is null).ToArray()) await Actions.RemoveAsync(gone.Name);
        foreach (CommandAction wanted in draft.Actions.All)
        {
            CommandAction? present = Actions.Find(wanted.Name);
            if (present is not null && JailActions.CanReload(present, wanted))
            {
                present.TakeOver(wanted);
                if (isStarted) await Actions.ReloadAsync(present);
                continue;
            }

            if (present is not null) await Actions.RemoveAsync(present.Name);
            if (Actions.Add(wanted.Name) is not { } added) continue; // added by hand just now
            added.TakeOver(wanted);
            // Nothing may come between adding and this list: a ban belongs to it, or reaches the action by itself.
            if (isStarted) await Actions.StartAsync(added, [.. Manager.All().Select(ban => ban with { Restored = true })]);
        }
    }

    /// <summary>Bans by a ticket of the jail itself.</summary>
    /// <returns>Whether it is a new ban; complete when it is enforced and remembered.</returns>
    internal async Task<bool> BanAsync(Ticket ticket)
    {
        BanDecision decision = Manager.Add(ticket);
        switch (decision.Outcome)
        {
            case BanOutcome.Expired:
                _actionsLog.Expired(_jail, ticket.Id);
                return false;
            case BanOutcome.AlreadyBanned:
                Changed();
                _actionsLog.AlreadyBanned(_jail, ticket.Id, decision.Level);
                if (decision.CheckActions) await Actions.SeenAgainAsync(decision.Ban);
                return false;
            default:
                Changed();
                // The kernel first: remembering and telling happen beside it.
                Task enforced = Actions.BanAsync(decision.Ban);
                await RememberAsync(decision.Ban);
                await enforced;
                return true;
        }
    }

    /// <summary>Bans by hand: no failures, no lines, the jail's ban time, whatever the ignore lists say.</summary>
    internal Task<bool> BanByHandAsync(FailureId id) =>
        BanAsync(new Ticket(id, null, _services.Time.GetUtcNow(), 0, ImmutableArray<MatchedLine>.Empty, FailureData.Empty));

    /// <summary>Brings the stored bans back into force.</summary>
    internal async Task RestoreAsync(IgnoreChecks ignore)
    {
        if (_services.Store is not { } store) return;
        foreach (StoredBan stored in await store.CurrentBansAsync(_jail))
        {
            if (await ignore.FindReasonAsync(stored.Ticket.Id, null) is { } reason)
            {
                _services.Log.For(JailSentences.FilterLogger).Ignored(_jail, stored.Ticket.Id, reason);
                continue;
            }

            BanTime? time = BanRestore.Correct(stored.Ticket.Time, stored.Time, Manager.BanTime, Increment, _services.Time.GetUtcNow());
            if (time is null) continue;
            BanDecision decision = Manager.Restore(stored.Ticket, time.Value, stored.Count);
            if (decision.Outcome != BanOutcome.Added) continue;
            _actionsLog.Banned(_jail, decision.Ban);
            Restored = Actions.BanAsync(decision.Ban); // in order: when the last one is in force, all are
        }

        Changed();
    }

    /// <summary>Ends bans by hand; the text may be an address, a network that holds banned addresses, a name, or a text id.</summary>
    /// <returns>How many bans ended; complete when the actions have ended them.</returns>
    internal async Task<int> UnbanAsync(string text)
    {
        if (_services.Store is { } store) await store.DeleteBansAsync(_jail, text);
        var id = FailureId.Parse(text);
        var ended = new List<Ban>();
        if (Manager.Remove(id) is { } ban) ended.Add(ban);
        else if (id.Range is { IsSingle: false } network) ended.AddRange(Manager.RemoveWithin(network));
        else if (id.IsText)
        {
            foreach (IpRange address in await _services.Resolver.ResolveAsync(text))
                if (Manager.Remove(FailureId.Of(address)) is { } resolved) ended.Add(resolved);
        }

        if (ended.Count == 0)
        {
            _actionsLog.NotBanned(text);
            return 0;
        }

        Changed();
        if (_services.Store is { } rows && !(ended.Count == 1 && ended[0].Ticket.Id.ToString() == text))
            foreach (Ban one in ended) await rows.DeleteBansAsync(_jail, one.Ticket.Id.ToString());
        await EndAsync(ended);
        return ended.Count;
    }

    /// <summary>Ends all bans and forgets them in the store too (<c>unban --all</c>).</summary>
    internal async Task<int> UnbanAllAsync()
    {
        if (_services.Store is { } store) await store.DeleteBansAsync(_jail, null);
        IReadOnlyList<Ban> ended = Manager.Flush();
        Changed();
        if (ended.Count > 0) await Actions.FlushAsync(ended);
        foreach (Ban ban in ended) _actionsLog.Unbanned(_jail, ban.Ticket.Id);
        return ended.Count;
    }

    /// <summary>Takes all bans out of force because the jail stops; the store keeps them.</summary>
    internal async Task RepealAsync()
    {
        IReadOnlyList<Ban> ended = Manager.Flush();
        Changed();
        if (ended.Count > 0) await Actions.FlushAsync(ended);
        foreach (Ban ban in ended) _actionsLog.Repealed(_jail, ban.Ticket.Id);
    }

    /// <summary>Ends the timer.</summary>
    public void Dispose() => _timer.Dispose();

    // Completes when the ban's row is on disk, or cannot be put there now.
    private async Task RememberAsync(Ban ban)
    {
        bool stored = true;
        Ban remembered = ban;
        if (_services.Store is { } store)
        {
            BanHistory? history = Increment.Enabled && !ban.Time.IsPermanent
                ? await store.HistoryAsync(Increment.OverallJails ? null : _jail, ban.Ticket.Id.ToString())
                : null;
            if (history is not null) remembered = Lengthen(ban, history);
            stored = await store.AddBanAsync(_jail, remembered);
        }

        // Told only now: a ban that stands in the log is also in the database after a crash.
        _actionsLog.Banned(_jail, ban);
        if (!stored) _actionsLog.NotStored(_jail, ban.Ticket.Id);
        if (remembered.Time == ban.Time) return;
        _observerLog.Increased(_jail, ban.Ticket.Id, remembered.Count, remembered.Time, remembered.End, _services.Time.LocalTimeZone);
        double delay = remembered.Time.IsPermanent ? MaximumProlongDelay : Math.Clamp(remembered.Time.Seconds - ban.Time.Seconds - 5, 0, MaximumProlongDelay);
        _loop.Run(() => ProlongLaterAsync(remembered, TimeSpan.FromSeconds(delay)));
    }

    private Ban Lengthen(Ban ban, BanHistory history)
    {
        BanTime longer = Increment.Calculate(Manager.BanTime, Math.Max(history.Count, 1), out string? error);
        if (error is not null) _observerLog.IncrementFailed(_jail, error);
        _observerLog.KnownBad(_jail, ban.Ticket.Id, history.Count, history.LastBegin, _services.Time.LocalTimeZone, ban.Time, longer);
        Ban? changed = Manager.Change(ban.Ticket.Id, longer, history.Count + 1);
        Changed();
        return changed ?? ban with { Time = longer, Count = history.Count + 1 };
    }

    private async Task ProlongLaterAsync(Ban ban, TimeSpan delay)
    {
        await Task.Delay(delay, _services.Time);
        if (Manager.Find(ban.Ticket.Id) is { } live) await Actions.ProlongAsync(live);
    }

    private async Task EndAsync(IReadOnlyList<Ban> ended)
    {
        var tasks = new List<Task>(ended.Count);
        foreach (Ban ban in ended)
        {
            _actionsLog.Unbanned(_jail, ban.Ticket.Id);
            tasks.Add(Actions.UnbanAsync(ban));
        }

        await Task.WhenAll(tasks);
    }

    private void OnTimer() => _loop.Run(() =>
    {
        IReadOnlyList<Ban> ended = Manager.TakeExpired();
        Changed();
        return EndAsync(ended);
    });

    private void Changed()
    {
        if (Manager.NextEnd is not { } end)
        {
            _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            return;
        }

        // A ban lasts to its end inclusive: the timer fires just after it.
        TimeSpan due = end - _services.Time.GetUtcNow() + TimeSpan.FromMilliseconds(1);
        _timer.Change(due < TimeSpan.Zero ? TimeSpan.Zero : due < ClockCheck ? due : ClockCheck, Timeout.InfiniteTimeSpan);
    }

    private async Task<IdHistory?> FindHistoryAsync(FailureId id, bool overall)
    {
        if (_services.Store is not { } store) return null;
        MergedBans? merged = await store.MergedAsync(overall ? null : _jail, id.ToString());
        return merged is null ? null : new IdHistory(merged.Failures, merged.Matches);
    }
}
