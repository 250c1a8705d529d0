using System.Diagnostics;
using Fail2Ban.EndToEnd.Tests.Sandboxes;

namespace Fail2Ban.EndToEnd.Tests.Python;

/// <summary>A machine without <c>python3</c> and without OpenSSL: what needs them says so, and all else works.</summary>
public sealed class MissingPartsTests
{
    [Fact]
    public void Only_the_action_that_needs_what_is_missing_fails_and_says_what_it_is()
    {
        using var host = new Sandbox();
        string library = host.Run("sh", "-c", "readlink -f /usr/lib*/*/libssl.so.3 /usr/lib*/libssl.so.3 2>/dev/null | head -n 1").Output.Trim();
        Assert.SkipUnless(host.Run("unshare", "-m", "true").ExitCode == 0 && File.Exists(library), "no mounts of our own, or no OpenSSL to hide");
        host.Write("etc/action.d/own.py", "from fail2ban.server.actions import ActionBase\nclass Action(ActionBase):\n    pass\n");
        File.Copy(Path.Combine(Fail2Ban.Tests.RepositoryRoot.Find(), "config", "action.d", "smtp.py"), host.Path("etc/action.d/smtp.py"), overwrite: true);
        host.Write("etc/action.d/good.conf", $"[Definition]\nactionban = echo '<ip>' >>{host.Path("banned")}\nactionunban = :\n");
        host.Write("etc/filter.d/f.conf", "[Definition]\nfailregex = ^bad <HOST>$\n");
        host.Write("log", "");
        host.Write("etc/jail.local", $"""
            [sshd]
            enabled = false
            [j]
            enabled = true
            filter = f
            backend = polling
            logpath = {host.Path("log")}
            action = own.py[]
                     smtp.py[actname=mail, host="127.0.0.1:9", ssl=true]
                     good
            """);
        host.Write("bin/x", "");
        using Process server = host.Start("unshare", "-m", "sh", "-c",
            $"cp /bin/sh {host.Path("bin/sh")} && mount --bind /dev/null {library} && mount --bind {host.Path("bin")} /usr/bin && PATH=/usr/bin exec {Sandbox.Program("fail2ban-server")} -c {host.Etc} -f start");
        host.WaitFor(() => host.Client("ping").ExitCode == 0, "the server");
        host.WaitForLog($"action j/own is written in Python ({host.Path("etc/action.d/own.py")}) and cannot be run: python3 is not installed");
        host.WaitForLog("Jail 'j' started");
        host.Client("set", "j", "banip", "192.0.2.1").MustSucceed();
        Assert.Equal("192.0.2.1\n", File.ReadAllText(host.Path("banned")));
        Assert.Contains("The jail j has the following actions:\nmail, good", host.Client("get", "j", "actions").Successful, StringComparison.Ordinal);

        host.WaitForLog("Failed to start jail 'j' action 'mail': a connection cannot be encrypted: libssl.so.3 is not installed (package libssl3, or ");
        host.Client("stop").MustSucceed();
        Assert.True(server.WaitForExit(90_000));
    }
}
