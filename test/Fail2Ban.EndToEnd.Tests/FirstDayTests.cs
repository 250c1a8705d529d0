using System.Text.RegularExpressions;
using Fail2Ban.EndToEnd.Tests.Sandboxes;

namespace Fail2Ban.EndToEnd.Tests;

/// <summary>The story of an administrator's first days, typed as they typed it (runs of spaces stand for the TABs of the answers).</summary>
public sealed partial class FirstDayTests
{
    private const string Filter = """
        [INCLUDES]
        before = apache-common.conf
        [Definition]
        excess_code = 429
        failregex = ^<HOST> -.*"(GET|POST|HEAD).*HTTP.*" %(excess_code)s
        ignoreregex =
        datepattern = ^[^\[]*\[({DATE})
                      {^LN-BEG}
        """;

    [Fact]
    public void Status_on_the_default_configuration_lists_the_ssh_jail()
    {
        using Sandbox host = Ubuntu();
        host.Client("start").MustSucceed();
        Assert.Equal(AsTyped("""
            Status
            |- Number of jail:      1
            `- Jail list:   sshd

            """), AsTyped(host.Client("status").Successful));
    }

    [Fact]
    public void A_jail_and_a_filter_of_their_own_are_tested_and_then_ban()
    {
        using Sandbox host = Ubuntu();
        string access = WithApacheJail(host);
        host.Append("access.log", Enumerable.Range(0, 3).Select(_ => Request("203.0.113.5", 429)).Append(Request("203.0.113.6", 200)));

        string report = host.Tool("fail2ban-regex", "-c", host.Etc, access, "apache-excessive", "--print-all-matched", "--print-no-missed", "--print-no-ignored").Successful;
        Assert.Contains("Lines: 4 lines, 0 ignored, 3 matched, 1 missed", report, StringComparison.Ordinal);
        Assert.Contains("|- Matched line(s):", report, StringComparison.Ordinal);
        Assert.DoesNotContain("Missed line(s)", report, StringComparison.Ordinal);

        Assert.Equal("OK: configuration test is successful\n", host.Tool("fail2ban-server", "-c", host.Etc, "--test").Successful);
        File.WriteAllText(access, "");
        host.Client("start").MustSucceed();
        Assert.Equal(AsTyped($"""
            Status for the jail: apache-excessive
            |- Filter
            |  |- Currently failed: 0
            |  |- Total failed:     0
            |  `- File list:        {access}
            `- Actions
               |- Currently banned: 0
               |- Total banned:     0
               `- Banned IP list:

            """), TrimEnds(AsTyped(host.Client("status", "apache-excessive").Successful)));

        host.Append("access.log", Enumerable.Range(0, 5).Select(_ => Request("203.0.113.5", 429)));
        host.WaitForLog("[apache-excessive] Ban 203.0.113.5");
        host.WaitFor(() => ElevenMinutes().IsMatch(host.Run("nft", "list", "table", "inet", "f2b-table").Output), "the address in the kernel's set");
        string table = host.Run("nft", "list", "table", "inet", "f2b-table").Successful;
        Assert.Contains("tcp dport { 80, 443 } ip saddr @addr-set-apache-excessive reject with icmp port-unreachable", table, StringComparison.Ordinal);
    }

    [Fact]
    public void The_firewall_shows_set_chain_and_rule_of_the_ssh_jail()
    {
        using Sandbox host = Ubuntu();
        host.Client("start").MustSucceed();
        Assert.Equal("1\n", host.Client("set", "sshd", "banip", "12.34.56.78").Successful);
        string table = host.Run("nft", "list", "table", "inet", "f2b-table").Successful;
        Assert.Contains("set addr-set-sshd {\n\t\ttype ipv4_addr\n", table, StringComparison.Ordinal);
        Assert.Matches(ElevenMinutes(), table);
        Assert.Contains("chain f2b-chain {\n\t\ttype filter hook input priority filter - 1; policy accept;", table, StringComparison.Ordinal);
        Assert.Contains("tcp dport 22 ip saddr @addr-set-sshd reject with icmp port-unreachable", table, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_day_the_ban_list_tells_times_and_the_pid_file_the_process()
    {
        using Sandbox host = Ubuntu();
        host.Write("etc/jail.local", "[DEFAULT]\nbantime = 86400");
        host.Client("start").MustSucceed();
        host.Client("set", "sshd", "banip", "12.122.52.119").MustSucceed();
        Assert.Matches(BanLine(), host.Client("get", "sshd", "banip", "--with-time").Successful);
        Assert.Contains("fail2ban-server", File.ReadAllText($"/proc/{host.ServerPid}/cmdline"), StringComparison.Ordinal);
    }

    // The distribution's default; the journal that sshd's jail reads is this machine's, whatever it holds.
    private static Sandbox Ubuntu()
    {
        var host = new Sandbox();
        host.Write("etc/jail.d/defaults-debian.conf", """
            [DEFAULT]
            banaction = nftables
            banaction_allports = nftables[type=allports]
            backend = systemd

            [sshd]
            enabled = true
            """);
        return host;
    }

    private static string WithApacheJail(Sandbox host)
    {
        string access = host.Path("access.log");
        File.WriteAllText(access, "");
        host.Write("etc/paths-overrides.local", $"[DEFAULT]\napache_access_log = {access}");
        host.Write("etc/jail.d/00-local.conf", """
            [apache-excessive]
            enabled=true
            backend = pyinotify
            port     = http,https
            logpath  = %(apache_access_log)s
            journalmatch =
            """);
        host.Write("etc/filter.d/apache-excessive.conf", Filter);
        return access;
    }

    private static string Request(string address, int status) =>
        $"{address} - - [{TimeProvider.System.GetUtcNow():dd/MMM/yyyy:HH:mm:ss +0000}] \"GET / HTTP/1.1\" {status} 162 \"-\" \"curl/8.5.0\"";

    // The story shows each TAB of an answer as a run of spaces.
    private static string AsTyped(string text) => RunsWithin().Replace(text, " ");

    [GeneratedRegex(@"(?<=\S)[ \t]+(?=\S)")]
    private static partial Regex RunsWithin();

    private static string TrimEnds(string text) => string.Join('\n', text.Split('\n').Select(line => line.TrimEnd()));

    // The ban's ten minutes from its failure on, and a minute for the kernel's own end; a slow machine takes seconds off.
    [GeneratedRegex(@"elements = \{ (203\.0\.113\.5|12\.34\.56\.78) timeout (11m|10m5\ds) ")]
    private static partial Regex ElevenMinutes();

    [GeneratedRegex(@"^12\.122\.52\.119 \t\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+ 86400 = \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\n$")]
    private static partial Regex BanLine();
}
