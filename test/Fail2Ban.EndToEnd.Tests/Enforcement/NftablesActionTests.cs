using System.Text.RegularExpressions;
using Fail2Ban.Addresses;
using Fail2Ban.EndToEnd.Tests.ShippedActions;
using Fail2Ban.Tracking.Bans;
using Fail2Ban.Tracking.Failures;
using Fail2Ban.Detection.Matching;

namespace Fail2Ban.EndToEnd.Tests.Enforcement;

/// <summary>What our own action.d/nftables.conf does beyond the original's: kernel time-outs, networks, taking over.</summary>
public sealed partial class NftablesActionTests
{
    private const string Original = "/etc/fail2ban/action.d";

    private static readonly string[] Singles =
        ["192.0.2.1", "192.0.2.2", "0.0.0.0", "255.255.255.255", "2001:db8::5", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "::ffff:198.51.100.7"];

    [Fact]
    public async Task Without_kernel_timeouts_and_networks_the_table_is_that_of_the_original()
    {
        Assert.SkipUnless(Directory.Exists(Original), "the original is not installed");
        if (!NetworkNamespace.IsInside(this)) return;
        foreach (string parameters in new[] { "port=\"ssh,http\"", "type=allports", "port=\"1000:1010\", protocol=\"tcp,udp\", blocktype=drop", "table=other, chain=input, chain_priority=5, port=ssh" })
        {
            string ours = await TableAsync($"nftables[{parameters}, kerneltimeout=false]", null);
            string original = await TableAsync($"nftables[{parameters}]", Original);
            Assert.Equal(original, ours);
            Assert.Contains("2001:db8::5", ours, StringComparison.Ordinal);
        }

        async Task<string> TableAsync(string action, string? folder)
        {
            await using var jail = new ShippedAction(action, folder);
            foreach (string id in Singles) await jail.Jail.BanAsync(BanOf(id));
            await jail.Jail.BanAsync(BanOf("192.0.2.9"));
            await jail.Jail.UnbanAsync(BanOf("192.0.2.9"));
            string errors = jail.TakeErrors();
            Assert.True(errors.Length == 0, errors);
            string table = Sorted(NetworkNamespace.Run(["nft", "list", "ruleset"]).Output);
            await jail.Jail.FlushAsync([.. Singles.Select(id => BanOf(id))]);
            await jail.Jail.StopAsync();
            Assert.Equal("", jail.TakeErrors());
            Assert.Equal("", NetworkNamespace.Run(["nft", "list", "ruleset"]).Output);
            return table;
        }
    }

    [Fact]
    public async Task Element_ends_a_minute_after_its_ban_and_a_permanent_one_never()
    {
        if (!NetworkNamespace.IsInside(this)) return;
        await using var jail = new ShippedAction("nftables[port=ssh]");
        await jail.Jail.BanAsync(BanOf("192.0.2.1", 600));
        await jail.Jail.BanAsync(BanOf("192.0.2.2", -1));
        await jail.Jail.BanAsync(BanOf("2001:db8::1", 3600));
        await jail.Jail.BanAsync(BanOf("198.51.100.0/24", 600));
        await jail.Jail.BanAsync(BanOf("192.0.2.3", 1e15));
        Assert.InRange(SecondsOf("addr-set-demo", "192.0.2.1")!.Value, 600, 660);
        Assert.Null(SecondsOf("addr-set-demo", "192.0.2.2"));
        Assert.Null(SecondsOf("addr-set-demo", "192.0.2.3"));
        Assert.InRange(SecondsOf("addr6-set-demo", "2001:db8::1")!.Value, 3600, 3660);
        Assert.InRange(SecondsOf("net-set-demo", "198.51.100.0/24")!.Value, 600, 660);
        Assert.Contains("gc-interval 1m", Set("addr-set-demo"), StringComparison.Ordinal);
        Assert.Equal("", jail.TakeErrors());
    }

    [Fact]
    public async Task Ban_that_becomes_longer_or_permanent_is_told_to_the_kernel()
    {
        if (!NetworkNamespace.IsInside(this)) return;
        await using var jail = new ShippedAction("nftables[port=ssh]");
        foreach (string id in new[] { "192.0.2.1", "2001:db8::1", "198.51.100.0/24", "2001:db8:1::/48" })
        {
            string set = id.Contains('/', StringComparison.Ordinal) ? "net" : "addr";
            set += id.Contains(':', StringComparison.Ordinal) ? "6-set-demo" : "-set-demo";
            await jail.Jail.BanAsync(BanOf(id, 600));
            await jail.Jail.ProlongAsync(BanOf(id, 7200));
            Assert.InRange(SecondsOf(set, id)!.Value, 7000, 7260);
            await jail.Jail.ExtendAsync(BanOf(id, -1));
            Assert.Null(SecondsOf(set, id));
            await jail.Jail.ExtendAsync(BanOf(id, 100));
            Assert.InRange(SecondsOf(set, id)!.Value, 90, 160);
        }

        Assert.Equal("", jail.TakeErrors());
    }

    [Fact]
    public async Task Only_the_outermost_networks_are_in_the_kernel_and_those_inside_come_back()
    {
        if (!NetworkNamespace.IsInside(this)) return;
        await using var jail = new ShippedAction("nftables[port=ssh, blocktype=drop]");
        await jail.Jail.BanAsync(BanOf("10.1.2.3"));
        await jail.Jail.BanAsync(BanOf("10.1.2.0/24"));
        await jail.Jail.BanAsync(BanOf("10.1.3.0/24"));
        Assert.Equal("10.1.2.0/24 10.1.3.0/24", Elements("net-set-demo"));
        await jail.Jail.BanAsync(BanOf("10.1.0.0/16"));
        await jail.Jail.BanAsync(BanOf("10.1.4.0/24"));
        Assert.Equal("10.1.0.0/16", Elements("net-set-demo"));
        Assert.Equal("10.1.2.3", Elements("addr-set-demo"));
        await jail.Jail.UnbanAsync(BanOf("10.1.3.0/24"));
        await jail.Jail.UnbanAsync(BanOf("10.1.0.0/16"));
        Assert.Equal("10.1.2.0/24 10.1.4.0/24", Elements("net-set-demo"));
        Assert.Equal(1, Regex.Count(NftJail.Table(), "@net-set-demo drop"));
        await jail.Jail.FlushAsync([BanOf("10.1.2.3"), BanOf("10.1.2.0/24"), BanOf("10.1.4.0/24")]);
        Assert.Equal("", Elements("net-set-demo") + Elements("addr-set-demo"));
        await jail.Jail.BanAsync(BanOf("10.1.0.0/16"));
        Assert.Equal("10.1.0.0/16", Elements("net-set-demo"));
        await jail.Jail.UnbanAsync(BanOf("10.1.0.0/16"));
        await jail.Jail.StopAsync();
        Assert.Equal("", jail.TakeErrors());
        Assert.Equal("", NetworkNamespace.Run(["nft", "list", "ruleset"]).Output);
    }

    [Fact]
    public async Task Ends_of_the_address_space_and_mapped_addresses_are_whole()
    {
        if (!NetworkNamespace.IsInside(this)) return;
        (string Id, string Set, string Element)[] cases =
        [
            ("255.255.255.0/24", "net-set-demo", "255.255.255.0/24"),
            ("255.255.255.254/31", "net-set-demo", "255.255.255.254/31"),
            ("0.0.0.0/1", "net-set-demo", "0.0.0.0/1"),
            ("0.0.0.0/0", "net-set-demo", "0.0.0.0/0"),
            ("ff00::/8", "net6-set-demo", "ff00::/8"),
            ("::/0", "net6-set-demo", "::/0"),
            ("::ffff:0:0/96", "net6-set-demo", "::ffff:0.0.0.0/96"),
            ("::ffff:10.0.0.0/104", "net6-set-demo", "::ffff:10.0.0.0/104"),
            ("::ffff:192.0.2.7", "addr-set-demo", "192.0.2.7"),
            ("198.51.100.7/255.255.255.0", "net-set-demo", "198.51.100.0/24"),
        ];
        await using var jail = new ShippedAction("nftables[port=ssh]");
        foreach ((string id, string set, string element) in cases)
        {
            await jail.Jail.BanAsync(BanOf(id));
            Assert.Equal((id, element), (id, Elements(set)));
            await jail.Jail.UnbanAsync(BanOf(id));
            Assert.Equal((id, ""), (id, Elements(set)));
        }

        Assert.Equal("", jail.TakeErrors());
    }

    [Fact]
    public async Task An_id_that_is_no_address_costs_only_itself()
    {
        if (!NetworkNamespace.IsInside(this)) return;
        await using var jail = new ShippedAction("nftables[port=ssh]");
        await jail.Jail.BanAsync(BanOf("192.0.2.1"));
        foreach (string id in new[] { "fe80::1%eth0", "999.1.2.3", "bob; nft flush ruleset", "$(nft flush ruleset)" }) await jail.Jail.BanAsync(ShippedAction.Ban(FailureId.Parse(id)));
        await jail.Jail.BanAsync(BanOf("192.0.2.2"));
        Assert.Equal("192.0.2.1 192.0.2.2", Elements("addr-set-demo"));
        Assert.Equal(4, jail.Sink.Errors.Count(message => message.Contains("Failed to execute ban", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Networks_go_into_the_set_of_addresses_where_that_is_one_of_intervals()
    {
        if (!NetworkNamespace.IsInside(this)) return;
        await using var jail = new ShippedAction("nftables[port=ssh, addr_options=\" flags interval\\;\"]");
        await jail.Jail.BanAsync(BanOf("10.1.0.0/16"));
        await jail.Jail.BanAsync(BanOf("192.0.2.1"));
        Assert.Equal("10.1.0.0/16 192.0.2.1", Elements("addr-set-demo"));
        Assert.DoesNotContain("timeout", NftJail.Table(), StringComparison.Ordinal);
        Assert.Equal("", jail.TakeErrors());
    }

    [Fact]
    public async Task Sets_that_an_older_version_or_the_original_left_are_taken_over_or_make_room()
    {
        if (!NetworkNamespace.IsInside(this)) return;
        string?[] folders = Directory.Exists(Original) ? [null, Original] : [null];
        foreach ((string left, string? folder) in folders.SelectMany(folder => new[] { ("nftables[port=ssh]", folder), ("nftables[port=ssh, kerneltimeout=false]", folder) }))
        {
            await using (var killed = new ShippedAction(left, folder))
            {
                await killed.Jail.BanAsync(BanOf("192.0.2.1"));
                await killed.Jail.BanAsync(BanOf("192.0.2.2"));
                if (folder is null) await killed.Jail.BanAsync(BanOf("10.1.0.0/16"));
            }

            await using var jail = new ShippedAction("nftables[port=ssh]");
            Ban[] bans = [BanOf("192.0.2.2"), BanOf("10.1.2.0/24"), BanOf("10.1.0.0/16")];
            await jail.Jail.TakeOverAsync(bans);
            foreach (Ban ban in bans) await jail.Jail.BanAsync(ban with { Restored = true });
            Assert.Equal("192.0.2.2", Elements("addr-set-demo"));
            Assert.Equal("10.1.0.0/16", Elements("net-set-demo"));
            Assert.Equal(2, Regex.Count(NftJail.Table(), " saddr @"));
            Assert.InRange(SecondsOf("addr-set-demo", "192.0.2.2")!.Value, 500, 660);
            await jail.Jail.FlushAsync(bans);
            await jail.Jail.StopAsync();
            Assert.Equal("", NetworkNamespace.Run(["nft", "list", "ruleset"]).Output);
        }
    }

    private static Ban BanOf(string id, double seconds = 600) => new(
        new Ticket(FailureId.Parse(id), null, TimeProvider.System.GetUtcNow(), 5, [], FailureData.Empty), new BanTime(seconds), 1, false);

    private static string Set(string name) => NetworkNamespace.Run(["nft", "list", "set", "inet", "f2b-table", name]).Output;

    // The elements without their times, sorted.
    private static string Elements(string set) =>
        string.Join(' ', List().Match(Set(set)).Groups[1].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(element => element.Split(' ')[0]).Order(StringComparer.Ordinal));

    // What is left of an element's time; null where it has none.
    private static int? SecondsOf(string set, string element)
    {
        string found = List().Match(Set(set)).Groups[1].Value.Split(',', StringSplitOptions.TrimEntries).Single(text => text.Split(' ')[0] == element);
        if (Expiry().Match(found) is not { Success: true } time) return null;
        int seconds = 0;
        foreach (Match part in Part().Matches(time.Groups[1].Value))
            seconds += int.Parse(part.Groups[1].Value) * part.Groups[2].Value switch { "d" => 86400, "h" => 3600, "m" => 60, "s" => 1, _ => 0 };
        return seconds;
    }

    private static string Sorted(string ruleset) => List().Replace(ruleset, match =>
        "elements = {" + string.Join(", ", match.Groups[1].Value.Split(',', StringSplitOptions.TrimEntries).Order(StringComparer.Ordinal)) + "}");

    [GeneratedRegex(@"elements = \{([^}]*)\}")]
    private static partial Regex List();

    [GeneratedRegex(@"expires (\S+)")]
    private static partial Regex Expiry();

    [GeneratedRegex(@"(\d+)(ms|d|h|m|s)")]
    private static partial Regex Part();
}
