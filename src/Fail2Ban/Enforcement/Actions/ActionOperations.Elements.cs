using Fail2Ban.Addresses;
using Fail2Ban.Enforcement.Firewall;
using Fail2Ban.Tracking.Bans;

namespace Fail2Ban.Enforcement.Actions;

/// <summary>Bans that are plain elements of nf_tables sets: to the kernel by netlink, without a process.</summary>
internal sealed partial class ActionOperations
{
    /// <summary>Sends it to the kernel where it is a plain element command; null where the shell has to do it.</summary>
    public ElementChange? TrySubmit(BanVerb verb, Ban ban)
    {
        string family = FamilyOf(ban);
        if (CommandOf(verb, family) is not { Error: null, Elements: { } elements }) return null;
        IpRange? range = RangeOf(elements, ban);
        if (range is null || !Applies(verb, family)) return null;
        return enforcer.Elements.Submit(new ElementChange(elements.Set, range.Value, elements.IsAdd));
    }

    /// <summary>Takes the kernel's answers and does what they ask for.</summary>
    /// <param name="pending">Changes of this action, in order.</param>
    /// <param name="fail">Told about each ban that could not be done.</param>
    public async Task FinishAsync(IReadOnlyList<PendingElement> pending, Action<PendingElement, string> fail)
    {
        await FinishBatchesAsync([.. pending.Where(item => item.Change is null)], fail).ConfigureAwait(false);
        var withoutSet = new List<PendingElement>();
        foreach (PendingElement item in pending)
        {
            if (item.Change is null) continue;
            ElementResult result = await item.Change.Result.ConfigureAwait(false);
            switch (result.Outcome)
            {
                case ElementOutcome.Done:
                    _missing.Remove(item.Ban.Ticket.Id);
                    break;
                case ElementOutcome.NoSet when item.Change.IsAdd:
                    withoutSet.Add(item);
                    break;
                case ElementOutcome.NoSet when Properties.Flag("actionrepair_on_unban") != true:
                    // The set is gone and the element with it: what was wanted. The next ban repairs the set.
                    break;
                default:
                    if (result.Outcome == ElementOutcome.Unavailable) enforcer.SayRefusal(result.Error);
                    else Log.ElementRefused(item.Change.Range.ToString(), item.Change.Set.Name, result.Error);
                    if (await ExecuteAsync(item.Verb, item.Ban).ConfigureAwait(false) is { } error) fail(item, error);
                    break;
            }
        }

        foreach (IGrouping<string, PendingElement> group in withoutSet.GroupBy(item => FamilyOf(item.Ban)))
            await SecondAttemptAsync(group.Key, [.. group], fail).ConfigureAwait(false);
    }

    // The set is not there: as after a failed command, check, perhaps repair, and once more.
    private async Task SecondAttemptAsync(string family, List<PendingElement> pending, Action<PendingElement, string> fail)
    {
        Log.SetIsGone(CommandOf(pending[0].Verb, family).Text, pending.Count);
        if (Properties.Defines("actioncheck") && !await CheckAsync(family, isUnban: false).ConfigureAwait(false))
        {
            foreach (PendingElement item in pending) fail(item, Failure(item.Verb, item.Ban));
            return;
        }

        List<PendingElement> again = [.. pending.Select(item => item with { Change = Resubmit(item.Change!) })];
        foreach (PendingElement item in again)
        {
            ElementResult result = await item.Change!.Result.ConfigureAwait(false);
            if (result.Outcome == ElementOutcome.Done) _missing.Remove(item.Ban.Ticket.Id);
            else fail(item, Failure(item.Verb, item.Ban));
        }
    }

    // After a repair: all bans of the family in one go, where they are elements. Elsewhere each waits until it is seen again.
    private async Task BringBackAsync(string family, List<Ban> lost)
    {
        if (CommandOf(BanVerb.Reban, family).Elements is null) return;
        List<(Ban Ban, ElementChange? Change)> changes = [.. lost.Select(ban => (ban, TrySubmit(BanVerb.Reban, ban)))];
        int count = 0;
        foreach ((Ban ban, ElementChange? change) in changes)
        {
            if (change is null || (await change.Result.ConfigureAwait(false)).Outcome != ElementOutcome.Done) continue;
            _missing.Remove(ban.Ticket.Id);
            count++;
        }

        if (count > 0) enforcer.JailLog.RebannedAll(context.Jail, count, action.Name);
    }

    private ElementChange Resubmit(ElementChange change) => enforcer.Elements.Submit(new ElementChange(change.Set, change.Range, change.IsAdd));
}
