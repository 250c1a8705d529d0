using Fail2Ban.Addresses;
using Fail2Ban.Enforcement.Firewall;
using Fail2Ban.Tracking.Bans;

namespace Fail2Ban.Enforcement.Actions;

/// <summary>Bans that are plain elements of nf_tables sets: to the kernel by netlink, without a process.</summary>
internal sealed partial class ActionOperations
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LongestKernelTime = TimeSpan.FromDays(36_500);

    /// <summary>Sends it to the kernel where it is a plain element command; null where the shell has to do it.</summary>
    public ElementChange? TrySubmit(BanVerb verb, Ban ban)
    {
        string family = FamilyOf(ban);
        bool isExtension = IsExtension(verb);
        if (isExtension && !Properties.Traits.HasKernelTimeouts) return null;
        if ((isExtension ? Properties.Command("actionban", family) : CommandOf(verb, family)) is not { Error: null, Elements: { } elements }) return null;
        if (RangeOf(elements, ban) is not { } range || !(isExtension ? State(family).HasItems : Applies(verb, family))) return null;
        if (IsOfNetworks(family)) return SubmitNetwork(State(family).Networks, elements, range, ban.End);

        var change = new ElementChange(elements.Set, range, elements.IsAdd, KernelTime(ban.End), isTied: isExtension);
        // Not every kernel takes a new time for an element that is there.
        if (isExtension) enforcer.Elements.Submit(new ElementChange(elements.Set, range, false), change);
        else enforcer.Elements.Submit(change);
        return change;
    }

    // No command is told of it, only the kernel.
    private bool IsExtension(BanVerb verb) => verb is BanVerb.Extend || (verb is BanVerb.Prolong && !Properties.Defines("actionprolong"));

    private bool IsOfNetworks(string family) => Properties.Traits.NetworkFamilies.Contains(family);

    // The last step is the one that counts: the others only make room for it, or fill what it leaves.
    private ElementChange SubmitNetwork(NetworkCover networks, NftElements elements, IpRange range, DateTimeOffset end)
    {
        ElementChange[] changes = [.. (elements.IsAdd ? networks.Add(range, end) : networks.Remove(range))
            .Select((step, index) => new ElementChange(elements.Set, step.Network, step.IsAdd, step.IsAdd ? KernelTime(step.End) : default, isTied: index > 0))];
        enforcer.Elements.Submit(changes);
        if (changes.Length > 0) return elements.IsAdd ? changes[^1] : changes[0];
        var covered = new ElementChange(elements.Set, range, elements.IsAdd);
        covered.Complete(ElementResult.Done);
        return covered;
    }

    // How long the kernel keeps an element by itself. The unban at the right time is ours; this is for the case that we are
    // not there any more, hence the grace. Zero: no such time.
    private TimeSpan KernelTime(DateTimeOffset end)
    {
        if (!Properties.Traits.HasKernelTimeouts) return default;
        TimeSpan left = end - enforcer.Time.GetUtcNow();
        return left > LongestKernelTime ? default : TimeSpan.FromSeconds(Math.Max(0, Math.Ceiling(left.TotalSeconds))) + Grace;
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
                    // Of a new time, the old one may have been taken out already.
                    if (await ExecuteAsync(IsExtension(item.Verb) ? BanVerb.Ban : item.Verb, item.Ban).ConfigureAwait(false) is { } error) fail(item, error);
                    break;
            }
        }

        foreach (IGrouping<string, PendingElement> group in withoutSet.GroupBy(item => FamilyOf(item.Ban)))
            await SecondAttemptAsync(group.Key, [.. group], fail).ConfigureAwait(false);
    }

    // The set is not there: as after a failed command, check, perhaps repair, and once more.
    private async Task SecondAttemptAsync(string family, List<PendingElement> pending, Action<PendingElement, string> fail)
    {
        Log.SetIsGone(Properties.Command("actionban", family).Text, pending.Count);
        if (Properties.Defines("actioncheck") && !await CheckAsync(family, isUnban: false).ConfigureAwait(false))
        {
            foreach (PendingElement item in pending) fail(item, Failure(item.Verb, item.Ban));
            return;
        }

        enforcer.SayLost(context);
        List<PendingElement> again = [.. pending.Select(item => item with { Change = TrySubmit(item.Verb, item.Ban) })];
        foreach (PendingElement item in again)
        {
            ElementResult result = item.Change is null ? default : await item.Change.Result.ConfigureAwait(false);
            if (result.Outcome == ElementOutcome.Done) _missing.Remove(item.Ban.Ticket.Id);
            else fail(item, Failure(item.Verb, item.Ban));
        }
    }

    // After a repair: all bans of the family in one go, where they are elements. Elsewhere each waits until it is seen again.
    private async Task BringBackAsync(string family, List<Ban> lost)
    {
        int count = 0;
        if (CommandOf(BanVerb.Reban, family) is { Error: null, Elements: null, Batch: { } batch })
        {
            List<PendingElement> pending = [.. lost.Where(ban => CanBeBatched(BanVerb.Reban, ban)).Select(ban => new PendingElement(this, BanVerb.Reban, ban, null))];
            count = pending.Count;
            await FinishBatchesAsync(pending, (_, _) => count--).ConfigureAwait(false);
            if (count > 0) enforcer.JailLog.RebannedAll(context.Jail, count, action.Name);
            return;
        }

        if (CommandOf(BanVerb.Reban, family).Elements is not { } elements) return;
        if (!IsOfNetworks(family) && lost.Count > 0)
        {
            State(family).HasItems = true;
            count = await enforcer.Elements.AddTogetherAsync(elements.Set, [.. lost.Select(ban => RangeOf(elements, ban) is { } range ? new ElementChange(elements.Set, range, true, KernelTime(ban.End)) : null)
                .TakeWhile(change => change is not null).Select(change => change!)]).ConfigureAwait(false);
            foreach (Ban ban in lost.Take(count)) _missing.Remove(ban.Ticket.Id);
        }

        List<(Ban Ban, ElementChange? Change)> changes = [.. lost.Skip(count).Select(ban => (ban, TrySubmit(BanVerb.Reban, ban)))];
        foreach ((Ban ban, ElementChange? change) in changes)
        {
            if (change is null || (await change.Result.ConfigureAwait(false)).Outcome != ElementOutcome.Done) continue;
            _missing.Remove(ban.Ticket.Id);
            count++;
        }

        if (count > 0) enforcer.JailLog.RebannedAll(context.Jail, count, action.Name);
    }
}
