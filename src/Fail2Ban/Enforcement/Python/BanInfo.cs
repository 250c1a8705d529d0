using Fail2Ban.Enforcement.Actions;
using Fail2Ban.Tracking.Bans;
using Fail2Ban.Values;

namespace Fail2Ban.Enforcement.Python;

/// <summary>What a Python action gets as <c>aInfo</c>: the tags of a ban, as values.</summary>
internal sealed class BanInfo(ActionContext context, Ban ban)
{
    // Names of hosts and earlier bans are asked for only if the action wants them.
    private static readonly string[] Asked = ["ip-rev", "ip-host", "ipmatches", "ipjailmatches", "ipfailures", "ipjailfailures", "raw-ticket"];

    /// <summary>The values that are there, and the names of those that can be asked for.</summary>
    public PythonDict ToDict()
    {
        var subject = ban.Ticket.Address ?? ban.Ticket.Id;
        JailCounters counters = context.Counters();
        double time = ban.Ticket.Time.ToUnixSeconds();
        return new PythonDict
        {
            ["values"] = new PythonDict
            {
                ["ip"] = subject.ToString(),
                ["family"] = subject.Family,
                ["fid"] = ban.Ticket.Id.ToString(),
                ["failures"] = ban.Ticket.Failures,
                ["time"] = ban.Restored ? (long)Math.Floor(time) : time, // a restored ticket has an integer
                ["bantime"] = (long)ban.Time.Seconds,
                ["bancount"] = ban.Count,
                ["matches"] = string.Join('\n', ban.Ticket.Matches),
                ["restored"] = ban.Restored ? 1 : 0,
                ["F-*"] = BanTags.Fields(ban),
                ["jail.banned"] = counters.Banned,
                ["jail.banned_total"] = counters.BannedTotal,
                ["jail.found"] = counters.Found,
                ["jail.found_total"] = counters.FoundTotal,
            },
            ["lazy"] = Asked.Cast<object?>().ToList(),
        };
    }

    /// <summary>The value of one of the others.</summary>
    public async Task<object?> AskAsync(string tag)
    {
        if (Array.IndexOf(Asked, tag) < 0) return null;
        string text = await BanTags.ExpandAsync($"<{tag}>", context, ban).ConfigureAwait(false);
        return tag switch
        {
            "ipfailures" or "ipjailfailures" => long.Parse(text, System.Globalization.CultureInfo.InvariantCulture),
            "ip-host" when text == "None" => null,
            _ => text,
        };
    }
}
