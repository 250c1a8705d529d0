using System.Text.RegularExpressions;
using Fail2Ban.EndToEnd.Tests.Enforcement;
using Fail2Ban.Tracking.Bans;

namespace Fail2Ban.EndToEnd.Tests.ShippedActions;

/// <summary>The actions whose programs are installed here, against the kernel, in a network namespace.</summary>
public sealed partial class KernelTests
{
    // An action, and what the kernel has of a ban of 192.0.2.1 and of 2001:db8::1 (empty: the action has no IPv6).
    private static readonly (string Action, string Program, string[] Four, string[] Six)[] s_cases =
    [
        ("iptables[port=ssh, protocol=\"tcp,udp\", chain=\"INPUT,FORWARD\"]", "iptables",
            ["-A INPUT -p tcp -m tcp --dport 22 -j f2b-demo", "-A FORWARD -p udp -m udp --dport 22 -j f2b-demo", "-A f2b-demo -s 192.0.2.1/32 -j REJECT"], ["-A f2b-demo -s 2001:db8::1/128 -j REJECT"]),
        ("iptables-multiport[port=\"ssh,http\"]", "iptables", ["-A INPUT -p tcp -m multiport --dports 22,80 -j f2b-demo", "-A f2b-demo -s 192.0.2.1/32 -j REJECT"], ["-A f2b-demo -s 2001:db8::1/128 -j REJECT"]),
        ("iptables-multiport[port=\"0:65535\", blocktype=DROP]", "iptables", ["-A f2b-demo -s 192.0.2.1/32 -j DROP"], ["-A f2b-demo -s 2001:db8::1/128 -j DROP"]),
        ("iptables-multiport[port=ftp, blocktype=RETURN, returntype=DROP]", "iptables", ["-A f2b-demo -s 192.0.2.1/32 -j RETURN", "-A f2b-demo -j DROP"], ["-A f2b-demo -j DROP"]),
        ("iptables-allports", "iptables", ["-A INPUT -p tcp -j f2b-demo"], ["-A f2b-demo -s 2001:db8::1/128 -j REJECT"]),
        ("iptables-allports[protocol=all]", "iptables", ["-A INPUT -j f2b-demo"], ["-A INPUT -j f2b-demo"]),
        ("iptables-new[port=ssh]", "iptables", ["-A INPUT -p tcp -m state --state NEW -m tcp --dport 22 -j f2b-demo"], ["-A f2b-demo -s 2001:db8::1/128 -j REJECT"]),
        ("iptables-multiport-log[port=\"ssh,http\"]", "iptables", ["-A f2b-demo -s 192.0.2.1/32 -j f2b-demo-log", "-m limit --limit 6/min --limit-burst 2 -j LOG"], ["-A f2b-demo -s 2001:db8::1/128 -j f2b-demo-log"]),
        ("iptables-ipset[port=ssh, ipsettime=\"<timeout-bantime>\"]", "ipset",
            ["-A INPUT -p tcp -m tcp --dport 22 -m set --match-set f2b-demo src -j REJECT", "192.0.2.1 timeout"], ["-m set --match-set f2b-demo6 src -j REJECT", "2001:db8::1 timeout"]),
        ("iptables-ipset-proto6[port=\"ssh,http\"]", "ipset", ["-m multiport --dports 22,80 -m set --match-set f2b-demo src", "192.0.2.1 timeout 0"], ["2001:db8::1 timeout 0"]),
        ("iptables-ipset-proto6-allports", "ipset", ["-A INPUT -p tcp -m set --match-set f2b-demo src", "192.0.2.1 timeout 0"], ["2001:db8::1 timeout 0"]),
        ("iptables-ipset-proto4[port=\"ssh,http\"]", "ipset", ["-m set --match-set f2b-demo src -j REJECT", "192.0.2.1"], []),
        ("iptables-xt_recent-echo", "iptables", ["-m recent --rcheck --name f2b-demo", "src=192.0.2.1 "], ["--name f2b-demo6", "src=2001:0db8:0000"]),
        ("shorewall-ipset-proto6", "ipset", ["192.0.2.1 timeout 0"], ["2001:db8::1 timeout 0"]),
        ("route", "ip", ["unreachable 192.0.2.1"], ["unreachable 2001:db8::1"]),
        ("route[blocktype=blackhole]", "ip", ["blackhole 192.0.2.1"], ["blackhole 2001:db8::1"]),
        ("nftables[port=\"ssh,http\"]", "nft", ["tcp dport { 22, 80 } ip saddr @addr-set-demo reject", "192.0.2.1"], ["ip6 saddr @addr6-set-demo reject", "2001:db8::1"]),
        ("nftables-multiport[port=\"ssh,1000:1010\", protocol=\"tcp,udp\"]", "nft", ["udp dport { 22, 1000-1010 } ip saddr @addr-set-demo reject", "192.0.2.1"], ["2001:db8::1"]),
        ("nftables-allports[protocol=all]", "nft", ["ip saddr @addr-set-demo reject", "192.0.2.1"], ["2001:db8::1"]),
        ("nftables[type=allports, addr_options=\" flags interval\\;\"]", "nft", ["flags interval", "meta l4proto tcp ip saddr @addr-set-demo reject", "192.0.2.1"], ["2001:db8::1"]),
        ("nftables[type=custom, rule_match-custom=\"meta mark 7\"]", "nft", ["meta mark 0x00000007 ip saddr @addr-set-demo reject"], ["2001:db8::1"]),
    ];

    [Fact]
    public async Task Each_bans_in_the_kernel_once_and_leaves_nothing_behind()
    {
        if (!NetworkNamespace.IsInside(this)) return;
        Assert.Equal(0, NetworkNamespace.Run(["ip", "link", "set", "lo", "up"]).Code);
        foreach ((string text, string program, string[] four, string[] six) in s_cases)
        {
            if (NetworkNamespace.Run(["sh", "-c", $"command -v {program} iptables"]).Code != 0) Assert.Fail($"{program} is needed here: scripts/test installs it");
            string before = Kernel();
            string[] bans = ["192.0.2.1", .. six.Length > 0 ? (string[])["2001:db8::1"] : []];
            await using (var action = new ShippedAction(text, time: new StillTime()))
            {
                await action.Jail.StartAsync();
                foreach (string id in bans) await action.Jail.BanAsync(ShippedAction.Ban(id));
                string made = Kernel();
                foreach (string expected in four.Concat(six)) Assert.True(made.Contains(expected, StringComparison.Ordinal), $"{text}: no \"{expected}\" in\n{made}\n{action.TakeErrors()}");
                Assert.Equal("", action.TakeErrors());
                await Loss.HappenToAsync(text, action, bans);
                string repaired = Kernel();
                Assert.True(Structure(made).SequenceEqual(Structure(repaired)), $"{text}: before the loss\n{made}\nafter its repair\n{repaired}");
                foreach (string expected in four.Concat(six)) Assert.True(repaired.Contains(expected, StringComparison.Ordinal), $"{text}: no \"{expected}\" after the repair in\n{repaired}");
            }

            // The server died and is started again: what is there stays as it is, and there once.
            string first = Kernel();
            await using (var action = new ShippedAction(text))
            {
                await action.Jail.StartAsync();
                foreach (string id in bans) await action.Jail.BanAsync(ShippedAction.Ban(id == "192.0.2.1" ? "192.0.2.2" : "2001:db8::2"));
                string[] rules = Structure(first);
                Assert.True(rules.SequenceEqual(Structure(Kernel())), $"{text}: before\n{first}\nthen\n{Kernel()}");
                foreach (string id in bans) await action.Jail.BanAsync(ShippedAction.Ban(id == "192.0.2.1" ? "192.0.2.3" : "2001:db8::3"));
                if (!HasFirst(Kernel()))
                {
                    // It was ended with what the dead server left; a server brings it back.
                    foreach (string id in bans) await action.Jail.BanAsync(ShippedAction.Ban(id));
                    Assert.True(HasFirst(Kernel()), text);
                }

                foreach (string id in bans) await action.Jail.UnbanAsync(ShippedAction.Ban(id));
                Assert.False(HasFirst(Kernel()), text);
                await action.Jail.FlushAsync([ShippedAction.Ban("192.0.2.2"), ShippedAction.Ban("192.0.2.3"), .. six.Length > 0 ? (Ban[])[ShippedAction.Ban("2001:db8::2"), ShippedAction.Ban("2001:db8::3")] : []]);
                await action.Jail.StopAsync();
                string errors = action.TakeErrors();
                Assert.True(errors.Length == 0, $"{text}: {errors}");
            }

            string left = Kernel();
            if (text.StartsWith("shorewall", StringComparison.Ordinal)) NetworkNamespace.Run(["sh", "-c", "ipset destroy f2b-demo; ipset destroy f2b-demo6"]); // its sets outlive it
            else Assert.True(before == left, $"{text} leaves\n{left}\nwhere there was\n{before}");
        }
    }

    [Fact]
    public async Task The_check_of_a_chain_that_is_not_the_actions_own_fails_without_it()
    {
        if (!NetworkNamespace.IsInside(this)) return;
        const string name = "symbiosis-blacklist-allports";
        string folder = Directory.CreateTempSubdirectory("f2b-blacklist.").FullName, text = Catalogue.Text(name, folder);
        await using (var action = new ShippedAction(text))
        {
            Catalogue.Losses[name].Prepare();
            await action.Jail.StartAsync();
            await action.Jail.BanAsync(ShippedAction.Ban("192.0.2.1"));
            await action.Jail.BanAsync(ShippedAction.Ban("2001:db8::1"));
            Assert.Contains("-A blacklist -s 192.0.2.1/32 -j DROP\n-A blacklist -s 2001:db8::1/128 -j DROP", Kernel(), StringComparison.Ordinal);
            await Loss.HappenToAsync(text, action, ["192.0.2.1", "2001:db8::1"]);
        }

        Directory.Delete(folder, recursive: true);
    }

    // Those that no stand-in can answer for have to be here.
    [Fact]
    public void Each_check_that_asks_the_kernel_itself_is_tried_in_the_kernel() =>
        Assert.Empty(Catalogue.Losses.Keys.Except(Catalogue.Recordable).Except(s_cases.Select(item => item.Action.Split('[')[0])));

    private static bool HasFirst(string kernel) => First().IsMatch(kernel);

    [GeneratedRegex(@"192\.0\.2\.1(?!\d)|2001:db8::1(?!\d)|2001:0db8:0000:0000:0000:0000:0000:0001")]
    private static partial Regex First();

    // What is not the entry of one address: rules that pass packets on, chains, sets.
    private static string[] Structure(string kernel) =>
        [.. kernel.Split('\n').Where(line => !line.Contains("192.0.2.", StringComparison.Ordinal) && !line.Contains("db8", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    private static string Kernel() => NetworkNamespace.Run(["sh", "-c", """
        iptables-save | grep -E '^(-A|:f2b)' | sed 's/\[[0-9:]*\]//'
        ip6tables-save | grep -E '^(-A|:f2b)' | sed 's/\[[0-9:]*\]//'
        ipset save | sed -E 's/timeout [1-9][0-9]*/timeout N/; s/ initval 0x[0-9a-f]+//'
        ip route
        ip -6 route | grep -v '^fe80'
        nft list table inet f2b-table 2>/dev/null
        cut -d ' ' -f 1,2 /proc/net/xt_recent/* 2>/dev/null
        true
        """]).Output;
}
