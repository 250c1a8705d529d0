using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Fail2Ban.EndToEnd.Tests.Detection;
using Fail2Ban.EndToEnd.Tests.Sandboxes;

namespace Fail2Ban.EndToEnd.Tests.Days;

/// <summary>
/// Sessions of which some lines come before a stop of the server, some while it is down and some after its start: what is
/// found, counted and banned is the same as with the original, with its own filter.
/// </summary>
public sealed partial class SessionRestartTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

    private const int LinesOfAPart = 60;

    private const string Stamp = "TIME";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(0.5);

    private static readonly string[] Jails = ["normal", "aggressive", "window"];

    private const string Configuration = """
        [DEFAULT]
        backend = polling
        usedns = no
        maxretry = 4
        findtime = 1h
        bantime = 1h
        action =

        [normal]
        enabled = true
        filter = sshd
        logpath = $F/ssh.log

        [aggressive]
        enabled = true
        filter = sshd[mode=aggressive]
        logpath = $F/ssh.log

        [window]
        enabled = true
        filter =
        maxlines = 20
        failregex = ^ srv d(?P<_id>\[\d+\]): connect from <ADDR> #\d+$<SKIPLINES>^ srv d(?P=_id): (?:bad|worse) .* #\d+$
                    ^ srv mark from <ADDR>$
        logpath = $F/window.log
        """;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Sessions_across_a_restart_and_a_reload_are_judged_as_by_the_original(int seed)
    {
        DayHost.RequireOriginal();
        using var original = new DayHost(true, Configuration);
        using var ours = new DayHost(false, Configuration);
        DayHost[] hosts = [ours, original];
        Queue<string> ssh = Lines(seed, Sessions.Ssh), own = Lines(seed, Sessions.Own);
        int mark = 0;

        void OnBoth(Action<DayHost> act) => Task.WaitAll(hosts.Select(host => Task.Run(() => act(host))));

        // The last line of each part is a failure of its own: when it is found, everything before it was judged.
        void Write(bool isRunning)
        {
            string time = Now();
            // A line without a date has that of the line before; the first of a part would have one or none by chance.
            string begin = $"{time} srv part {mark} begins";
            string[] sshPart = [begin, .. Take(ssh, time), $"{time} srv sshd[{900 + mark}]: Failed password for root from 203.0.113.{++mark} port 22 ssh2"];
            string[] ownPart = [begin, .. Take(own, time), $"{time} srv mark from 203.0.113.{mark}"];
            OnBoth(host =>
            {
                File.AppendAllLines(Path.Combine(host.Folder, "ssh.log"), sshPart);
                File.AppendAllLines(Path.Combine(host.Folder, "window.log"), ownPart);
                if (isRunning) WaitForMark(host, mark);
            });
        }

        OnBoth(host =>
        {
            foreach (string log in new[] { "ssh", "window" }) File.WriteAllText(Path.Combine(host.Folder, $"{log}.log"), "");
            host.Start();
            host.WaitFor(() => Jails.All(jail => host.ReadLog().Contains($"Jail '{jail}' started", StringComparison.Ordinal)), "the start", Long);
        });
        Write(isRunning: true);
        Compare("before the stop");

        OnBoth(host =>
        {
            host.Client("stop").MustSucceed();
            host.WaitFor(() => host.ReadLog().Contains("Exiting Fail2ban", StringComparison.Ordinal), "the end", Long);
        });
        Write(isRunning: false);
        OnBoth(host =>
        {
            host.Start();
            WaitForMark(host, mark);
        });
        Compare("after the start: what came meanwhile");
        Write(isRunning: true);
        Compare("after the start: the rest of the sessions");

        OnBoth(host => host.Client("reload").MustSucceed());
        Write(isRunning: true);
        Compare("after a reload");

        OnBoth(host => host.Client("restart", "aggressive").MustSucceed());
        Write(isRunning: true);
        Compare("after the restart of one jail");

        void Compare(string when)
        {
            int found = 0;
            foreach (string jail in Jails)
            {
                // All is found by now; bans are made and told by another thread. Equal once may be too early: a ban that is
                // still to come would fall together with the stop.
                TimeSpan? same = null;
                (string[] Told, string Status) theirs = ([], ""), mine = theirs;
                for (var waited = Stopwatch.StartNew(); waited.Elapsed < Patience; Moment.Pass())
                {
                    (theirs, mine) = ((Told(original, jail), Status(original, jail)), (Told(ours, jail), Status(ours, jail)));
                    if (!theirs.Told.SequenceEqual(mine.Told) || theirs.Status != mine.Status) same = null;
                    else if ((same ??= waited.Elapsed) + Settled < waited.Elapsed) break;
                }

                Assert.True(theirs.Told.Length > 0, $"{when}: nothing found in {jail}");
                Assert.True(theirs.Told.SequenceEqual(mine.Told), $"{when}, {jail}: {Difference(theirs.Told, mine.Told)}");
                Assert.Equal(theirs.Status, mine.Status);
                found += theirs.Told.Length;
            }

            output.WriteLine($"{when}: {found} lines of the log about failures and bans, and the status of {Jails.Length} jails: same");
        }
    }

    private static Queue<string> Lines(int seed, Func<Random, int, IEnumerable<string>> session)
    {
        var random = new Random(seed);
        var lines = new Queue<string>();
        while (lines.Count < 5 * LinesOfAPart)
            foreach (string line in Sessions.Mixed(random, session, _ => Stamp)) lines.Enqueue(line);
        return lines;
    }

    // Dated when they are written: over a minute later a line counts as one of the present, sooner at one server than at the other.
    private static IEnumerable<string> Take(Queue<string> lines, string time) =>
        Enumerable.Range(0, LinesOfAPart).Select(_ => lines.Dequeue().Replace(Stamp, time, StringComparison.Ordinal));

    private static string Now() => TimeProvider.System.GetLocalNow().ToString("MMM dd HH:mm:ss", CultureInfo.InvariantCulture);

    private static void WaitForMark(DayHost host, int mark) => host.WaitFor(
        () => Jails.All(jail => host.ReadLog().Contains($"[{jail}] Found 203.0.113.{mark} ", StringComparison.Ordinal)), $"mark {mark}", Long);

    // What a jail found and banned, in its order. Bans are told by another thread: those of one look at the log come behind it.
    // The original restores bans beside its first look at the log: one that is found again there may be a new ban to it.
    private static string[] Told(DayHost host, string jail)
    {
        string[] all = [.. FoundOrBanned().Matches(host.ReadLog()).Where(match => match.Groups["jail"].Value == jail).Select(match => match.Groups["what"].Value)];
        return [.. all.Where(text => text.StartsWith("Found", StringComparison.Ordinal)), .. all.Where(text => !text.StartsWith("Found", StringComparison.Ordinal)).Select(text => text.Replace("Restore Ban", "Ban", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
    }

    // From the first line that differs on, and what only one of them has.
    private static string Difference(string[] theirs, string[] mine)
    {
        int same = theirs.Zip(mine).TakeWhile(pair => pair.First == pair.Second).Count();
        return $"""
            from line {same} on
            the original: {string.Join(", ", theirs.Skip(same).Take(20))}
            we: {string.Join(", ", mine.Skip(same).Take(20))}
            more often there: {Surplus(theirs, mine)}
            more often here: {Surplus(mine, theirs)}
            """;

        static string Surplus(string[] more, string[] less) => string.Join(", ",
            more.CountBy(text => text).Select(one => (one.Key, Surplus: one.Value - less.Count(text => text == one.Key))).Where(one => one.Surplus > 0).Select(one => $"{one.Surplus} × {one.Key}"));
    }

    private static string Status(DayHost host, string jail)
    {
        string wanted = "";
        host.WaitFor(() => (wanted = host.Client("status", jail).Output).Length > 0, "a status", Long);
        string[] counts = [.. wanted.Split('\n').Where(line => line.Contains("failed:", StringComparison.Ordinal) || line.Contains("banned:", StringComparison.Ordinal))];
        string banned = string.Join(' ', host.Client("get", jail, "banip").Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
        return $"{string.Join('\n', counts)}\n{banned}";
    }

    [GeneratedRegex(@"\[(?<jail>[a-z]+)\] (?<what>(?:Found|Ban|Restore Ban) [0-9a-f]*[.:][0-9a-f.:]*)")]
    private static partial Regex FoundOrBanned();
}
