using System.Net.Sockets;
using System.Text;
using Fail2Ban.Control.Wire;
using Fail2Ban.EndToEnd.Tests.Sandboxes;
using Fail2Ban.Values;

namespace Fail2Ban.EndToEnd.Tests.Control;

/// <summary>Programs of others that watch the server: munin's plugin, and exporters written in Go.</summary>
public sealed class MonitoringTests
{
    private const string Plugin = "/usr/share/munin/plugins/fail2ban";

    private static readonly byte[] s_end = "<F2B_END_COMMAND>"u8.ToArray();

    [Fact]
    public void The_plugin_of_munin_draws_our_jails()
    {
        Assert.SkipUnless(File.Exists(Plugin), $"{Plugin} is absent (munin-plugins-core)");
        using Sandbox host = WithJails();
        Assert.Equal("yes\n", Munin(host, "autoconf"));
        Assert.Equal(
            """
            graph_title Hosts blacklisted by fail2ban
            graph_info This graph shows the number of host blacklisted by fail2ban
            graph_category network
            graph_vlabel Number of hosts
            graph_args --base 1000 -l 0
            graph_total total
            mail_out.label mail-out
            sshd2.label sshd2

            """, Munin(host, "config"));
        Assert.Equal("mail_out.value 0\nsshd2.value 2\n", Munin(host, ""));
        host.Client("stop").MustSucceed();
        Assert.Equal("no (fail2ban-server does not respond to ping)\n", Munin(host, "autoconf"));
    }

    // Made by hand from the opcodes of the protocol, in the form in which github.com/kisielk/og-rek, the library of the exporters
    // for Prometheus, encodes []string{…}: PROTO, MARK, each text (SHORT_BINSTRING up to protocol 2, SHORT_BINUNICODE above),
    // LIST, STOP. Python's pickle never writes a list so: no EMPTY_LIST, no memo, no frame.
    [Theory]
    [InlineData("80022855047069" + "6e676c2e", "pong")]
    [InlineData("8004288c0470696e676c2e", "pong")]
    [InlineData("800228550673746174757355057373686432" + "6c2e", "[('Filter', [('Currently failed', 0), ('Total failed', 0), ('File list', [])]), ('Actions', [('Currently banned', 2), ('Total banned', 2), ('Banned IP list', ['192.0.2.1', '2001:db8::1'])])]")]
    [InlineData("8004288c067374617475738c057373686432" + "6c2e", "[('Filter', [('Currently failed', 0), ('Total failed', 0), ('File list', [])]), ('Actions', [('Currently banned', 2), ('Total banned', 2), ('Banned IP list', ['192.0.2.1', '2001:db8::1'])])]")]
    public void A_frame_from_Go_is_answered(string request, string result)
    {
        using Sandbox host = WithJails();
        PythonTuple answer = Assert.IsType<PythonTuple>(Ask(host.Socket, Convert.FromHexString(request)));
        Assert.Equal($"(0, {(result == "pong" ? "'pong'" : result)})", PythonText.Repr(answer));
    }

    private static Sandbox WithJails()
    {
        var host = new Sandbox();
        host.Write("etc/jail.local", """
            [sshd]
            enabled = false
            """);
        host.Client("-x", "start").MustSucceed();
        foreach (string jail in new[] { "sshd2", "mail-out" })
        {
            host.Client("add", jail, "polling").MustSucceed();
            host.Client("start", jail).MustSucceed();
        }

        host.Client("set", "sshd2", "banip", "192.0.2.1", "2001:db8::1").MustSucceed();
        return host;
    }

    // As munin-node runs it, but that the configuration is the sandbox's.
    private static string Munin(Sandbox host, string word) => host.Run("env",
        ["MUNIN_LIBDIR=/usr/share/munin", $"client={Sandbox.Program("fail2ban-client")}", $"config_dir={host.Etc}", Plugin, .. word.Length > 0 ? [word] : (string[])[]]).Successful;

    private static object? Ask(string path, byte[] request)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { ReceiveTimeout = 20_000 };
        socket.Connect(new UnixDomainSocketEndPoint(path));
        socket.Send([.. request, .. s_end]);
        var answer = new List<byte>();
        byte[] part = new byte[4096];
        while (Encoding.Latin1.GetString([.. answer]) is var text && !text.EndsWith("<F2B_END_COMMAND>", StringComparison.Ordinal))
        {
            int count = socket.Receive(part);
            Assert.True(count > 0, $"closed after {text}");
            answer.AddRange(part[..count]);
        }

        Assert.True(Pickle.TryDecode(answer.ToArray().AsSpan(0, answer.Count - s_end.Length), out object? value, out string? error), error);
        return value;
    }
}
