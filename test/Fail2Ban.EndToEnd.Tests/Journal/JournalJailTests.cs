using Fail2Ban.EndToEnd.Tests.Sandboxes;
using Fail2Ban.Tests.Detection.Sources.Journal;

namespace Fail2Ban.EndToEnd.Tests.Journal;

/// <summary>Jails with <c>backend = systemd</c>, from the entry to the ban.</summary>
public sealed class JournalJailTests
{
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
