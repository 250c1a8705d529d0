using System.Diagnostics;
using Fail2Ban.EndToEnd.Tests.Enforcement;
using Fail2Ban.Tracking.Bans;

namespace Fail2Ban.EndToEnd.Tests.ShippedActions;

/// <summary>
/// The actions of firewalls that manage a whole host, with the real firewall: ufw, and firewalld on a D-Bus of its own.
/// Both write to <c>/etc</c> and <c>/run</c>, so the test has a mount namespace beside that of the network.
/// </summary>
public sealed class HostFirewallTests
{
    private const string Private = """
        set -e
        ip link set lo up
        mount -t tmpfs none /run
        for folder in /etc/ufw /etc/firewalld /var/log; do
            [ -d $folder ] || continue
            mkdir -p /run/copy$folder
            cp -r $folder/. /run/copy$folder
            mount --bind /run/copy$folder $folder
        done
        """;

    private const string Bus = """
        <!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
        <busconfig>
          <type>system</type><listen>unix:path=/run/bus.sock</listen><auth>EXTERNAL</auth>
          <policy context="default">
            <allow user="*"/><allow own="*"/><allow send_type="method_call"/><allow send_type="signal"/>
            <allow send_requested_reply="true" send_type="method_return"/><allow send_requested_reply="true" send_type="error"/>
            <allow receive_type="method_call"/><allow receive_type="method_return"/><allow receive_type="error"/><allow receive_type="signal"/>
          </policy>
        </busconfig>
        """;

    // An action, what shows its bans, and what of a ban of 192.0.2.1 and of 2001:db8::1 stands there.
    private static readonly (string Action, string Show, string Four, string Six)[] s_ufw =
    [
        ("ufw", "ufw status", "Anywhere                   REJECT      192.0.2.1 ", "REJECT      2001:db8::1 "),
        ("ufw[blocktype=deny, destination=192.0.2.100]", "ufw status", "192.0.2.100                DENY        192.0.2.1 ", ""),
        ("ufw[application=Probe, kill-mode=ss]", "ufw status", "Probe                      REJECT      192.0.2.1 ", "REJECT      2001:db8::1 "),
    ];

    private const string Direct = "firewall-cmd --direct --get-all-rules";
    private const string Sets = "ipset save; " + Direct;
    private const string OwnSets = "for set in f2b-demo f2b-demo6; do firewall-cmd --ipset=$set --get-entries 2>/dev/null; done; true";
    private const string Rich = "firewall-cmd --list-rich-rules";

    private static readonly (string Action, string Show, string Four, string Six)[] s_firewalld =
    [
        ("firewallcmd-multiport[port=\"ssh,http\"]", Direct, "ipv4 filter f2b-demo 0 -s 192.0.2.1 -j REJECT", "ipv6 filter f2b-demo 0 -s 2001:db8::1 -j REJECT"),
        ("firewallcmd-allports", Direct, "ipv4 filter f2b-demo 0 -s 192.0.2.1 -j REJECT", "ipv6 filter f2b-demo 0 -s 2001:db8::1 -j REJECT"),
        ("firewallcmd-new[port=ssh]", Direct, "ipv4 filter f2b-demo 0 -s 192.0.2.1 -j REJECT", "ipv6 filter f2b-demo 0 -s 2001:db8::1 -j REJECT"),
        ("firewallcmd-ipset[port=\"ssh,http\"]", Sets, "add f2b-demo 192.0.2.1 timeout 0", "add f2b-demo6 2001:db8::1 timeout 0"),
        ("firewallcmd-ipset[ipsetbackend=firewalld, actiontype=<allports>]", OwnSets, "192.0.2.1", "2001:db8::1"),
        ("firewallcmd-rich-rules[port=\"ssh,1000-1010\"]", Rich, "source address=\"192.0.2.1\" port port=\"1000-1010\" protocol=\"tcp\" reject", "source address=\"2001:db8::1\" port port=\"ssh\""),
        ("firewallcmd-rich-logging[port=ssh]", Rich, "source address=\"192.0.2.1\" port port=\"ssh\" protocol=\"tcp\" log prefix=\"f2b-demo\" level=\"info\" limit value=\"1/m\" reject", "2001:db8::1"),
    ];

    [Fact]
    public async Task Each_action_of_ufw_bans_in_ufw()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "ufw needs root");
        Assert.SkipUnless(Has("ufw"), "ufw is not installed");
        if (!NetworkNamespace.IsInside(this, ["unshare", "-m"])) return;
        Shell(Private);
        File.WriteAllText("/etc/ufw/applications.d/probe", "[Probe]\ntitle=Probe\ndescription=Probe\nports=22/tcp\n");
        Shell("ufw --force enable");
        await BanAndUnbanAsync(s_ufw);
    }

    [Fact]
    public async Task Each_action_of_firewalld_bans_in_firewalld()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "firewalld needs root");
        Assert.SkipUnless(Has("firewalld") && Has("dbus-daemon"), "firewalld is not installed");
        if (!NetworkNamespace.IsInside(this, ["unshare", "-m"])) return;
        Shell(Private);
        File.WriteAllText("/run/bus.conf", Bus);
        using Process bus = Process.Start("dbus-daemon", ["--config-file=/run/bus.conf", "--nofork", "--nopidfile"]);
        Environment.SetEnvironmentVariable("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/run/bus.sock");
        try
        {
            Shell("for attempt in $(seq 200); do dbus-send --system --print-reply --dest=org.freedesktop.DBus / org.freedesktop.DBus.ListNames && exit; sleep 0.1; done; exit 1");
            using Process firewall = Process.Start("firewalld", ["--nofork", "--nopid"]);
            try
            {
                Shell("for attempt in $(seq 100); do firewall-cmd --state && exit; sleep 0.3; done; exit 1");
                await BanAndUnbanAsync(s_firewalld);
            }
            finally
            {
                firewall.Kill();
                await firewall.WaitForExitAsync(TestContext.Current.CancellationToken);
            }
        }
        finally
        {
            bus.Kill();
        }
    }

    private static async Task BanAndUnbanAsync((string Action, string Show, string Four, string Six)[] cases)
    {
        foreach ((string text, string show, string four, string six) in cases)
        {
            string before = Show(show);
            await using var action = new ShippedAction(text);
            await action.Jail.StartAsync();
            await action.Jail.BanAsync(ShippedAction.Ban("192.0.2.1"));
            if (six.Length > 0) await action.Jail.BanAsync(ShippedAction.Ban("2001:db8::1"));
            await action.Jail.BanAsync(ShippedAction.Ban("192.0.2.77"));
            AssertBanned();
            Assert.Equal("", action.TakeErrors());
            await Loss.HappenToAsync(text, action, ["192.0.2.1", .. six.Length > 0 ? (string[])["2001:db8::1"] : [], "192.0.2.77"]);
            AssertBanned();
            await action.Jail.UnbanAsync(ShippedAction.Ban("192.0.2.1"));
            string left = Show(show);
            Assert.False(left.Contains(four, StringComparison.Ordinal), $"{text}: still there after the unban:\n{left}");
            Assert.Contains("192.0.2.77", left, StringComparison.Ordinal);
            await action.Jail.FlushAsync([ShippedAction.Ban("192.0.2.77"), .. six.Length > 0 ? (Ban[])[ShippedAction.Ban("2001:db8::1")] : []]);
            await action.Jail.StopAsync();
            string errors = action.TakeErrors();
            Assert.True(errors.Length == 0, $"{text}: {errors}");
            string after = Show(show);
            Assert.True(before == after, $"{text} leaves\n{after}\nwhere there was\n{before}");

            void AssertBanned()
            {
                string made = Show(show);
                Assert.True(made.Contains(four, StringComparison.Ordinal) && made.Contains(six, StringComparison.Ordinal) && made.Contains("192.0.2.77", StringComparison.Ordinal),
                    $"{text}: no \"{four}\" or no \"{six}\" in\n{made}\n{action.TakeErrors()}");
            }
        }
    }

    private static string Show(string command) => NetworkNamespace.Run(["sh", "-c", $"{{ {command}; }} 2>&1 | sed 's/ initval 0x[0-9a-f]*//' | sort"]).Output.Trim();

    private static bool Has(string program) => NetworkNamespace.Run(["sh", "-c", $"command -v {program}"]).Code == 0;

    private static void Shell(string script)
    {
        (int code, string output) = NetworkNamespace.Run(["sh", "-c", script]);
        Assert.True(code == 0, $"{script}\n{output}");
    }
}
