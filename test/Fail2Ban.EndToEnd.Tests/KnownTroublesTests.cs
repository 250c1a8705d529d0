using System.Diagnostics;
using System.Globalization;
using Fail2Ban.EndToEnd.Tests.Sandboxes;

namespace Fail2Ban.EndToEnd.Tests;

/// <summary>What went wrong on other people's hosts, replayed; docs/guide/troubles.md names the test of each.</summary>
public sealed class KnownTroublesTests
{
    [Fact]
    public void A_jail_that_reads_the_journal_while_its_log_is_a_file_is_told_at_the_start()
    {
        using Sandbox host = Host("""
            [DEFAULT]
            backend = systemd
            [shop]
            enabled = true
            logpath = $F/shop.log
            journalmatch = _SYSTEMD_UNIT=shop.service
            """);
        string sentence = $"jail 'shop' reads the journal (backend = systemd, {host.Etc}/jail.local:2), not its logpath {host.Path("shop.log")}; to read the file, set backend = auto in [shop]";
        Assert.Contains(sentence, host.Client("-t").Error, StringComparison.Ordinal);
        Assert.Contains(sentence, host.Client("start").Error, StringComparison.Ordinal);
        Assert.Contains("Journal matches:\t_SYSTEMD_UNIT=shop.service", host.Client("status", "shop").Successful, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_inotify_instances_logs_are_polled_and_the_limit_is_named()
    {
        using Sandbox host = Host("""
            [shop]
            enabled = true
            backend = auto
            logpath = $F/shop.log
            """);
        using Process server = host.Start("unshare", "--user", "--map-root-user", "sh", "-c",
            $"echo 0 >/proc/sys/user/max_inotify_instances || exit 77; exec {Sandbox.Program("fail2ban-server")} -c {host.Etc} -xf start");
        host.WaitFor(() => server.HasExited || host.ReadLog().Contains("Jail 'shop' started", StringComparison.Ordinal), "the jail");
        Assert.SkipWhen(server.HasExited && server.ExitCode != 0, "user namespaces have no limit of inotify instances here");
        host.Append("shop.log", $"{TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()} shop: bad password from 192.0.2.1");
        host.WaitForLog("Ban 192.0.2.1");
        Assert.Contains("Log files are polled instead of watched: inotify_init1(): Too many open files; raise user.max_inotify_instances (now 0)", host.ReadLog(), StringComparison.Ordinal);
        Assert.Contains("Read by:     polling", host.Client("get", "shop", "sources").Successful, StringComparison.Ordinal);
        host.Run("kill", "-TERM", server.Id.ToString(CultureInfo.InvariantCulture)).MustSucceed();
        Assert.True(server.WaitForExit(20_000));
    }

    [Fact]
    public void A_hundred_and_fifty_jails_need_one_inotify_instance()
    {
        using Sandbox host = Host(string.Concat(Enumerable.Range(1, 150).Select(number => $"[shop{number}]\nenabled = true\nfilter = shop\nbackend = auto\nlogpath = $F/shop.log\n")));
        host.Client("start").MustSucceed();
        int instances = Directory.EnumerateFiles($"/proc/{host.ServerPid}/fd").Count(file => new FileInfo(file).LinkTarget?.Contains("inotify", StringComparison.Ordinal) == true);
        Assert.Equal(1, instances);
        Assert.Contains("Number of jail:\t150", host.Client("status").Successful, StringComparison.Ordinal);
    }

    [Fact]
    public void Mails_of_starts_and_stops_end_with_two_empty_options_and_those_of_bans_go_on()
    {
        using Sandbox host = Host("""
            [shop]
            enabled = true
            backend = auto
            logpath = $F/shop.log
            action = sendmail[dest=root, sender=root, mailcmd="cat >> $F/mails"]
            """);
        host.Client("start").MustSucceed();
        host.WaitFor(() => Mails().Contains("Subject: [Fail2Ban] shop: started", StringComparison.Ordinal), "the mail of the start");
        host.Client("stop").MustSucceed();
        File.Delete(host.Path("mails"));

        host.Write("etc/action.d/sendmail-common.local", "[Definition]\nactionstart =\nactionstop =");
        host.Client("start").MustSucceed();
        host.Client("set", "shop", "banip", "192.0.2.1").MustSucceed();
        host.WaitFor(() => Mails().Contains("192.0.2.1", StringComparison.Ordinal), "the mail of the ban");
        host.Client("stop").MustSucceed();
        Assert.Single(Mails().Split('\n'), line => line.StartsWith("Subject:", StringComparison.Ordinal));

        string Mails() => File.Exists(host.Path("mails")) ? File.ReadAllText(host.Path("mails")) : "";
    }

    private static Sandbox Host(string jails)
    {
        var host = new Sandbox();
        host.Write("etc/filter.d/shop.conf", "[Definition]\nfailregex = ^ shop: bad password from <ADDR>$\ndatepattern = ^{EPOCH}");
        string defaults = jails.Contains("[DEFAULT]", StringComparison.Ordinal) ? "" : "[DEFAULT]\nmaxretry = 1\naction = dummy\n";
        host.Write("etc/jail.local", defaults + jails.Replace("$F", host.Folder, StringComparison.Ordinal));
        host.Write("shop.log", "0 shop: begins");
        return host;
    }
}
