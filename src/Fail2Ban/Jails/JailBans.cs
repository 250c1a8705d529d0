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
public sealed partial class JailBans : IDisposable
{
    // How many bans are restored or ended before the loop does something else in between.
    private const int Slice = 2000;

    // However far the next unban is away, the clock is looked at so often: it may have been set.
    private static readonly TimeSpan ClockCheck = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan RestoreAgain = TimeSpan.FromSeconds(5);

    private readonly string _jail;
    private readonly JailServices _services;
    private readonly JailLoop _loop;
    private readonly Log _actionsLog;
    private readonly Log _observerLog;
    private readonly ITimer _timer;
    private bool _isDisposed;

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
                Bans = most => loop.InvokeAsync(() => InForce(most)),
                History = FindHistoryAsync,
                HostName = id => id.Range is { IsSingle: true } address ? services.Resolver.FindHostAsync(address) : Task.FromResult<string?>(null),
                IPv6Allowed = () => services.IPv6Allowed,
                BanTime = () => Manager.BanTime,
                FullHostName = services.FullHostName,
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

    /// <summary>Takes the ban time and the options <c>bantime.*</c> of another jail; bans in force keep their time.</summary>
    internal void TakeOverTimes(JailBans draft)
    {
        Manager.BanTime = draft.Manager.BanTime;
        Increment = draft.Increment;
    }

    /// <summary>Takes the actions of another jail.</summary>
    /// <param name="draft">What was configured.</param>
    /// <param name="isStarted">Whether this jail works: new actions are then started and get the bans in force.</param>
    internal async Task TakeOverAsync(JailBans draft, bool isStarted)
    {
        foreach (JailAction gone in Actions.All.Where(action => draft.Actions.Find(action.Name) is null).ToArray()) await Actions.RemoveAsync(gone.Name);
        foreach (JailAction wanted in draft.Actions.All)
        {
            JailAction? present = Actions.Find(wanted.Name);
            if (present?.CanTakeOver(wanted) == true)
            {
                present.TakeOver(wanted);
                if (isStarted) await Actions.ReloadAsync(present);
                continue;
            }

            if (present is not null) await Actions.RemoveAsync(present.Name);
            if (Actions.AddLike(wanted) is not { } added) continue; // added by hand just now
            // Nothing may come between adding and this list: a ban belongs to it, or reaches the action by itself.
            if (isStarted) await Actions.StartAsync(added, [.. Manager.All().Select(ban => ban with { Restored = true })]);
        }

        Actions.Arrange([.. draft.Actions.All.Select(action => action.Name)]);
    }

    /// <summary>Bans by a ticket of the jail itself.</summary>
    /// <param name="ticket">Who, why and since when.</param>
    /// <param name="previous">How often the id is already known to have been banned.</param>
    /// <returns>Whether it is a new ban; complete when it is enforced and remembered.</returns>
    internal async Task<bool> BanAsync(Ticket ticket, int previous = 0)
    {
        BanDecision decision = Manager.Add(ticket, previous: previous);
        switch (decision.Outcome)
        {
            case BanOutcome.Expired:
                _actionsLog.Expired(_jail, ticket.Id);
                return false;
            case BanOutcome.AlreadyBanned:
                Changed();
                _actionsLog.AlreadyBanned(_jail, ticket.Id, decision.Level);
                if (decision.IsExtended) _ = Actions.ExtendAsync(decision.Ban);
                if (decision.CheckActions) await Actions.SeenAgainAsync(decision.Ban);
                return false;
            default:
                Changed();
                // The kernel first: remembering and telling happen beside it.
                Task enforced = Actions.BanAsync(decision.Ban);
                await RememberAndTellAsync(decision.Ban);
                await enforced;
                return true;
        }
    }

    /// <summary>Bans by hand: no failures, no lines, the jail's ban time, whatever the ignore lists say.</summary>
    internal Task<bool> BanByHandAsync(FailureId id) =>
        BanAsync(new Ticket(id, null, _services.Time.GetUtcNow(), 0, ImmutableArray<MatchedLine>.Empty, FailureData.Empty));

    /// <summary>Ends bans by hand; the text may be an address, a network that holds banned addresses, a name, or a text id.</summary>
    /// <returns>How many bans ended; complete when the actions have ended them.</returns>
    internal async Task<int> UnbanAsync(string text)
    {
        var id = FailureId.Parse(text);
        List<Ban> ended = [];
        IReadOnlyList<IpRange>? addresses = id.IsText && !Manager.Contains(id) ? await _services.Resolver.ResolveAsync(text) : null;

        if (_isReading) _endedMeanwhile.AddRange([id, .. (addresses ?? []).Select(FailureId.Of)]);

        // Ended and deleted in one step of the loop: a ban of the same id that comes now has its row behind the deletion.
        if (Manager.Remove(id) is { } ban) ended.Add(ban);
        else if (id.Range is { IsSingle: false } network) ended.AddRange(Manager.RemoveWithin(network));
        else if (addresses is not null)
        {
            foreach (IpRange address in addresses)
                if (Manager.Remove(FailureId.Of(address)) is { } resolved) ended.Add(resolved);
        }

        Task deleted = _services.Store?.DeleteBansAsync(_jail, [text, .. ended.Select(one => one.Ticket.Id.ToString()).Where(other => other != text)]) ?? Task.CompletedTask;
        if (ended.Count == 0)
        {
            await deleted;
            _actionsLog.NotBanned(text);
            return 0;
        }

        Changed();
        await Task.WhenAll(deleted, EndAsync(ended));
        return ended.Count;
    }

    /// <summary>Ends all bans and forgets them in the store too (<c>unban --all</c>).</summary>
    internal async Task<int> UnbanAllAsync()
    {
        BanManager ended = Manager.Flush();
        _allEndedMeanwhile |= _isReading;
        Task deleted = _services.Store?.DeleteAllBansAsync(_jail) ?? Task.CompletedTask;
        Changed();
        await Actions.FlushAsync(ended.All());
        await deleted;
        foreach (FailureId id in ended.IdsInBanOrder()) _actionsLog.Unbanned(_jail, id);
        return ended.Current;
    }

    /// <summary>Takes all bans out of force because the jail stops; the store keeps them.</summary>
    internal async Task RepealAsync()
    {
        BanManager ended = Manager.Flush();
        Changed();
        await Actions.FlushAsync(ended.All());
        foreach (FailureId id in ended.IdsInBanOrder()) _actionsLog.Repealed(_jail, id);
    }

    /// <summary>The clock was set: bans that are over by the new time end now, and the next end is waited for anew.</summary>
    internal void ClockWasSet() => OnTimer();

    /// <summary>Ends the timer.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        _timer.Dispose();
    }

    private IReadOnlyList<Ban> InForce(int most) => Manager.Current <= most
        ? [.. Manager.All()]
        : [.. Manager.All().Where(ban => !ban.Restored).Concat(Manager.All().Where(ban => ban.Restored)).Take(most)];

    private Task EndAsync(IReadOnlyList<Ban> ended) => Task.WhenAll(ended.Select(EndAsync));

    private async Task EndAsync(Ban ban)
    {
        Task done = Actions.UnbanAsync(ban);
        if (_untold.TryGetValue(ban.Ticket.Id, out Task? told)) await told;
        _actionsLog.Unbanned(_jail, ban.Ticket.Id);
        await done;
    }

    private void OnTimer() => _loop.Run(() =>
    {
        IReadOnlyList<Ban> ended = Manager.TakeExpired(Slice);
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
