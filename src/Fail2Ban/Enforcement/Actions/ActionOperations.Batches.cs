using System.Text;
using Fail2Ban.Enforcement.Firewall;
using Fail2Ban.Processes;
using Fail2Ban.Tracking.Bans;

namespace Fail2Ban.Enforcement.Actions;

/// <summary>Bans that are plain commands of iptables or ipset: many through one process. One alone is run as it is written.</summary>
internal sealed partial class ActionOperations
{
    private const int WorthListing = 20;
    private const int MostListing = 64 * 1024 * 1024;

    /// <summary>Whether it can wait and go together with others.</summary>
    public bool CanBeBatched(BanVerb verb, Ban ban)
    {
        string family = FamilyOf(ban);
        return CommandOf(verb, family) is { Error: null, Batch: { } batch } && SubjectOf(batch, ban) is not null && Applies(verb, family);
    }

    private async Task FinishBatchesAsync(IReadOnlyList<PendingElement> pending, Action<PendingElement, string> fail)
    {
        foreach (IGrouping<BatchCommand, PendingElement> group in pending.GroupBy(item => CommandOf(item.Verb, FamilyOf(item.Ban)).Batch!))
        {
            var portion = new List<PendingElement>();
            int bytes = 0;
            foreach (PendingElement item in await OrderedAsync(group.Key, [.. group]).ConfigureAwait(false))
            {
                int length = group.Key.LineFor(SubjectOf(group.Key, item.Ban)!).Length;
                if (bytes + length > BatchCommand.MostBytes)
                {
                    await RunBatchAsync(group.Key, portion, fail).ConfigureAwait(false);
                    portion = [];
                    bytes = 0;
                }

                portion.Add(item);
                bytes += length;
            }

            await RunBatchAsync(group.Key, portion, fail).ConfigureAwait(false);
        }
    }

    // iptables looks for a rule to delete from the chain's beginning, comparing each: 10,000 rules took 34 s in the order of
    // their bans, newest last, and a second in that of the chain.
    private async Task<List<PendingElement>> OrderedAsync(BatchCommand batch, List<PendingElement> items)
    {
        if (batch.Listing is null || items.Count < WorthListing) return items;
        var listing = new ShellCommand(batch.Listing) { Timeout = Properties.Timeout, MostOutput = MostListing };
        if (await enforcer.RunAloneAsync(listing).ConfigureAwait(false) is not { Succeeded: true } result) return items;
        Dictionary<string, int> places = BatchCommand.PlacesIn(result.Output);
        return [.. items.OrderBy(item => places.GetValueOrDefault(SubjectOf(batch, item.Ban)!, int.MaxValue))];
    }

    // All or nothing (iptables), or repeatable (ipset -exist): where it fails, each half is tried, down to the one that is
    // bad; that one goes the usual way, with its check and repair.
    private async Task RunBatchAsync(BatchCommand batch, List<PendingElement> portion, Action<PendingElement, string> fail)
    {
        if (portion.Count == 0) return;
        if (portion.Count == 1)
        {
            if (await ExecuteAsync(portion[0].Verb, portion[0].Ban).ConfigureAwait(false) is { } error) fail(portion[0], error);
            return;
        }

        var text = new StringBuilder(batch.Opening);
        foreach (PendingElement item in portion) text.Append(batch.LineFor(SubjectOf(batch, item.Ban)!));
        text.Append(batch.Closing);
        var command = new ShellCommand(batch.Restore) { Timeout = Properties.Timeout, Input = Encoding.ASCII.GetBytes(text.ToString()) };
        if ((await enforcer.RunAloneAsync(command).ConfigureAwait(false)).Succeeded)
        {
            foreach (PendingElement item in portion) _missing.Remove(item.Ban.Ticket.Id);
            return;
        }

        int half = portion.Count / 2;
        await RunBatchAsync(batch, portion[..half], fail).ConfigureAwait(false);
        await RunBatchAsync(batch, portion[half..], fail).ConfigureAwait(false);
    }

    // Only addresses and networks: any other id is text, and goes through the shell as an argument.
    private static string? SubjectOf(BatchCommand batch, Ban ban) =>
        (batch.Tag == "<ip>" ? ban.Ticket.Address ?? ban.Ticket.Id : ban.Ticket.Id) is { IsText: false } subject ? subject.ToString() : null;
}
