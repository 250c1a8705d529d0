using System.Diagnostics;
using Fail2Ban.EndToEnd.Tests.Enforcement;

namespace Fail2Ban.EndToEnd.Tests.ShippedActions;

/// <summary>
/// The actions that mail, through the real <c>sendmail</c> (of msmtp) and <c>mail</c> (of GNU mailutils) to a mail server,
/// in namespaces where that server is the only one there is.
/// </summary>
public sealed class MailProgramTests
{
    private const string Private = """
        set -e
        ip link set lo up
        mount -t tmpfs none /run
        mkdir /run/etc
        cp -a /etc/. /run/etc
        mount --bind /run/etc /etc
        printf 'account default\nhost 127.0.0.1\nport 25\nfrom fail2ban@example.org\ntls off\nauth off\n' >/etc/msmtprc
        rm -f /etc/resolv.conf
        printf 'nameserver 127.0.0.1\n' >/etc/resolv.conf
        """;

    private const string Log = "logpath=\"{log}\"";
    private const string NoMailers = "msmtp-mta or mailutils is not installed";
    private const string Line = "sshd: Failed password for root from 192.0.2.1";

    // An action, its mails of one ban, and what stands in them; {log} is a log file.
    private static readonly (string Action, string[] Parts)[] s_cases =
    [
        ("sendmail[dest=admin@example.org]", ["RCPT TO:<admin@example.org>", "Subject: [Fail2Ban] demo: banned 192.0.2.1 from host.example.org"]),
        ("sendmail-whois[dest=admin@example.org]", ["demo: banned 192.0.2.1", "About the address"]),
        ($"sendmail-whois-lines[dest=admin@example.org, {Log}]", ["demo: banned 192.0.2.1", $"  {Line}"]),
        ("sendmail-whois-matches[dest=admin@example.org]", ["demo: banned 192.0.2.1", "  matched line"]),
        ("sendmail-whois-ipmatches[dest=admin@example.org]", ["demo: banned 192.0.2.1"]),
        ("sendmail-whois-ipjailmatches[dest=admin@example.org]", ["demo: banned 192.0.2.1"]),
        ($"sendmail-geoip-lines[dest=admin@example.org, {Log}]", ["demo: banned 192.0.2.1", $"  {Line}"]),
        ("sendmail-buffered[dest=admin@example.org, lines=1, tmpfile=\"{log}.buffer\"]", ["demo: summary from host.example.org", "192.0.2.1 (5 failures)"]),
        ("mail[dest=admin@example.org]", ["RCPT TO:<admin@example.org>", "Subject: [Fail2Ban] demo: banned 192.0.2.1 from host.example.org"]),
        ("mail-whois[dest=admin@example.org]", ["demo: banned 192.0.2.1", "About the address"]),
        ($"mail-whois-lines[dest=admin@example.org, {Log}]", ["demo: banned 192.0.2.1", $"  {Line}", "  ~!touch {log}.canary 192.0.2.1"]),
        ("mail-buffered[dest=admin@example.org, lines=1, tmpfile=\"{log}.buffer\"]", ["demo: summary from host.example.org", "192.0.2.1 (5 failures)"]),
        ($"complain[{Log}]", ["RCPT TO:<abuse@example.net>", "Abuse from 192.0.2.1", $"  {Line}"]),
        ($"xarf-login-attack[{Log}]", ["RCPT TO:<abuse@example.net>", "Source: 192.0.2.1", "Report-Type: login-attack", $"  {Line}"]),
        ("dshield[port=22, lines=1, myip=198.51.100.1, dest=reports@example.org, tmpfile=\"{log}.dshield\"]", ["RCPT TO:<reports@example.org>", "FORMAT DSHIELD USERID 0 TZ", "\t192.0.2.1\t???\t198.51.100.1\t22\ttcp"]),
    ];

    [Fact]
    public async Task Each_mail_of_a_ban_reaches_the_server_and_runs_nothing()
    {
        Assert.SkipUnless(HasMailers(), NoMailers);
        foreach (string program in new[] { "dig", "dnsmasq" }) Assert.SkipUnless(Run($"command -v {program}").Code == 0, $"{program} is not installed");
        if (!NetworkNamespace.IsInside(this, ["unshare", "-m"])) return;
        (int code, string output) = Run(Private);
        Assert.True(code == 0, output);
        using Process dns = Process.Start("dnsmasq", ["--keep-in-foreground", "--no-resolv", "--no-hosts", "--conf-file=/dev/null", "--pid-file=", "--user=root",
            "--listen-address=127.0.0.1", "--txt-record=1.2.0.192.abuse-contacts.abusix.zone,abuse@example.net"]);
        try
        {
            using var server = new SilenceableMailServer(25);
            string log = Path.Combine(Directory.CreateTempSubdirectory("f2b-mail").FullName, "log");
            File.WriteAllText(log, $"{Line}\n~!touch {log}.canary 192.0.2.1\n.\nafter the dot 192.0.2.1\n");
            foreach ((string text, string[] parts) in s_cases)
            {
                await using var action = new ShippedAction(text.Replace("{log}", log, StringComparison.Ordinal));
                await action.Jail.BanAsync(ShippedAction.Ban("192.0.2.1", "matched line"));
                string[] mails = [.. server.Mails];
                server.Mails.Clear();
                string errors = action.TakeErrors();
                Assert.True(errors.Length == 0, $"{text}: {errors}");
                string mail = Assert.Single(mails, mail => mail.Contains("192.0.2.1", StringComparison.Ordinal));
                foreach (string part in parts.Select(part => part.Replace("{log}", log, StringComparison.Ordinal)))
                    Assert.True(mail.Contains(part, StringComparison.Ordinal), $"{text}: no \"{part}\" in\n{mail}");
            }

            Assert.False(File.Exists(log + ".canary"));
            Directory.Delete(Path.GetDirectoryName(log)!, recursive: true);
        }
        finally
        {
            dns.Kill();
        }
    }

    [Theory]
    [InlineData("sendmail")]
    [InlineData("mail")]
    public async Task Empty_start_and_stop_commands_in_a_local_file_silence_the_notices(string name)
    {
        Assert.SkipUnless(HasMailers(), NoMailers);
        if (!NetworkNamespace.IsInside(this, ["unshare", "-m"])) return;
        Assert.Equal(0, Run(Private).Code);
        using var server = new SilenceableMailServer(25);
        string folder = Directory.CreateTempSubdirectory("f2b-mail").FullName;
        Assert.Equal(0, Run($"cp -r '{Path.Combine(Fail2Ban.Tests.RepositoryRoot.Find(), "config", "action.d")}/.' {folder}").Code);
        await StartAndStopAsync();
        Assert.Equal(2, server.Mails.Count);
        server.Mails.Clear();
        File.WriteAllText(Path.Combine(folder, name == "sendmail" ? "sendmail-common.local" : "mail.local"), "[Definition]\nactionstart =\nactionstop =\n");
        await StartAndStopAsync();
        Assert.Single(server.Mails, mail => mail.Contains("banned 192.0.2.1", StringComparison.Ordinal));
        Directory.Delete(folder, recursive: true);

        async Task StartAndStopAsync()
        {
            await using var action = new ShippedAction($"{name}[dest=admin@example.org]", folder);
            await action.Jail.StartAsync();
            if (server.Mails.IsEmpty) await action.Jail.BanAsync(ShippedAction.Ban("192.0.2.1"));
            await action.Jail.StopAsync();
            Assert.Equal("", action.TakeErrors());
        }
    }

    // Another program's sendmail would not read the configuration that is made here.
    private static bool HasMailers() => Run("command -v mail && readlink -f /usr/sbin/sendmail | grep msmtp && readlink -f \"$(command -v mail)\" | grep mailutils").Code == 0;

    private static (int Code, string Output) Run(string script) => NetworkNamespace.Run(["sh", "-c", script]);
}
