using Fail2Ban.Addresses;
using Fail2Ban.Enforcement.Firewall;
using Fail2Ban.Tracking.Bans;

namespace Fail2Ban.Enforcement.Actions;

/// <summary>What a server that was killed has left in the kernel.</summary>
internal sealed partial class ActionOperations
{
    /// <summary>
    /// For an action that wants it (property <c>takeover</c>) and whose bans are set elements: a set that is there before
    /// the first ban keeps the bans that go on, loses those that are over, and its layout is completed.
    /// </summary>
    /// <param name="bans">The bans that go on; they are asked for one by one later. Null: those that are in force when it is known that there is something.</param>
    public async Task TakeOverAsync(IReadOnlyList<Ban>? bans)
    {
        if (action.IsNotification || Properties.Flag("takeover") != true) return;
        if (!await enforcer.Elements.MayTakeOverAsync().ConfigureAwait(false)) return; // as after each boot
        foreach (string family in (string[])[.. Families(), .. Properties.Traits.NetworkFamilies])
        {
            if (Properties.Command("actionban", family) is not { Error: null, Elements: { Element: "<ip>" or "<fid>" } elements }) continue;
            await enforcer.OnceAsync($"{elements.Set}", () => TakeOverAsync(family, elements, bans)).ConfigureAwait(false);
        }
    }

    private async Task TakeOverAsync(string family, NftElements elements, IReadOnlyList<Ban>? bans)
    {
        if (!await enforcer.Elements.ClaimAsync(elements.Set).ConfigureAwait(false)) return;
        bans ??= await context.Bans(NftKernel.MostReplaced).ConfigureAwait(false);
        List<ElementChange> wanted = Wanted(family, elements, bans);
        ElementResult result = await enforcer.Elements.ReplaceAsync(elements.Set, wanted).ConfigureAwait(false);
        if (result.Outcome == ElementOutcome.Done) enforcer.JailLog.TookOver(context.Jail, action.Name, elements.Set.Name, wanted.Count);
        else enforcer.JailLog.TakeOverFailed(context.Jail, action.Name, elements.Set.Name, result.Error);
        if (State(family).IsStarted || await StartAsync(family).ConfigureAwait(false) is null) return;

        // What is there does not fit to what the action makes (another kind of set): it has to make room.
        await RunAsync(Properties.Command("actionstop", family), null, family).ConfigureAwait(false);
    }

    private List<ElementChange> Wanted(string family, NftElements elements, IReadOnlyList<Ban> bans)
    {
        // Restored ones last: of very many not all fit, and those follow one by one.
        IEnumerable<(IpRange Range, DateTimeOffset End)> ranges = bans.Where(ban => FamilyOf(ban) == family && !IsSkipped(ban)).OrderBy(ban => ban.Restored)
            .Select(ban => (Range: RangeOf(elements, ban), ban.End)).Where(item => item.Range is not null).Select(item => (item.Range!.Value, item.End));
        if (IsOfNetworks(family))
        {
            var cover = new NetworkCover();
            foreach ((IpRange network, DateTimeOffset end) in ranges) cover.Add(network, end);
            ranges = cover.Outermost();
        }

        return [.. ranges.Select(item => new ElementChange(elements.Set, item.Range, true, KernelTime(item.End)))];
    }

    private static IpRange? RangeOf(NftElements elements, Ban ban) => elements.Element switch
    {
        "<ip>" => (ban.Ticket.Address ?? ban.Ticket.Id).Range,
        "<fid>" => ban.Ticket.Id.Range,
        _ => NftElements.TryRange(elements.Element, out IpRange literal) ? literal : null,
    };
}
