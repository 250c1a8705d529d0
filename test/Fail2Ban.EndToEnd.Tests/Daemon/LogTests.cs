using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Fail2Ban.EndToEnd.Tests.Journal;
using Fail2Ban.EndToEnd.Tests.Sandboxes;

namespace Fail2Ban.EndToEnd.Tests.Daemon;

/// <summary>The published server's log on a real disk, under the real logrotate and in a real journal.</summary>
public sealed partial class LogTests
{
    [Fact]
    public void A_full_disk_delays_no_ban_and_leaves_one_line_with_the_count_of_the_lost()
    {
        using Sandbox host = Small();
        string folder = Directory.CreateDirectory(host.Path("disk")).FullName;
        using Process server = host.Start("unshare", "--mount", "sh", "-c",
            $"mount -t tmpfs -o size=64k none {folder} && exec {Sandbox.Program("fail2ban-server")} -c {host.Etc} --logtarget {folder}/log -xf start");
        string disk = $"/proc/{server.Id}/root{folder}";
        host.WaitFor(() => File.Exists($"{disk}/log") && File.ReadAllText($"{disk}/log").Contains("Jail 'j' started", StringComparison.Ordinal), "the jail");
        Fill($"{disk}/filler");
        string[] addresses = [.. Enumerable.Range(1, 60).Select(i => $"192.0.2.{i}")];
        Assert.Equal("60\n", host.Client(["set", "j", "banip", .. addresses]).Successful);
        Assert.Equal(string.Join(' ', addresses) + "\n", host.Client("get", "j", "banip").Successful);
        File.Delete($"{disk}/filler");
        host.Client("set", "j", "unbanip", addresses[0]).MustSucceed();
        host.WaitFor(() => File.ReadAllText($"{disk}/log").Contains("Unban 192.0.2.1\n", StringComparison.Ordinal), "the line behind the gap");

        string[] lines = File.ReadAllLines($"{disk}/log");
        string notice = Assert.Single(lines, line => line.Contains("lines of the log were lost here", StringComparison.Ordinal));
        int lost = int.Parse(Count().Match(notice).Groups[1].Value, CultureInfo.InvariantCulture);
        // A line that was cut may end in an address that is none, or in a shorter one, which has been seen before.
        int whole = lines.Select(line => Ban().Match(line)).Where(match => match.Success).Select(match => match.Groups[1].Value).Where(addresses.Contains).Distinct().Count();
        Assert.InRange(lost, 1, 60);
        Assert.Equal(60, whole + lost);
        host.Run("kill", "-TERM", $"{server.Id}").MustSucceed();
        Assert.True(server.WaitForExit(20_000));
    }

    [Fact]
    public void A_log_keeps_the_mode_and_owner_that_logrotate_gave_it()
    {
        const string logrotate = "/usr/sbin/logrotate";
        Assert.SkipUnless(File.Exists(logrotate), "logrotate is not installed");
        Assert.SkipUnless(Environment.UserName == "root", "only root may give a file away");
        using Sandbox host = Small();
        host.Client("start").MustSucceed();
        host.Client("set", "j", "banip", "192.0.2.1").MustSucceed();
        host.Write("rotate.conf", $$"""
            {{host.Log}} {
                rotate 2
                create 640 root adm
                postrotate
                    {{Sandbox.Program("fail2ban-client")}} -c {{host.Etc}} flushlogs >/dev/null
                endscript
            }
            """);
        File.SetUnixFileMode(host.Path("rotate.conf"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        for (int i = 2; i < 4; i++)
        {
            host.Run(logrotate, "-f", "-s", host.Path("rotate.state"), host.Path("rotate.conf")).MustSucceed();
            host.Client("set", "j", "banip", $"192.0.2.{i}").MustSucceed();
            Assert.Equal("640 root adm\n", host.Run("stat", "-c", "%a %U %G", host.Log).Successful);
            Assert.Contains($"rollover performed on {host.Log}", host.ReadLog(), StringComparison.Ordinal);
            Assert.EndsWith($"NOTICE  [j] Ban 192.0.2.{i}\n", host.ReadLog(), StringComparison.Ordinal);
        }

        Assert.Contains("Ban 192.0.2.2", File.ReadAllText(host.Log + ".1"), StringComparison.Ordinal);
        Assert.Contains("Ban 192.0.2.1", File.ReadAllText(host.Log + ".2"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_journal_of_the_system_gets_lines_with_fields()
    {
        using Sandbox host = Small();
        using var journal = new PrivateJournal(host);
        journal.Client("--logtarget", "SYSTEMD-JOURNAL", "start").MustSucceed();
        journal.Client("set", "j", "banip", "192.0.2.1").MustSucceed();
        Assert.Equal("Current logging target is:\n`- SYSTEMD-JOURNAL\n", journal.Client("get", "logtarget").Successful);
        Assert.Equal("logs: flushed\n", journal.Client("flushlogs").Successful);
        int pid = host.ServerPid;
        journal.Client("stop").MustSucceed();
        string[] entries = [];
        host.WaitFor(() => (entries = journal.Run("journalctl", "-t", "fail2ban", "-o", "json", "--no-pager").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            .Any(entry => entry.Contains("Exiting Fail2ban", StringComparison.Ordinal)), "the last entry");
        using JsonDocument ban = JsonDocument.Parse(Assert.Single(entries, entry => entry.Contains("] Ban 192.0.2.1", StringComparison.Ordinal)));
        (string Field, string Value)[] fields = [("MESSAGE", $"fail2ban.actions[{pid}]: NOTICE [j] Ban 192.0.2.1"), ("PRIORITY", "5"), ("LOGGER", "fail2ban.actions"), ("CODE_LEVEL", "NOTICE"), ("_PID", $"{pid}")];
        Assert.All(fields, field => Assert.Equal(field.Value, ban.RootElement.GetProperty(field.Field).GetString()));
    }

    private static Sandbox Small()
    {
        var host = new Sandbox();
        host.Write("j.log", "");
        host.Write("etc/action.d/note.conf", "[Definition]\nactionban = true\nactionunban = true");
        host.Write("etc/filter.d/word.conf", "[Definition]\nfailregex = ^ fail <HOST>$");
        host.Write("etc/jail.local", $"[j]\nenabled = true\nbackend = polling\nfilter = word\naction = note\nlogpath = {host.Path("j.log")}\n[sshd]\nenabled = false");
        return host;
    }

    private static void Fill(string file)
    {
        using var filler = new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
        byte[] block = new byte[4096];
        try
        {
            while (true) filler.Write(block);
        }
        catch (IOException)
        {
            // It is full.
        }
    }

    [GeneratedRegex(@"WARNING (\d+) lines of")]
    private static partial Regex Count();

    [GeneratedRegex(@"^\S+ \S+ fail2ban\.actions +\[\d+\]: NOTICE  \[j\] Ban (\S+)$")]
    private static partial Regex Ban();
}
