using System.Collections.Immutable;
using Fail2Ban.Processes;

namespace Fail2Ban.Enforcement.Actions;

// The stock actions of nftables, iptables and ipset are not made to be started twice: after a crash their rules would be
// there twice, bans that are over would stay, and those that go on would be there twice and be taken out once. Their own
// actioncheck tells whether they are in force already, before the first start of this process; their own actionstop ends it.

/// <summary>What a server that did not stop its actions has left in the firewall, where the action cannot take it over.</summary>
internal sealed partial class ActionOperations
{
    // A rule that several starts have multiplied goes one by one.
    private const int MostStops = 10;

    private static readonly ImmutableArray<int> AnyCode = [.. Enumerable.Range(0, 127)];

    /// <summary>Ends what an earlier server has left, also where no ban asks for the action any more.</summary>
    public async Task ClearLeftoversAsync()
    {
        if (action.IsNotification || Properties.Flag("takeover") == true) return;
        foreach (string family in Families())
            if (!State(family).IsStarted) await ClearLeftoverAsync(family).ConfigureAwait(false);
    }

    private async Task ClearLeftoverAsync(string family)
    {
        ActionCommand check = Properties.Command("actioncheck", family);
        if (check.Error is not null || check.IsBlank || Properties.Command("actionban", family) is not ({ Elements: not null } or { Batch: not null })) return;

        // Once started by us, whatever is there is ours, perhaps that of another action with the same set or chain.
        await enforcer.OnceAsync(check.Text, () => EndLeftoverAsync(check, family)).ConfigureAwait(false);
    }

    private async Task EndLeftoverAsync(ActionCommand check, string family)
    {
        for (int stops = 0; stops < MostStops && await IsInForceAsync(check, family).ConfigureAwait(false); stops++)
        {
            if (stops == 0) enforcer.JailLog.Leftover(context.Jail, action.Name);
            await RunAsync(Properties.Command("actionstop", family), null, family).ConfigureAwait(false);
        }
    }

    // As a check, but that it fails is nothing to report.
    private async Task<bool> IsInForceAsync(ActionCommand check, string family)
    {
        Tags.ShellText text = await BanTags.ReplaceAsync(check.Text, context, null, family, enforcer.Time.GetUtcNow()).ConfigureAwait(false);
        ShellResult result = await enforcer.RunAloneAsync(
            new ShellCommand(text.Text, text.Arguments) { Timeout = Properties.Timeout, SuccessCodes = AnyCode }).ConfigureAwait(false);
        return result is { Succeeded: true, ExitCode: 0 };
    }
}
