using Fail2Ban.Addresses;
using Fail2Ban.Enforcement.Firewall;
using Fail2Ban.Tracking.Bans;

namespace Fail2Ban.Enforcement.Actions;

// Elements of nf_tables are sent without waiting, so that the bans of a burst or of a restart travel together, and plain
// commands of iptables and ipset wait for each other; answers are taken (and the latter run) when the queue is empty, before anything that goes through a shell, before anything that concerns the same
// id again, and after 5,000. So the order of effects is that of the calls.

/// <summary>The lane of one jail.</summary>
public sealed partial class JailActions
{
    private const int MostForProcesses = 100_000;

    private readonly List<WorkingAction> _working = [];
    private readonly List<PendingElement> _pending = [];
    private readonly HashSet<FailureId> _pendingIds = [];
    private readonly List<LaneItem> _unanswered = [];

    // What goes through a process costs the more the more often one is started; for netlink the queue is only to be short.
    private bool IsFull => _pending.Count >= ElementTransaction.MostElements && (_pending.Count >= MostForProcesses || _pending[^1].Change is not null);

    private Task PostAsync(Func<Task> step) => PostAsync(LaneItem.Of(step));

    private Task PostAsync(BanVerb verb, Ban ban) => PostAsync(LaneItem.Of(verb, ban));

    private Task PostAsync(LaneItem item) => _lane.Writer.TryWrite(item) ? item.Done : Task.CompletedTask;

    private async Task LaneAsync()
    {
        while (await _lane.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            while (_lane.Reader.TryRead(out LaneItem? item)) await GuardedAsync(() => DoAsync(item), item).ConfigureAwait(false);
            await GuardedAsync(DrainAsync, null).ConfigureAwait(false);
        }
    }

    private async Task GuardedAsync(Func<Task> step, LaneItem? item)
    {
        try
        {
            await step().ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            // The border of the lane: one action's fault must not end the jail's enforcement.
            _enforcer.JailLog.LaneFault(_context.Jail, fault);
            item?.Complete();
        }
    }

    private async Task DoAsync(LaneItem item)
    {
        if (item.Step is not null)
        {
            await DrainAsync().ConfigureAwait(false);
            await item.Step().ConfigureAwait(false);
            item.Complete();
            return;
        }

        if (_pendingIds.Contains(item.Ban!.Ticket.Id) || IsFull) await DrainAsync().ConfigureAwait(false);
        _unanswered.Add(item);
        foreach (WorkingAction working in _working) await DoAsync(working, item.Verb, item.Ban).ConfigureAwait(false);
        if (_pending.Count == 0) await DrainAsync().ConfigureAwait(false);
    }

    private async Task DoAsync(WorkingAction working, BanVerb verb, Ban ban)
    {
        JailAction action = working.Action;
        if (ban.Restored && verb is (BanVerb.Ban or BanVerb.Prolong) && action.SkipsRestored) return;
        if (working.Enforcing is not { } operations)
        {
            if (verb == BanVerb.Extend) return;
            if (!action.IsNotification) await AnswersAsync().ConfigureAwait(false);
            if (verb != BanVerb.Unban || action.HasUnban)
                await working.DoAsync(all => all.ExecuteAsync(verb, ban), error => Fail(action, verb, ban, error), ban.Ticket.Id).ConfigureAwait(false);
            return;
        }

        if (operations.NeedsStart(verb, ban))
        {
            await AnswersAsync().ConfigureAwait(false);
            if (await operations.StartForAsync(ban).ConfigureAwait(false) is { } startError)
            {
                if (startError.Length > 0) Fail(action, verb, ban, startError);
                return;
            }
        }

        if (operations.TrySubmit(verb, ban) is { } change)
        {
            _pending.Add(new PendingElement(operations, verb, ban, change));
            _pendingIds.Add(ban.Ticket.Id);
            return;
        }

        if (verb == BanVerb.Extend) return;
        if (operations.CanBeBatched(verb, ban))
        {
            _pending.Add(new PendingElement(operations, verb, ban, null));
            _pendingIds.Add(ban.Ticket.Id);
            return;
        }

        await AnswersAsync().ConfigureAwait(false);
        if (await operations.ExecuteAsync(verb, ban).ConfigureAwait(false) is { } error) Fail(action, verb, ban, error);
    }

    // Takes the kernel's answers, and tells everybody who waits.
    private async Task DrainAsync()
    {
        try
        {
            await AnswersAsync().ConfigureAwait(false);
        }
        finally
        {
            foreach (LaneItem item in _unanswered) item.Complete();
            _unanswered.Clear();
        }
    }

    private async Task AnswersAsync()
    {
        if (_pending.Count == 0) return;
        PendingElement[] pending = [.. _pending];
        _pending.Clear();
        _pendingIds.Clear();
        foreach (IGrouping<ActionOperations, PendingElement> group in pending.GroupBy(item => item.Action))
        {
            await group.Key.FinishAsync([.. group],
                (item, error) => Fail(item.Action.Action, item.Verb, item.Ban, error)).ConfigureAwait(false);
        }
    }

    private async Task FlushAsync(IEnumerable<WorkingAction> actions, IEnumerable<Ban> bans)
    {
        List<WorkingAction> others = [];
        foreach (WorkingAction working in actions)
        {
            JailAction action = working.Action;
            if (!action.HasFlush)
            {
                others.Add(working);
                continue;
            }

            _enforcer.JailLog.Flushing(_context.Jail, action.Name);
            IEnumerable<Ban> itsBans = action is { IsNotification: true, HasUnban: true } and not CommandAction ? [.. bans] : bans; // it may come to them later
            await working.DoAsync(operations => FlushAsync(action, operations, itsBans), error => FlushFailed(action, error)).ConfigureAwait(false);
            if (working.Enforcing is { HasItems: true } commands) await commands.CheckAfterFlushAsync().ConfigureAwait(false);
        }

        foreach (Ban ban in others.Count > 0 ? bans : [])
        {
            if (IsFull) await AnswersAsync().ConfigureAwait(false);
            foreach (WorkingAction working in others) await DoAsync(working, BanVerb.Unban, ban).ConfigureAwait(false);
        }

        await AnswersAsync().ConfigureAwait(false);
    }

    // A program that does not flush is to end each ban by itself.
    private async Task<string?> FlushAsync(JailAction action, IActionOperations operations, IEnumerable<Ban> bans)
    {
        string? error = await operations.FlushAsync().ConfigureAwait(false);
        if (error is null || action is CommandAction) return error;
        FlushFailed(action, error);
        foreach (Ban ban in action.HasUnban ? bans : [])
            if (await operations.ExecuteAsync(BanVerb.Unban, ban).ConfigureAwait(false) is { } failure) Fail(action, BanVerb.Unban, ban, failure);
        return null;
    }

    private Task StopAsync(WorkingAction working) => working.DoAsync(operations => operations.StopAsync(),
        error => _enforcer.JailLog.StopFailed(_context.Jail, working.Action.Name, error));

    private bool FlushFailed(JailAction action, string error)
    {
        if (error.Length > 0) _enforcer.JailLog.FlushFailed(_context.Jail, action.Name, error);
        return false;
    }

    private void Fail(JailAction action, BanVerb verb, Ban ban, string error) => _enforcer.JailLog.ExecutionFailed(
        verb switch { BanVerb.Unban => "unban", BanVerb.Prolong or BanVerb.Extend => "prolong", _ => "ban" }, _context.Jail, action.Name, ban, error);
}
