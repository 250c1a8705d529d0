using System.Diagnostics;
using Fail2Ban.EndToEnd.Tests.Sandboxes;

namespace Fail2Ban.EndToEnd.Tests.Control;

/// <summary>The flavor <c>cymru</c> of <c>status</c>, asked of a real name server that only the sandbox knows.</summary>
public sealed class CymruTests
{
    private const string NameServer = "/usr/sbin/dnsmasq";

    [Fact]
    public void Status_tells_where_banned_addresses_come_from()
    {
        Assert.SkipUnless(File.Exists(NameServer), $"{NameServer} is absent (dnsmasq-base)");
        using var host = new Sandbox();
        host.Write("etc/jail.local", "[sshd]\nenabled = false\n");
        host.Write("resolv.conf", "nameserver 127.0.0.1\n");
        using Process names = host.Start(NameServer, "--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv", "--no-hosts", "--user=root", "--pid-file=", "--listen-address=127.0.0.1", "--local=/cymru.com/",
            "--txt-record=7.2.0.192.origin.asn.cymru.com,64500 | 192.0.2.0/24 | DE | ripencc | 2001-02-03",
            "--txt-record=1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.origin6.asn.cymru.com,64501 64502 | 2001:db8::/32 |  | apnic | 2004-05-06");
        host.WaitFor(() => File.ReadLines($"/proc/{names.Id}/net/udp").Any(static line => line.Contains(":0035 ", StringComparison.Ordinal)), "the name server");
        using Process server = host.Start("unshare", "-m", "sh", "-c", $"mount --bind {host.Path("resolv.conf")} /etc/resolv.conf && exec {Sandbox.Program("fail2ban-server")} -c {host.Etc} -f start");
        host.WaitFor(() => host.Client("ping").ExitCode == 0, "the server");
        host.Client("add", "j", "polling").MustSucceed();
        host.Client("start", "j").MustSucceed();
        host.Client("set", "j", "banip", "192.0.2.7", "2001:db8::1", "198.51.100.9").MustSucceed();

        string told = host.Client("status", "j", "cymru").Successful;
        Assert.Contains("   |- Banned IP list:\t192.0.2.7 2001:db8::1 198.51.100.9\n   |- Banned ASN list:\t64500 64501 64502 nxdomain\n   |- Banned Country list:\tDE unknown nxdomain\n   `- Banned RIR list:\tripencc apnic nxdomain\n", told, StringComparison.Ordinal);
        Assert.Contains("      `- Banned RIR list:\tripencc apnic nxdomain\n", host.Client("status", "--all", "cymru").Successful.Replace("         `-", "      `-", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("\"asns\":[\"64500\",\"64501 64502\",\"nxdomain\"],\"countries\":[\"DE\",\"unknown\",\"nxdomain\"],\"rirs\":[\"ripencc\",\"apnic\",\"nxdomain\"]", host.Client("--json", "status", "j", "cymru").Successful, StringComparison.Ordinal);

        // Without a server the lists stay empty, and the log has the reason.
        names.Kill();
        names.WaitForExit();
        Assert.Contains("Banned ASN list:\t\n", host.Client("status", "j", "cymru").Successful, StringComparison.Ordinal);
        host.WaitForLog("asked 7.2.0.192.origin.asn.cymru.com TXT: no name server answered; look at /etc/resolv.conf");
        host.Client("stop").MustSucceed();
        Assert.True(server.WaitForExit(20_000));
    }
}
