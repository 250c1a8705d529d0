using Fail2Ban.EndToEnd.Tests.Sandboxes;

namespace Fail2Ban.EndToEnd.Tests.Days;

public sealed class FaultTests
{
    [Fact]
    public void What_was_banned_while_an_action_could_not_start_is_enforced_when_it_can()
    {
        using var host = new Sandbox();
        host.Write("etc/filter.d/many.conf", "[Definition]\nfailregex = ^ srv fail from <ADDR>$");
        host.Write("etc/action.d/late.conf", $"""
            [Definition]
            actionstart_on_demand = true
            actionstart = test -e {host.Path("flag")}
            actionban = echo <ip> >> {host.Path("deeds")}
            actionunban = true
            """);
        host.Write("etc/jail.d/many.conf", $"[sshd]\nenabled = false\n[many]\nenabled = true\nfilter = many\nlogpath = {host.Write("many.log", "")}\naction = late");
        host.Client("start").MustSucceed();
        string[] ids = [.. Enumerable.Range(1, 100).Select(number => $"192.0.2.{number}")];
        Assert.Equal("100\n", host.Client(["set", "many", "banip", .. ids]).Successful);
        Assert.InRange(host.ReadLog().Split("Failed to execute ban").Length - 1, 1, 20); // one for every 3 s, not for every ban

        host.Write("flag", "");
        int next = 0;
        host.WaitFor(() => File.Exists(host.Path("deeds")) || host.Client("set", "many", "banip", $"198.51.100.{++next}").ExitCode != 0, "a start that succeeds");
        host.WaitFor(() => ids.All(File.ReadAllLines(host.Path("deeds")).Contains), "the bans that were missed");
        Assert.All(File.ReadAllLines(host.Path("deeds")).GroupBy(id => id), one => Assert.Single(one));
    }

    [Fact]
    public void An_action_that_could_not_start_is_started_later_also_where_nobody_is_banned_any_more()
    {
        using var host = new Sandbox();
        host.Write("etc/action.d/late.conf", $"""
            [Definition]
            actionstart_on_demand = true
            actionstart = test -e {host.Path("flag")}
            actionban = echo <ip> >> {host.Path("deeds")}
            actionunban = true
            """);
        host.Write("etc/filter.d/calm.conf", "[Definition]\nfailregex = ^ srv fail from <ADDR>$");
        host.Write("etc/jail.d/calm.conf", $"[sshd]\nenabled = false\n[calm]\nenabled = true\nlogpath = {host.Write("calm.log", "")}\naction = late");
        host.Client("start").MustSucceed();
        host.Client("set", "calm", "banip", "192.0.2.1", "192.0.2.2").MustSucceed();
        host.WaitForLog("Error starting action calm/late");
        host.Write("flag", "");
        host.WaitFor(() => File.Exists(host.Path("deeds")) && File.ReadAllLines(host.Path("deeds")).Order(StringComparer.Ordinal).SequenceEqual(["192.0.2.1", "192.0.2.2"]), "the bans that were missed");
    }
}
