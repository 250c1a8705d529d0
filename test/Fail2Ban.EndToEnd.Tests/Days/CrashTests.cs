using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Fail2Ban.EndToEnd.Tests.Sandboxes;

namespace Fail2Ban.EndToEnd.Tests.Days;

/// <summary>kill -9 at any moment of a storm of bans: afterwards the kernel, the database and the client's answer are of one mind.</summary>
public sealed partial class CrashTests
{
    /// <summary>How often the server is killed; another number for a longer run.</summary>
    private static readonly int Crashes = int.Parse(Environment.GetEnvironmentVariable("FAIL2BAN_CRASHES") ?? "50", CultureInfo.InvariantCulture);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    // So often all bans are taken back: what is there is listed after each crash.
    private const int CrashesOfOneAge = 20;

    private static readonly string[] Jails = ["long", "brief"];

    [Fact]
    public void After_each_crash_kernel_database_and_answer_are_one()
    {
        using Sandbox host = Host();
        var random = new Random(Crashes);
        int next = 0, lines = 0;
        var logged = new HashSet<string>(); // of the jail whose bans last
        for (int crash = 1; crash <= Crashes; crash++)
        {
            host.Client("-x", "start").MustSucceed();
            host.WaitForLog("Jail 'brief' started");
            if (crash > 1) Check(host, crash, logged);
            int taken = 0; // bans that were logged in this life and taken back by hand
            if (crash % CrashesOfOneAge == 0)
            {
                host.Client("unban", "--all").MustSucceed();
                logged.Clear();
                taken = LoggedBan().Count(host.ReadLog());
            }

            // Some by lines, some by hand, at once; and death somewhere in the middle of it.
            long time = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
            foreach (string jail in Jails) host.Append($"{jail}.log", Enumerable.Range(next, 200).Select(number => $"{time} srv fail from {Address(10, number)}"));
            using Process client = host.Start(Sandbox.Program("fail2ban-client"),
                ["-c", host.Etc, "set", "long", "banip", .. Enumerable.Range(next, 100).Select(number => Address(11, number))]);
            next += 200;
            var moment = Stopwatch.StartNew();
            TimeSpan until = TimeSpan.FromMilliseconds(60 * random.NextDouble());
            while (moment.Elapsed < until) Thread.Yield();
            host.KillServer();
            client.Kill();
            client.WaitForExit();
            int before = logged.Count;
            logged.UnionWith(LoggedBan().Matches(host.ReadLog()).Skip(taken).Select(match => match.Groups[1].Value));
            lines += logged.Count - before;
            File.Delete(host.Log); // each start tells all bans that it restores
        }

        host.Client("-x", "start").MustSucceed();
        host.WaitForLog("Jail 'brief' started");
        Check(host, Crashes + 1, logged);
        TestContext.Current.TestOutputHelper?.WriteLine($"{Crashes} crashes; {lines} bans were logged before one, {Banned(host, "long").Count} are in force now; no difference");
        host.Client("stop").MustSucceed();
        Assert.Equal("", host.Run("nft", "list", "ruleset").Output);
    }

    private static void Check(Sandbox host, int crash, HashSet<string> logged)
    {
        foreach (string jail in Jails)
        {
            for (var waited = Stopwatch.StartNew(); Difference(host, jail) is { Length: > 0 } difference;)
                Assert.True(waited.Elapsed < Patience, $"{jail} after crash {crash - 1}: {difference}");
        }

        HashSet<string> banned = Banned(host, "long");
        Assert.DoesNotContain(logged, id => !banned.Contains(id));
        string[] rules = [.. host.Run("nft", "list", "chain", "inet", "f2b-table", "f2b-chain").Output.Split('\n').Where(line => line.Contains("saddr", StringComparison.Ordinal))];
        Assert.Equal(rules.Distinct(), rules);
    }

    private static string Difference(Sandbox host, string jail)
    {
        HashSet<string> answer = Banned(host, jail);
        HashSet<string> kernel = [.. Addresses().Matches(host.Run("nft", "list", "set", "inet", "f2b-table", $"addr-set-{jail}").Output).Select(match => match.Value)];
        HashSet<string> stored = [.. host.Sqlite(host.Database, $"SELECT ip FROM bips WHERE jail = '{jail}' AND timeofban + bantime > CAST(strftime('%s', 'now') AS INTEGER)").Successful.Split('\n', StringSplitOptions.RemoveEmptyEntries)];
        return Of("the kernel", kernel) + Of("the database", stored);

        string Of(string what, HashSet<string> held) => held.SetEquals(answer) ? ""
            : $"{what} lacks {answer.Except(held).Count()} ({string.Join(' ', answer.Except(held).Take(3))}) and has {held.Except(answer).Count()} too many ({string.Join(' ', held.Except(answer).Take(3))}) ";
    }

    private static HashSet<string> Banned(Sandbox host, string jail) =>
        [.. host.Client("get", jail, "banip").Successful.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)];

    private static Sandbox Host()
    {
        var host = new Sandbox();
        host.Write("etc/filter.d/storm.conf", "[Definition]\nfailregex = ^ srv fail from <ADDR>$\ndatepattern = ^{EPOCH}");
        host.Write("etc/jail.d/storm.conf", $"""
            [DEFAULT]
            filter = storm
            maxretry = 1
            usedns = no
            logpath = {host.Folder}/%(__name__)s.log
            action = nftables[port=ssh]

            [sshd]
            enabled = false

            [long]
            enabled = true
            bantime = 1d

            [brief]
            enabled = true
            bantime = 2
            """);
        foreach (string jail in Jails) host.Write($"{jail}.log", "0 srv begins");
        return host;
    }

    private static string Address(int first, int number) => $"{first}.{number >> 16}.{(number >> 8) & 255}.{number & 255}";

    [GeneratedRegex(@"NOTICE\s+\[long\] Ban (\S+)")]
    private static partial Regex LoggedBan();

    [GeneratedRegex(@"\d+\.\d+\.\d+\.\d+")]
    private static partial Regex Addresses();
}
