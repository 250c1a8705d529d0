using System.Diagnostics;
using Fail2Ban.EndToEnd.Tests.Sandboxes;
using Fail2Ban.Tests.Detection.Sources.Journal;

namespace Fail2Ban.EndToEnd.Tests.Journal;

/// <summary>Jails with <c>backend = systemd</c>, from the entry to the ban.</summary>
public sealed class JournalJailTests
{
    private const string Original = "/usr/bin/fail2ban-client";

    [Fact]
    public void A_service_that_logs_to_journald_is_guarded_through_rotation_and_restart()
    {
        using var host = new Sandbox();
        using var journal = new PrivateJournal(host);
        Configure(host, "systemd");
        journal.Say("app", "fail from 203.0.113.1", "fail from 203.0.113.1");
        journal.Say("other", "fail from 203.0.113.1");
        journal.Client("start").MustSucceed();
        host.WaitForLog("[app] Jail is in operation now (process new journal entries)");
        Assert.Contains("`- Journal matches:\tSYSLOG_IDENTIFIER=app", journal.Client("status", "app").Successful, StringComparison.Ordinal);
        Assert.Equal("Current match filter:\nSYSLOG_IDENTIFIER=app\n", journal.Client("get", "app", "journalmatch").Successful);

        journal.Say("app", "fail from 203.0.113.1");
        host.WaitForLog("[app] Ban 203.0.113.1");
        for (int i = 0; i < 3; i++)
        {
            journal.Say("app", "fail from 203.0.113.2");
            journal.Run("journalctl", "--rotate").MustSucceed();
        }

        host.WaitForLog("[app] Ban 203.0.113.2");
        journal.Say("app", "fail from 203.0.113.3");
        host.WaitForLog("[app] Found 203.0.113.3");
        journal.Client("restart").MustSucceed();
        host.WaitForLog("[app] Restore Ban 203.0.113.2");
        journal.Say("app", "fail from 203.0.113.4");
        host.WaitForLog("[app] Found 203.0.113.4");
        Assert.Equal([3, 3, 1, 1], [Found(host, "203.0.113.1"), Found(host, "203.0.113.2"), Found(host, "203.0.113.3"), Found(host, "203.0.113.4")]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_original_finds_the_same_through_rotation_and_vacuum(bool stoppedMeanwhile)
    {
        using var host = new Sandbox();
        using var journal = new PrivateJournal(host);
        if (!File.Exists(Original)) Assert.Skip("fail2ban is not installed");
        Configure(host, "systemd");
        host.Write("other/fail2ban.conf", $"[Definition]\nloglevel = INFO\nlogtarget = {host.Path("other.log")}\nsyslogsocket = auto\nsocket = {host.Path("other.sock")}\npidfile = {host.Path("other.pid")}\ndbfile = {host.Path("other.db")}\ndbmaxmatches = 10\ndbpurgeage = 1d\n[Thread]\n");
        host.Write("other/jail.conf", "[app]\nenabled = true\nbackend = systemd\njournalmatch = SYSLOG_IDENTIFIER=app\nfailregex = fail from <HOST>\nmaxretry = 3\nusedns = no\n");
        journal.Say("app", "fail from 203.0.113.1", "fail from 203.0.113.1");
        journal.Client("start").MustSucceed();
        journal.Run(Original, "-c", host.Path("other"), "start").MustSucceed();
        try
        {
            Expect(1, 2);
            for (int i = 2; i <= 6; i++)
            {
                if (stoppedMeanwhile && i == 3) EachClient("stop");
                journal.Say("app", $"fail from 203.0.113.{i}");
                journal.Say("other", $"fail from 203.0.113.{i}");
                journal.Run("journalctl", "--rotate").MustSucceed();
                journal.Say("app", $"fail from 203.0.113.{i}");
                if (!stoppedMeanwhile || i < 3) Expect(i, 2);
                // What is vacuumed while nobody reads is gone for both.
                if (i is 2 or 5) journal.Run("journalctl", "--vacuum-files=1").MustSucceed();
                if (stoppedMeanwhile && i == 5) EachClient("start");
            }

            if (stoppedMeanwhile)
            {
                journal.Say("app", "fail from 203.0.113.9");
                Expect(6, 2);
                Expect(9, 1);
            }

            Assert.Equal(Lines(host.Path("other.log")), Lines(host.Log));
            Assert.NotEmpty(Lines(host.Log));
        }
        finally
        {
            if (File.Exists(host.Path("other.pid"))) journal.Run(Original, "-c", host.Path("other"), "stop");
        }

        void Expect(int number, int times)
        {
            foreach (string log in new[] { host.Log, host.Path("other.log") })
                host.WaitFor(() => Lines(log).Count(line => line.StartsWith($"203.0.113.{number} ", StringComparison.Ordinal)) == times, $"{times} of 203.0.113.{number} in {log}");
        }

        void EachClient(string command)
        {
            journal.Client(command).MustSucceed();
            journal.Run(Original, "-c", host.Path("other"), command).MustSucceed();
            if (command == "stop") host.WaitFor(() => !File.Exists(host.Path("other.pid")), "the end of the original");
        }

        static string[] Lines(string log) => !File.Exists(log) ? [] :
            [.. File.ReadAllLines(log).Where(line => line.Contains("] Found ", StringComparison.Ordinal)).Select(line => line[(line.IndexOf("Found ", StringComparison.Ordinal) + 6)..])];
    }

    [Fact]
    public void Without_libsystemd_only_jails_that_need_it_do_not_start()
    {
        if (Environment.UserName != "root") Assert.Skip("hiding a library needs root");
        string? library = new[] { "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib" }
            .Select(folder => Path.Combine(folder, "libsystemd.so.0")).FirstOrDefault(File.Exists);
        if (library is null) Assert.Skip("there is no libsystemd to hide");
        using var host = new Sandbox();
        Configure(host, "systemd");
        host.Write("a.log", "");
        host.Write("etc/jail.d/file.conf", $"[file]\nenabled = true\nfilter =\nfailregex = fail from <HOST>\nbackend = auto\nlogpath = {host.Path("a.log")}\nmaxretry = 1\naction =\n");
        using Process server = host.Start("unshare", "--mount", "sh", "-c", $"mount --bind /dev/null {library} && exec {Sandbox.Program("fail2ban-server")} -f -c {host.Etc} start");
        host.WaitForLog("Jail 'file' started");
        Assert.Contains("the systemd journal cannot be read: libsystemd.so.0 is not installed (package libsystemd0, or systemd-libs on Fedora and Arch)", host.ReadLog(), StringComparison.Ordinal);
        host.Append("a.log", $"{TimeProvider.System.GetUtcNow():yyyy-MM-dd'T'HH:mm:ss'Z'} fail from 203.0.113.1");
        host.WaitForLog("[file] Ban 203.0.113.1");
        Assert.Contains("Jail list:\tfile\n", host.Client("status").Successful, StringComparison.Ordinal);
        host.Client("stop").MustSucceed();
        Assert.True(server.WaitForExit(20_000));
    }

    [Fact]
    public void Given_journal_files_are_read_and_after_a_restart_nothing_counts_twice()
    {
        using var host = new Sandbox();
        using var journal = new WrittenJournal();
        Configure(host, $"systemd[journalfiles={journal.CurrentFile}]");
        long now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() * 1000;
        journal.Write(Enumerable.Range(0, 5).Select(i => Failure(now - 60_000_000 + i, i < 3 ? "203.0.113.1" : "203.0.113.2")));
        journal.Finish();
        host.Client("start").MustSucceed();
        host.WaitForLog("[app] Ban 203.0.113.1");
        host.WaitFor(() => Found(host, "203.0.113.2") == 2, "both failures");
        host.Client("restart").MustSucceed();
        host.WaitForLog("[app] Restore Ban 203.0.113.1");
        journal.Write(Failure(now, "203.0.113.3"));
        host.WaitForLog("[app] Found 203.0.113.3");
        Assert.Equal([3, 2], [Found(host, "203.0.113.1"), Found(host, "203.0.113.2")]);

        string report = host.Tool("fail2ban-regex", "-c", host.Etc, "-m", "SYSLOG_IDENTIFIER=app", "--print-all-matched",
            $"systemd-journal[journalfiles={journal.CurrentFile}]", "^srv app: fail from <HOST>$").Successful;
        Assert.Contains("Use         systemd journal\n", report, StringComparison.Ordinal);
        Assert.Contains("Use    journal match : SYSLOG_IDENTIFIER=app\n", report, StringComparison.Ordinal);
        Assert.Contains("Lines: 6 lines, 0 ignored, 6 matched, 0 missed", report, StringComparison.Ordinal);
        Assert.DoesNotContain("Date template hits", report, StringComparison.Ordinal);
    }

    [Fact]
    public void A_journal_that_cannot_be_opened_keeps_only_its_own_jail_from_starting()
    {
        using var host = new Sandbox();
        using var journal = new WrittenJournal();
        journal.Write(Failure(1_700_000_000_000_000, "203.0.113.1"));
        journal.Finish();
        Configure(host, $"systemd[journalfiles={journal.CurrentFile}]");
        host.Write("etc/jail.d/more.conf", """
            [absent]
            enabled = true
            filter =
            failregex = x <HOST>
            action =
            backend = systemd[journalpath=/nonexistent]
            [wrong]
            enabled = true
            filter =
            failregex = x <HOST>
            action =
            backend = systemd[foo=1]
            """);
        host.Client("start");
        host.WaitForLog("Opening the journal failed: sd_journal_open_directory(/nonexistent): No such file or directory");
        host.WaitForLog("unknown parameter 'foo'; known are journalpath, journalfiles, journalflags, namespace and rotated");
        host.WaitForLog("Jail 'app' started");
    }

    private static void Configure(Sandbox host, string backend) => host.Write("etc/jail.d/app.conf", $"""
        [sshd]
        enabled = false
        [app]
        enabled = true
        filter =
        backend = {backend}
        journalmatch = SYSLOG_IDENTIFIER=app
        failregex = fail from <HOST>
        maxretry = 3
        action =
        """);

    private static SampleEntry Failure(long time, string address) =>
        SampleEntry.Of(time, ("MESSAGE", $"fail from {address}"), ("SYSLOG_IDENTIFIER", "app"), ("_HOSTNAME", "srv"));

    private static int Found(Sandbox host, string address) => host.ReadLog().Split($"[app] Found {address} - ").Length - 1;
}
