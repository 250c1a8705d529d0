using System.Diagnostics;
using Fail2Ban.EndToEnd.Tests.Sandboxes;

namespace Fail2Ban.EndToEnd.Tests.Days;

/// <summary>
/// The same day on two hosts with Debian's configuration, one with the original and one with ours: after each event the
/// firewall, the calls of actions, the database, the log and the answers are the same.
/// </summary>
public sealed class ScriptedDayTests
{
    // On a loaded machine the original restores three bans a second.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(180);

    // Seconds of a ban whose end is waited for: longer than a loaded machine takes to read its line, and no other step
    // happens while one is in force.
    private const string Brief = "10";

    private static readonly string[] Jails = ["nft", "nftall", "ipt", "iptl", "set", "route", "dummy", "inc", "recent", "ilog"];

    private static readonly string[] Firewalls = ["nft", "iptables", "ip6tables", "iptables-legacy"];

    private const string Configuration = """
        [DEFAULT]
        backend = auto
        usedns = no
        filter = day
        maxretry = 2
        findtime = 600
        bantime = 1h
        port = ssh,http
        logpath = $F/%(__name__)s.log
        record = record[file="$F/calls/%(__name__)s", also="$F/calls/%(__name__)s-all", actname=record]
                 record[file="$F/calls/%(__name__)s-second", also="$F/calls/%(__name__)s-all", actname=second]
                 tell[file="$F/calls/%(__name__)s-told"]
        action = %(banaction)s[port="%(port)s", protocol="%(protocol)s", chain="%(chain)s"]
                 %(record)s

        [nft]
        enabled = true
        banaction = nftables-multiport

        [nftall]
        enabled = true
        banaction = nftables-allports
        bantime = -1

        [ipt]
        enabled = true
        banaction = iptables-multiport

        [iptl]
        enabled = true
        action = iptables-multiport[port="%(port)s", chain="%(chain)s", iptables="iptables-legacy -w"]
                 %(record)s

        [set]
        enabled = true
        banaction = iptables-ipset[type=multiport]

        [route]
        enabled = true
        banaction = route

        [dummy]
        enabled = true
        action = dummy[name=%(__name__)s, target="$F/calls/target"]
                 %(record)s

        [recent]
        enabled = true
        banaction = iptables-xt_recent-echo

        [ilog]
        enabled = true
        banaction = iptables-multiport-log

        [inc]
        enabled = true
        action = %(record)s
        bantime.increment = true
        bantime.multipliers = 1 2 4 8
        """;

    [Fact]
    public void Every_event_has_the_same_effects_as_with_the_original()
    {
        DayHost.RequireOriginal();
        using var original = new DayHost(true, Configuration);
        using var ours = new DayHost(false, Configuration);
        DayHost[] hosts = [ours, original];
        string[] apart = [];

        void Step(string name, Action<DayHost> happens, params string[] told)
        {
            Task.WaitAll(hosts.Select(host => Task.Run(() => happens(host))));
            var waited = Stopwatch.StartNew();
            while (true)
            {
                string? missing = hosts.SelectMany(host => told.Where(text => !host.ReadLog().Contains(text, StringComparison.Ordinal))
                    .Select(text => $"'{text}' in the log of {(host.IsOriginal ? "the original" : "ours")}")).FirstOrDefault();
                string[] differences = missing is null
                    ? [.. DayState.Of(ours, Jails).DifferencesTo(DayState.Of(original, Jails), apart)]
                    : [$"missing: {missing}", $"our log:\n{DayState.WhatIsTold(ours)}", $"log of the original:\n{DayState.WhatIsTold(original)}"];
                if (differences.Length == 0) break;
                Assert.True(waited.Elapsed < Patience, $"after '{name}':\n{string.Join("\n\n", differences)}");
                Moment.Pass();
            }

            TestContext.Current.TestOutputHelper?.WriteLine($"{name}: {waited.Elapsed.TotalSeconds:0.0} s");
        }

        Step("start", host =>
        {
            foreach (string jail in Jails) host.MakeLog(jail);
            host.Start();
        }, [.. Jails.Select(jail => $"Jail '{jail}' started")]);

        // One after the other, so that chains and rules come in the same order.
        Step("first bans", host =>
        {
            foreach (string jail in Jails)
                foreach (string first in Families(jail, "198.51.100.1", "2001:db8::1")) Assert.Equal("1\n", host.Client("set", jail, "banip", first).Output);
        });

        // No ban is in force when the time of bans is changed: the original would change theirs too.
        Step("their end by hand", host =>
        {
            foreach (string jail in Jails)
                foreach (string first in Families(jail, "198.51.100.1", "2001:db8::1")) Assert.Equal("1\n", host.Client("set", jail, "unbanip", first).Output);
            foreach (string jail in Jails.Where(Ends)) host.Client("set", jail, "bantime", Brief).MustSucceed();
        });

        long time = Now();
        Step("the end of bans", host =>
        {
            foreach (string jail in Jails.Where(Ends)) host.Fail(jail, time, Passer(jail), Second(jail), Second(jail), Passer(jail));
        }, [.. Jails.Where(Ends).SelectMany(jail => new[] { $"[{jail}] Unban {Second(jail)}", $"[{jail}] Unban {Passer(jail)}" })]);

        time = Now();
        Step("a second ban is longer", host => host.Fail("inc", time, Passer("inc")), $"[inc] Increase Ban {Passer("inc")}", $"[inc] Ban {Passer("inc")}");
        foreach (DayHost host in hosts) host.WaitFor(() => host.ReadLog().Split($"[inc] Unban {Passer("inc")}").Length == 3, "the end of the longer ban", Patience);
        Step("bans that last", host =>
        {
            foreach (string jail in Jails.Where(Ends)) host.Client("set", jail, "bantime", "3600").MustSucceed();
            foreach (string jail in Jails)
                foreach (string first in Families(jail, "198.51.100.1", "2001:db8::1")) Assert.Equal("1\n", host.Client("set", jail, "banip", first).Output);
        });

        // Each jail has addresses of its own: what one jail knows of another's bans would depend on who is first.
        time = Now();
        long seen = time;
        Step("failures", host =>
        {
            foreach (string jail in Jails) host.Fail(jail, time, Attacker(jail), $"192.0.2.1{Array.IndexOf(Jails, jail)}", Attacker(jail));
        }, [.. Jails.Select(jail => $"[{jail}] Ban {Attacker(jail)}")]);
        time = Now();
        Step("failures by IPv6", host =>
        {
            foreach (string jail in Jails.Where(SpeaksIPv6)) host.Fail(jail, time, $"2001:db8:1::{Array.IndexOf(Jails, jail) + 1}", $"2001:db8:1::{Array.IndexOf(Jails, jail) + 1}");
        }, [.. Jails.Where(SpeaksIPv6).Select(jail => $"[{jail}] Ban 2001:db8:1::{Array.IndexOf(Jails, jail) + 1}")]);

        Step("ban and unban by hand", host =>
        {
            foreach (string jail in Jails)
            {
                Assert.Equal("2\n", host.Client("set", jail, "banip", DayState.BannedTwice, "198.51.100.8").Output);
                Assert.Equal("0\n", host.Client("set", jail, "banip", DayState.BannedTwice).Output);
                Assert.Equal("1\n", host.Client("set", jail, "unbanip", DayState.BannedTwice).Output);
                Assert.Equal("0\n", host.Client("set", jail, "unbanip", DayState.BannedTwice).Output);
            }

            // Many at once travel in other ways than one.
            string[] many = [.. Enumerable.Range(1, 30).Select(number => $"198.18.0.{number}")];
            foreach (string jail in new[] { "nft", "ipt", "iptl", "set" })
            {
                Assert.Equal("30\n", host.Client(["set", jail, "banip", .. many]).Output);
                Assert.Equal("10\n", host.Client(["set", jail, "unbanip", .. many[..10]]).Output);
            }

            foreach (string jail in new[] { "ipt", "set", "route" }) Assert.Equal("1\n", host.Client("set", jail, "banip", "198.51.100.64/30").Output);
        });

        time = Math.Max(Now(), seen + 4); // within 3 s it would be told to who debugs only
        Step("failures of banned addresses", host =>
        {
            // Who is known to be bad counts twice.
            foreach (string jail in Jails) host.Fail(jail, time, jail == "inc" ? [Attacker(jail)] : [Attacker(jail), Attacker(jail)]);
        }, [.. Jails.Select(jail => $"[{jail}] {Attacker(jail)} already banned")]);

        Step("bans before the restart", host =>
        {
            foreach (string jail in Jails) Assert.Equal("2\n", host.Client("set", jail, "banip", "203.0.113.1", "203.0.113.2").Output);
        });

        Step("a clean stop", host =>
        {
            host.Client("stop").MustSucceed();
        }, "[nftall] Flush ticket(s) with nftables-allports");

        Step("the next start", host => host.Start(), [.. Jails.Select(jail => $"[{jail}] Restore Ban 203.0.113.1")]);
        // What the original leaves of a crash stays: rules are there twice.
        apart = [.. Firewalls];
        DayState before = DayState.Of(ours, []);
        Step("a crash and the start after it", host =>
        {
            host.Client("set", "nftall", "banip", "203.0.113.3").MustSucceed();
            host.WaitFor(() => host.Stored("SELECT count(*) FROM bips WHERE jail = 'nftall' AND ip = '203.0.113.3'") == "1\n", "the row of the ban", Patience);
            host.Kill();
            host.Start();
        }, "[nftall] Restore Ban 203.0.113.3");

        ours.WaitFor(() => DayState.Of(ours, []) is var now && Firewalls.All(part => before.Parts[part]
            == now.Parts[part].Replace("203.0.113.3, ", "", StringComparison.Ordinal).Replace(", 203.0.113.3", "", StringComparison.Ordinal)),
            "every rule once, as before the crash", Patience);

        // A route that a crash left behind makes the original's ban fail, and what failed is never taken back.
        apart = ["routes", .. Firewalls];
        Step("unban of everything", host => Assert.NotEqual("0\n", host.Client("unban", "--all").Output));
        DayState after = DayState.Of(ours, []);
        Assert.Equal("", after.Parts["routes"].Trim());
        Assert.Equal(1, after.Parts["nft"].Split('\n').Count(line => line.Contains("saddr @addr-set-nftall", StringComparison.Ordinal)));
    }

    private static string Attacker(string jail) => $"192.0.2.{Array.IndexOf(Jails, jail) + 1}";

    private static string Passer(string jail) => $"192.0.2.{Array.IndexOf(Jails, jail) + 101}";

    private static string Second(string jail) => $"192.0.2.{Array.IndexOf(Jails, jail) + 201}";

    private static IEnumerable<string> Families(string jail, string v4, string v6) => SpeaksIPv6(jail) ? [v4, v6] : [v4];

    private static bool SpeaksIPv6(string jail) => jail is not "iptl";

    private static bool Ends(string jail) => jail is not "nftall";

    private static long Now() => TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
}
