using System.Text.RegularExpressions;

namespace Fail2Ban.EndToEnd.Tests.Days;

/// <summary>Who is ignored, by which rule, and what a command is asked: the same as with the original.</summary>
public sealed partial class IgnoreTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

    private static readonly string[] Jails = ["listed", "asked", "cached"];

    private const string Configuration = """
        [DEFAULT]
        backend = polling
        usedns = no
        filter = day
        maxretry = 5
        findtime = 600
        action =
        logpath = $F/%(__name__)s.log

        [listed]
        enabled = true
        ignoreself = true
        ignoreip = 192.0.2.1 198.51.100.0/24 203.0.113.0/255.255.255.128, 2001:db8:1::/48 localhost rawtext 192.0.2.40/31

        [asked]
        enabled = true
        ignoreself = false
        ignorecommand = $F/ask <ip> '<F-USER>' <family> $F/calls/asked

        [cached]
        enabled = true
        ignoreself = false
        ignoreip = 192.0.2.1
        ignorecommand = $F/ask <ip> <failures> <fid> $F/calls/cached
        ignorecache = key="<ip>", max-count=3, max-time=5m
        """;

    // Last word: where to note the call. By the address: not ignored, ignored, broken, killed.
    private const string Ask = """
        #!/bin/sh
        printf '%s\n' "$1 $2 $3" >> "$4"
        case $1 in
        192.0.2.31) exit 0 ;;
        192.0.2.32) exit 3 ;;
        192.0.2.33) kill -9 $$ ;;
        2001:db8::31) exit 0 ;;
        esac
        exit 1
        """;

    private static readonly string[] Attackers =
    [
        "192.0.2.1", "192.0.2.2", "198.51.100.77", "198.51.101.77", "203.0.113.127", "203.0.113.128", "2001:db8:1::9", "2001:db8:2::9", "127.0.0.1", "192.0.2.40", "192.0.2.41", "192.0.2.42",
        "192.0.2.30", "192.0.2.31", "192.0.2.32", "192.0.2.33", "2001:db8::31", "192.0.2.31", "192.0.2.30", "192.0.2.31", "192.0.2.1", "999.1.2.3", "192.0.2.30", "192.0.2.99",
    ];

    [Fact]
    public async Task Same_failures_are_ignored_by_the_same_rules()
    {
        DayHost.RequireOriginal();
        using var original = new DayHost(true, Configuration);
        using var ours = new DayHost(false, Configuration);
        DayHost[] hosts = [ours, original];
        long time = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        await Task.WhenAll(hosts.Select(host => Task.Run(() =>
        {
            File.WriteAllText(Path.Combine(host.Folder, "ask"), Ask);
            File.SetUnixFileMode(Path.Combine(host.Folder, "ask"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
            foreach (string jail in Jails) host.MakeLog(jail);
            host.Start();
            host.WaitFor(() => Jails.All(jail => host.ReadLog().Contains($"Jail '{jail}' started", StringComparison.Ordinal)), "the start", Long);
            foreach (string jail in Jails) host.Fail(jail, time, Attackers);
            host.WaitFor(() => Jails.All(jail => host.ReadLog().Contains($"[{jail}] Found 192.0.2.99", StringComparison.Ordinal)), "the last failure", Long);
        })));

        foreach (string jail in Jails)
        {
            string[] theirs = Told(original, jail), mine = Told(ours, jail);
            Assert.InRange(theirs.Length, jail == "cached" ? Attackers.Distinct().Count() : Attackers.Length, Attackers.Length);
            Assert.Equal(theirs, mine);
            output.WriteLine($"{jail}: {theirs.Length} failures, {theirs.Count(text => text.StartsWith("Ignore", StringComparison.Ordinal))} ignored: same");
        }

        foreach (string jail in Jails[1..]) Assert.Equal(Calls(original, jail), Calls(ours, jail));
        foreach (string text in new[] { "returned 3", "killed with SIGKILL" })
            Assert.Equal(original.ReadLog().Split(text).Length, ours.ReadLog().Split(text).Length);
    }

    // A failure that waits for its command parks only itself here: those behind it may be told first, and what the command
    // will say of one address may be asked again before it is known.
    private static string[] Told(DayHost host, string jail) => AsOften(jail,
        Verdict().Matches(host.ReadLog()).Where(match => match.Groups["jail"].Value == jail).Select(match => match.Groups["what"].Value));

    private static string[] Calls(DayHost host, string jail) => AsOften(jail, File.ReadAllLines(Path.Combine(host.Folder, "calls", jail)));

    private static string[] AsOften(string jail, IEnumerable<string> texts) => [.. (jail == "cached" ? texts.Distinct() : texts).Order(StringComparer.Ordinal)];

    [GeneratedRegex(@"\[(?<jail>[a-z]+)\] (?<what>Found \S+|Ignore \S+ by .*)")]
    private static partial Regex Verdict();
}
