using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Fail2Ban.EndToEnd.Tests.Control;
using Fail2Ban.EndToEnd.Tests.Sandboxes;

namespace Fail2Ban.EndToEnd.Tests.Daemon;

/// <summary>The same day in the logs of both servers: the same sentences, under the same loggers, at the same levels.</summary>
public sealed partial class LogSentencesTests
{
    // The last jail: a stop before it cuts the start short, and says so.
    private const string Ready = "Jail 'j2' started";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    // What only one of them says, and why.
    private static readonly Dictionary<string, string> s_ofTheOriginal = new()
    {
        ["fail2ban.server INFO Starting Fail2ban v1.0.2"] = "the version",
        ["fail2ban.observer INFO Observer start..."] = "no such thread here",
        ["fail2ban.observer INFO Observer stop ... try to end queue 5 seconds"] = "no such thread here",
        ["fail2ban.observer INFO Observer stopped, 0 events remaining."] = "no such thread here",
        ["fail2ban.filter ERROR Unable to compile regular expression '(':"] = "said once, with the command that failed",
        ["fail2ban.jail INFO Set banTime.increment = true"] = "since 1.1 as ours",
        ["fail2ban.actions NOTICE [j1] Unban 192.0.2.77"] = "at a stop; since 1.1 as ours",
    };

    private static readonly Dictionary<string, string> s_ofOurs = new()
    {
        ["fail2ban.server INFO Starting Fail2ban v1.1.2"] = "the version",
        ["fail2ban.jail INFO Set banTime.increment = True"] = "since 1.1",
        ["fail2ban.actions NOTICE [j1] Repeal Ban 192.0.2.77"] = "since 1.1",
    };

    [Fact]
    public async Task A_day_reads_the_same()
    {
        Assert.SkipUnless(File.Exists(OriginalServer.Client), "no client of the original");
        Task<string[]> theirs = Task.Run(() => Live("/usr/bin/fail2ban-server", OriginalServer.Client));
        Task<string[]> ours = Task.Run(() => Live(Sandbox.Program("fail2ban-server"), Sandbox.Program("fail2ban-client")));
        string[] said = await theirs;
        string[] weSaid = await ours;
        Assert.Equal(s_ofTheOriginal.Keys.Order(StringComparer.Ordinal), said.Except(weSaid).Order(StringComparer.Ordinal));
        Assert.Equal(s_ofOurs.Keys.Order(StringComparer.Ordinal), weSaid.Except(said).Order(StringComparer.Ordinal));
        Assert.True(said.Length > 40, $"only {said.Length} sentences");
    }

    private static string[] Live(string server, string client)
    {
        string folder = Directory.CreateTempSubdirectory("f2b-sentences-").FullName;
        try
        {
            string etc = Path.Combine(folder, "etc"), log = Path.Combine(folder, "log"), bad = Path.Combine(folder, "bad.log");
            Write("etc/fail2ban.conf", $"[Definition]\nloglevel = INFO\nlogtarget = {log}\nsyslogsocket = auto\nsocket = {folder}/socket\npidfile = {folder}/pid\ndbfile = {folder}/db\ndbmaxmatches = 10\ndbpurgeage = 1d\nallowipv6 = auto\n");
            Write("etc/filter.d/flt.conf", "[Definition]\nfailregex = ^ bad <HOST>$\n");
            Write("etc/action.d/act.conf", "[Definition]\nactionban = true\nactionunban = true\n");
            Write("etc/jail.conf", $"[DEFAULT]\nbackend = polling\nusedns = no\nfilter = flt\naction = act\nmaxretry = 2\nfindtime = 10m\nbantime = 1h\n[j1]\nenabled = true\nlogpath = {bad}\n[j2]\nenabled = true\nlogpath = {bad}\nmaxretry = 9\nignoreip = 198.51.100.0/24\n");
            Write("bad.log", "");
            using Process first = Start();
            Await(Ready);
            Bad("192.0.2.1");
            Bad("192.0.2.1");
            Await("[j1] Ban 192.0.2.1\n");
            Bad("192.0.2.1");
            Bad("198.51.100.7");
            Await("Ignore 198.51.100.7 by ip");
            foreach (string command in new[]
            {
                "set j1 banip 192.0.2.9", "set j1 banip 192.0.2.9", "set j1 unbanip 192.0.2.9", "set j1 attempt 192.0.2.10 line", "set j1 maxretry 5", "set j1 findtime 77", "set j1 bantime 99",
                "set j1 addignoreip 203.0.113.0/24", "set j1 delignoreip 203.0.113.0/24", "set j1 idle on", "set j1 idle off", "set j1 usedns warn", "set j1 maxlines 3", "set j1 addfailregex (",
                "set j1 bantime.increment true", "set loglevel INFO", "flushlogs", "status nope", "get j1 nope", "stop j2", "reload", "unban 192.0.2.1", "set j1 banip 192.0.2.77",
            }) Client(command);
            Await("[j1] Ban 192.0.2.77");
            Client("stop");
            Assert.True(first.WaitForExit(s_patience));
            int started = Count(Ready);
            using Process second = Start();
            Await("[j1] Restore Ban 192.0.2.77");
            Until(() => Count(Ready) > started, "second start");
            Client("stop");
            Assert.True(second.WaitForExit(s_patience));
            return [.. File.ReadLines(log).Select(line => Line().Match(line)).Where(match => match.Success)
                .Where(match => !match.Groups[3].Value.EndsWith(" already banned", StringComparison.Ordinal)) // below INFO when it is said within 3 s
                .Select(match => Told(match.Groups[1].Value, match.Groups[2].Value, match.Groups[3].Value.Replace(folder, "", StringComparison.Ordinal))).Distinct()];

            void Write(string name, string text)
            {
                string path = Path.Combine(folder, name);
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.WriteAllText(path, text);
            }

            void Bad(string address)
            {
                int found = Count($"Found {address} ") + Count($"Ignore {address} ");
                File.AppendAllText(bad, $"{TimeProvider.System.GetLocalNow().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)} bad {address}\n");
                Until(() => Count($"Found {address} ") + Count($"Ignore {address} ") >= found + 2, $"both jails to see {address}");
            }

            int Count(string text) => File.ReadAllText(log).Split(text).Length - 1;

            void Await(string text) => Until(() => File.Exists(log) && File.ReadAllText(log).Contains(text, StringComparison.Ordinal), text);

            void Until(Func<bool> holds, string what)
            {
                for (var waited = Stopwatch.StartNew(); !holds(); Moment.Pass()) Assert.True(waited.Elapsed < s_patience, $"{server}: no {what}\n{(File.Exists(log) ? File.ReadAllText(log) : "")}");
            }

            void Client(string command) => OriginalServer.Run(client, ["-c", etc, .. command.Split(' ')]);

            Process Start() => Process.Start(new ProcessStartInfo("unshare", ["-n", server, "-c", etc, "-f", "start"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Told(string logger, string level, string message) =>
        $"{logger} {level} {Volatile().Replace(message, "")}";

    [GeneratedRegex(@"^[\d-]+ [\d:,]+ (\S+)\s*\[\d+\]: (\w+)\s+(.*)$")]
    private static partial Regex Line();

    // Times, positions and hashes.
    [GeneratedRegex(@" - \d{4}-\d\d-\d\d [\d:]+|pos = \d+, hash = [0-9a-f]*")]
    private static partial Regex Volatile();
}
