using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;
using Fail2Ban.Addresses;
using Fail2Ban.Detection.Matching;
using Fail2Ban.EndToEnd.Tests.ShippedActions;
using Fail2Ban.Tracking.Bans;
using Fail2Ban.Tracking.Failures;

namespace Fail2Ban.EndToEnd.Tests.Enforcement;

/// <summary>What happens when something else empties the firewall, and what a killed server has left in it.</summary>
public sealed partial class SelfHealingTests
{
    private const string Original = "/etc/fail2ban/action.d";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task One_ban_after_a_flush_of_the_ruleset_brings_back_those_of_all_jails()
    {
        if (!NetworkNamespace.IsInside(this)) return;
        await using var first = new ShippedAction("nftables[port=ssh]", jail: "first");
        await using var second = new ShippedAction("nftables[type=allports, blocktype=drop]", neighbour: first, jail: "second");
        await using var third = new ShippedAction("iptables-multiport[port=ssh]", neighbour: first, jail: "third");
        await using var fourth = new ShippedAction("nftables[port=http]", Directory.Exists(Original) ? Original : null, first, "fourth");
        ShippedAction[] jails = [first, second, third, fourth];
        foreach (ShippedAction jail in jails)
        {
            string[] ids = [.. Enumerable.Range(1, 200).Select(number => $"192.0.2.{number}"), "2001:db8::1", .. jail == fourth ? (string[])[] : ["10.0.0.0/8", "10.1.0.0/16"]];
            await Task.WhenAll(ids.Select(id => BanAsync(jail, id)));
        }

        string before = Ruleset();
        Assert.Equal(0, NetworkNamespace.Run(["nft", "flush", "ruleset"]).Code);
        foreach (ShippedAction jail in jails) jail.TakeErrors();
        await BanAsync(second, "198.51.100.1");
        string[] wanted = [.. before.Split('\n'), "second: 198.51.100.1"];
        for (var waited = Stopwatch.StartNew(); Difference(wanted) is { Length: > 0 } difference;)
            Assert.True(waited.Elapsed < Patience, difference + string.Join('\n', jails.Select(jail => jail.TakeErrors())));
        Assert.All(jails, jail => Assert.DoesNotContain(jail.Sink.Errors, message => message.Contains("Failed to execute", StringComparison.Ordinal)));

        static string Difference(string[] wanted)
        {
            string[] now = Ruleset().Split('\n');
            return string.Join('\n', wanted.Except(now).Take(5).Select(line => "- " + line).Concat(now.Except(wanted).Take(5).Select(line => "+ " + line)));
        }
    }

    [Fact]
    public async Task Flushes_in_quick_succession_lose_no_ban_of_a_jail_that_bans_nobody_more()
    {
        if (!NetworkNamespace.IsInside(this)) return;
        await using var busy = new ShippedAction("nftables[port=ssh]", jail: "busy");
        await using var calm = new ShippedAction("nftables[port=http]", neighbour: busy, jail: "calm");
        string[] ids = [.. Enumerable.Range(1, 50).Select(number => $"192.0.2.{number}")];
        await Task.WhenAll(ids.Select(id => BanAsync(calm, id)));
        for (int i = 1; i <= 20; i++)
        {
            // The calm jail is in the middle of its repair, or has just been told, when the ruleset goes again.
            await BanAsync(busy, $"198.51.100.{i}");
            Assert.Equal(0, NetworkNamespace.Run(["nft", "flush", "ruleset"]).Code);
        }

        await BanAsync(busy, "198.51.100.100");
        AwaitAll(ids, calm);
    }

    [Fact]
    public async Task A_jail_that_looked_just_before_a_flush_looks_again_when_another_one_repairs()
    {
        if (!NetworkNamespace.IsInside(this)) return;
        await using var late = new ShippedAction("nftables[port=ssh]", jail: "late");
        await using var early = new ShippedAction("nftables[port=http]", neighbour: late, jail: "early");
        await BanAsync(late, "198.51.100.1");
        await BanAsync(early, "192.0.2.1");
        Assert.Equal(0, NetworkNamespace.Run(["nft", "flush", "ruleset"]).Code);
        early.HaveOthersLook();
        AwaitAll(["198.51.100.1", "192.0.2.1"], early);
    }

    private static void AwaitAll(string[] ids, ShippedAction jail)
    {
        for (var waited = Stopwatch.StartNew(); Missing() is { Length: > 0 } missing;)
        {
            if (waited.Elapsed > Patience) Assert.Fail($"{missing.Length} are missing; {jail.TakeErrors()}");
        }

        string[] Missing()
        {
            string now = Ruleset();
            return [.. ids.Where(id => !Regex.IsMatch(now, $@"\b{Regex.Escape(id)}\b"))];
        }
    }

    [Fact]
    public async Task All_bans_of_a_jail_come_back_in_one_transaction()
    {
        const int count = 7000;
        if (!NetworkNamespace.IsInside(this)) return;
        foreach (string? folder in Directory.Exists(Original) ? (string?[])[null, Original] : [null])
        {
            await using var jail = new ShippedAction("nftables[port=ssh]", folder);
            await Task.WhenAll(Enumerable.Range(0, count).Select(number => BanAsync(jail, $"10.0.{number >> 8}.{number & 255}")));
            using Process monitor = Process.Start(new ProcessStartInfo("nft", ["monitor"]) { RedirectStandardOutput = true })!;
            var lines = new ConcurrentQueue<string>();
            monitor.OutputDataReceived += (_, line) => lines.Enqueue(line.Data ?? "");
            monitor.BeginOutputReadLine();
            await SeenAsync("begin");
            Assert.Equal(0, NetworkNamespace.Run(["nft", "flush", "ruleset"]).Code);
            await BanAsync(jail, "198.51.100.1");
            await SeenAsync("end");
            monitor.Kill();

            // Each transaction ends with a line about its generation.
            int[] added = [.. string.Join('\n', lines).Split("# new generation").Select(transaction => Regex.Count(transaction, "add element inet f2b-table addr-set-"))];
            Assert.InRange(added.Max(), count, count + 1);
            Assert.InRange(added.Sum(), count + 1, count + 2);

            async Task SeenAsync(string table)
            {
                for (var waited = Stopwatch.StartNew(); !lines.Any(line => line.Contains($"add table inet {table}", StringComparison.Ordinal)); await Task.Delay(20, TestContext.Current.CancellationToken))
                {
                    NetworkNamespace.Run(["nft", "add", "table", "inet", table]);
                    Assert.True(waited.Elapsed < Patience, string.Join('\n', lines.Take(100)));
                    if (table == "begin") NetworkNamespace.Run(["nft", "delete", "table", "inet", table]);
                }
            }
        }
    }

    [Fact]
    public async Task The_first_ban_of_a_jail_after_a_flush_brings_back_those_of_others()
    {
        if (!NetworkNamespace.IsInside(this)) return;
        await using var calm = new ShippedAction("nftables[port=http]", jail: "calm");
        await using var fresh = new ShippedAction("nftables[port=ssh]", neighbour: calm, jail: "fresh");
        await BanAsync(calm, "192.0.2.1");
        Assert.Equal(0, NetworkNamespace.Run(["nft", "flush", "ruleset"]).Code);
        await BanAsync(fresh, "198.51.100.1");
        for (var waited = Stopwatch.StartNew(); !Ruleset().Contains("calm: 192.0.2.1", StringComparison.Ordinal);)
            Assert.True(waited.Elapsed < Patience, Ruleset() + string.Join('\n', calm.TakeErrors()));
    }

    [Fact]
    public async Task What_a_killed_server_left_is_there_once_and_without_what_is_over()
    {
        Assert.SkipUnless(Directory.Exists(Original), "the original is not installed");
        if (!NetworkNamespace.IsInside(this)) return;
        string[] stock = ["iptables-multiport[port=\"ssh,http\"]", "iptables-allports[protocol=\"tcp,udp\"]", "iptables-new", "iptables[iptables=\"iptables-legacy -w\"]",
            "iptables-ipset[type=multiport]", "nftables-multiport[port=ssh]", "nftables-allports"];
        foreach ((string action, string? folder) in stock.Select(action => (action, (string?)Original)).Append(("iptables-multiport[port=ssh]", null)).Append(("nftables[takeover=false]", null)))
        {
            string before = Ruleset();
            foreach (string over in new[] { "198.51.100.1", "198.51.100.2", "198.51.100.3" })
            {
                await using var killed = new ShippedAction(action, folder);
                await killed.Jail.StartAsync();
                await BanAsync(killed, over);
                await BanAsync(killed, "192.0.2.1");
            }

            await using var jail = new ShippedAction(action, folder);
            await jail.Jail.StartAsync();
            await jail.Jail.TakeOverAsync([], isAfterCrash: true);
            Assert.Equal((action, before), (action, Ruleset()));
            await BanAsync(jail, "192.0.2.1");
            string after = Ruleset();
            Assert.DoesNotContain("198.51.100", after, StringComparison.Ordinal);
            Assert.Equal(1, Regex.Count(after, "192.0.2.1"));
            string[] rules = [.. after.Split('\n').Where(line => line.Contains("f2b-demo", StringComparison.Ordinal) || line.Contains("saddr", StringComparison.Ordinal))];
            Assert.Equal(rules.Distinct(), rules);
            await jail.Jail.UnbanAsync(BanOf("192.0.2.1"));
            await jail.Jail.StopAsync();
            Assert.Equal((action, before), (action, Ruleset()));
        }
    }

    [Fact]
    public async Task Two_actions_that_share_a_set_are_both_in_force()
    {
        if (!NetworkNamespace.IsInside(this)) return;
        await using var first = new ShippedAction("nftables[port=ssh, takeover=false]");
        await using var second = new ShippedAction("nftables[port=ssh, protocol=udp, takeover=false, actname=second]", neighbour: first);
        await BanAsync(first, "192.0.2.1");
        await BanAsync(second, "192.0.2.2");
        Assert.Contains("192.0.2.1", NftJail.Table(), StringComparison.Ordinal);
        Assert.Contains("192.0.2.2", NftJail.Table(), StringComparison.Ordinal);
    }

    private static Task BanAsync(ShippedAction jail, string id)
    {
        Ban ban = BanOf(id);
        jail.InForce.Enqueue(ban);
        return jail.Jail.BanAsync(ban);
    }

    private static Ban BanOf(string id) => new(
        new Ticket(FailureId.Parse(id), null, TimeProvider.System.GetUtcNow(), 5, [], FailureData.Empty), new BanTime(600), 1, false);

    // Rules as they are; of sets each element with the set's name in front of it; sorted.
    private static string Ruleset()
    {
        string nft = NetworkNamespace.Run(["sh", "-c", "nft list table inet f2b-table 2>/dev/null"]).Output;
        string elements = string.Concat(Set().Matches(nft).SelectMany(set => set.Groups[2].Value.Split(',', StringSplitOptions.TrimEntries)
            .Select(element => $"{set.Groups[1].Value}: {element.Split(' ')[0]}\n")));
        string rest = NetworkNamespace.Run(["sh", "-c", "iptables-save; ip6tables-save; iptables-legacy-save; ipset save"]).Output;
        IEnumerable<string> lines = (elements + Set().Replace(nft, "") + rest).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(line => line.Contains("f2b", StringComparison.Ordinal) || line.Contains("saddr", StringComparison.Ordinal) || line.Contains(": ", StringComparison.Ordinal))
            .Where(line => !line.StartsWith('#')).Select(line => Noise().Replace(line, ""));
        return string.Join('\n', lines.Order(StringComparer.Ordinal));
    }

    [GeneratedRegex(@"set (?:\w+-set-)(\w+) \{[^{}]*elements = \{([^}]*)\}")]
    private static partial Regex Set();

    [GeneratedRegex(@"\[\d+:\d+\]| initval 0x[0-9a-f]+|timeout \d+")]
    private static partial Regex Noise();
}
