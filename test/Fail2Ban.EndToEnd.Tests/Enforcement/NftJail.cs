using System.Net;
using System.Text.RegularExpressions;
using Fail2Ban.Addresses;
using Fail2Ban.Detection.Matching;
using Fail2Ban.Enforcement.Actions;
using Fail2Ban.Logging;
using Fail2Ban.Processes;
using Fail2Ban.Tracking.Bans;
using Fail2Ban.Tracking.Failures;

namespace Fail2Ban.EndToEnd.Tests.Enforcement;

/// <summary>A jail whose one action is that of nftables as fail2ban ships it.</summary>
internal sealed partial class NftJail : IAsyncDisposable
{
    private readonly ShellRunner _shell;
    private readonly Enforcer _enforcer;
    private readonly Dictionary<FailureId, Ban> _bans = [];

    public NftJail(bool isInterval = false, string program = "nft", string name = "demo")
    {
        var log = new Log(Sink, "test");
        _shell = new ShellRunner(log, TimeProvider.System);
        _enforcer = new Enforcer(_shell, log, TimeProvider.System);
        Actions = new JailActions(new ActionContext { Jail = name, ParseSeconds = static _ => null, Bans = _ => Task.FromResult(Snapshot()) }, _enforcer);
        CommandAction action = Actions.Add("nftables")!;
        foreach ((string property, string value) in Properties(isInterval, program, name))
            Assert.True(action.TrySet(property, value, out string error), error);
    }

    public JailActions Actions { get; }

    public ListSink Sink { get; } = new();

    public static Ban BanOf(string id) => new(
        new Ticket(FailureId.Of(id.Split('/') is [var address, var prefix] ? IpRange.Create(IPAddress.Parse(address), int.Parse(prefix)) : IpRange.Create(IPAddress.Parse(id))),
            null, DateTimeOffset.UnixEpoch, 5, [], FailureData.Empty),
        new BanTime(600), 1, false);

    public Task BanAsync(string id)
    {
        Ban ban = BanOf(id);
        lock (_bans) _bans[ban.Ticket.Id] = ban;
        return Actions.BanAsync(ban);
    }

    public Task UnbanAsync(string id)
    {
        Ban ban = BanOf(id);
        lock (_bans) _bans.Remove(ban.Ticket.Id);
        return Actions.UnbanAsync(ban);
    }

    public async ValueTask DisposeAsync()
    {
        await Actions.EndAsync();
        await _enforcer.DisposeAsync();
        _shell.Dispose();
    }

    /// <summary>The table as nft prints it; the elements of a hash set, whose order is random, sorted.</summary>
    public static string Table()
    {
        (int code, string text) = NetworkNamespace.Run(["nft", "list", "table", "inet", "f2b-table"]);
        Assert.True(code == 0, text);
        return ElementList().Replace(text, match =>
            string.Join(", ", match.Groups[1].Value.Split(',').Select(element => element.Trim()).Order(StringComparer.Ordinal)));
    }

    public static int Elements(string set)
    {
        (_, string text) = NetworkNamespace.Run(["nft", "list", "set", "inet", "f2b-table", set]);
        Match list = ElementList().Match(text);
        return list.Success ? list.Groups[1].Value.Split(',').Length : 0;
    }

    private IReadOnlyList<Ban> Snapshot()
    {
        lock (_bans) return [.. _bans.Values];
    }

    private static IEnumerable<(string, string)> Properties(bool isInterval, string program, string name) =>
    [
        ("actionstart", """
            <nftables> add table inet f2b-table
            <nftables> -- add chain inet f2b-table f2b-chain \{ type filter hook input priority -1 \; \}
            <nftables> add set inet f2b-table <addr_set> \{ type <addr_type>\;<addr_options> \}
            <nftables> add rule inet f2b-table f2b-chain tcp dport \{ <port> \} <addr_family> saddr @<addr_set> reject
            """),
        ("actionstop", """
            { <nftables> -a list chain inet f2b-table f2b-chain | grep -oP '@<addr_set>\s+.*\s+\Khandle\s+(\d+)$'; } | while read -r hdl; do
            <nftables> delete rule inet f2b-table f2b-chain $hdl; done
            <nftables> delete set inet f2b-table <addr_set>
            { <nftables> list table inet f2b-table | grep -qP '^\s+set\s+'; } || { <nftables> delete table inet f2b-table; }
            """),
        ("actionflush", "<nftables> flush set inet f2b-table <addr_set>"),
        ("actioncheck", "<nftables> list chain inet f2b-table f2b-chain | grep -q '@<addr_set>[ \\t]'"),
        ("actionban", "<nftables> add element inet f2b-table <addr_set> \\{ <ip> \\}"),
        ("actionunban", "<nftables> delete element inet f2b-table <addr_set> \\{ <ip> \\}"),
        ("nftables", program), ("port", "ssh,http"), ("name", name), ("addr_options", isInterval ? " flags interval\\;" : ""),
        ("addr_set", "addr-set-<name>"), ("addr_set?family=inet6", "addr6-set-<name>"),
        ("addr_type", "ipv4_addr"), ("addr_type?family=inet6", "ipv6_addr"),
        ("addr_family", "ip"), ("addr_family?family=inet6", "ip6"),
    ];

    [GeneratedRegex(@"(?<=elements = \{)([^}]*)")]
    private static partial Regex ElementList();
}
