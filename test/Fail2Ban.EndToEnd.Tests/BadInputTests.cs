using System.Globalization;
using Fail2Ban.EndToEnd.Tests.Sandboxes;

namespace Fail2Ban.EndToEnd.Tests;

/// <summary>What goes wrong on a host: each ends in a clear sentence and the right exit code, and stops nothing else.</summary>
public sealed class BadInputTests
{
    private static readonly string[] Failures = [.. Enumerable.Range(0, 5).Select(_ =>
        $"{TimeProvider.System.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture)}+00:00 web1 sshd[77]: Failed password for root from 198.51.100.99 port 4000 ssh2")];

    [Theory]
    [InlineData("fail2ban-client", "-t")]
    [InlineData("fail2ban-client", "start")]
    [InlineData("fail2ban-server", "-f")]
    [InlineData("fail2ban-client", "-d")]
    public void A_missing_configuration_directory_is_named(string program, string word)
    {
        using var host = new Sandbox();
        CommandResult result = host.Tool(program, "-c", "/nonexistent/fail2ban", word);
        Assert.Equal(255, result.ExitCode);
        Assert.Equal("ERROR: Base configuration directory /nonexistent/fail2ban does not exist\n", result.Output);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_jail_is_named()
    {
        using Sandbox host = Running();
        CommandResult result = host.Client("status", "nojail");
        Assert.Equal((255, "Sorry but the jail 'nojail' does not exist\n"), (result.ExitCode, result.Output));
    }

    [Fact]
    public void A_server_that_does_not_run_is_said_with_how_to_start_it()
    {
        using var host = new Sandbox();
        CommandResult result = host.Client("status");
        Assert.Equal(255, result.ExitCode);
        Assert.Contains($"Failed to access socket path: {host.Socket}. Is fail2ban running?", result.Error, StringComparison.Ordinal);
        Assert.Contains($"Start it with 'fail2ban-client -c {host.Etc} start'", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_regex_that_does_not_compile_keeps_only_its_jail_from_starting()
    {
        using Sandbox host = Prepared("""
            [bad]
            enabled = true
            filter =
            logpath = {0}
            failregex = ^fail ( <HOST>
            """);
        CommandResult start = host.Client("start");
        Assert.Equal((255, "Server ready\n"), (start.ExitCode, start.Output)); // it runs, but not with all that was asked for
        Assert.Contains("Jail 'bad' is not started: Unable to compile regular expression '^fail (", start.Error, StringComparison.Ordinal);
        Assert.EndsWith("Jail list:\tsshd\n", host.Client("status").Successful, StringComparison.Ordinal);
        Assert.Contains("Unable to compile regular expression '^fail (", host.ReadLog(), StringComparison.Ordinal);
        Assert.Contains("missing ), unterminated subpattern at position 6", host.ReadLog(), StringComparison.Ordinal);
        Assert.Contains("Jail 'bad' is not started", host.ReadLog(), StringComparison.Ordinal);
        host.Append("auth.log", Failures);
        host.WaitForLog("[sshd] Ban 198.51.100.99");
    }

    [Fact]
    public void A_log_that_cannot_be_read_is_named_and_read_once_it_can_be()
    {
        using Sandbox host = Running("""
            [second]
            enabled = true
            filter = sshd
            logpath = {0}
            """, prepare: path =>
        {
            File.Delete(path);
            Directory.CreateDirectory(path); // root may read any file, but nobody reads a directory
        });
        Assert.EndsWith("Jail list:\tsecond, sshd\n", host.Client("status").Successful, StringComparison.Ordinal);
        Assert.Contains($"Is a directory: '{host.Path("second.log")}'", host.ReadLog(), StringComparison.Ordinal);
        host.Append("auth.log", Failures);
        host.WaitForLog("[sshd] Ban 198.51.100.99");
        Directory.Delete(host.Path("second.log"));
        host.Append("second.log", Failures);
        host.WaitForLog("[second] Ban 198.51.100.99");
    }

    [Fact]
    public void Without_permission_for_the_firewall_it_is_said_and_bans_are_kept()
    {
        using Sandbox host = Prepared("");
        Assert.Equal("Server ready\n", host.Run("setpriv", "--bounding-set=-net_admin", "--inh-caps=-net_admin",
            Sandbox.Program("fail2ban-client"), "-c", host.Etc, "start").Successful);
        Assert.Contains("CAP_NET_ADMIN", host.ReadLog(), StringComparison.Ordinal);
        host.Append("auth.log", Failures);
        host.WaitForLog("Failed to execute ban jail 'sshd' action 'nftables'");
        Assert.Contains("Operation not permitted", host.ReadLog(), StringComparison.Ordinal);
        Assert.Equal("198.51.100.99\n", host.Client("get", "sshd", "banip").Successful);
    }

    [Fact]
    public void A_second_server_on_the_same_socket_is_refused_and_the_first_goes_on()
    {
        using Sandbox host = Running();
        CommandResult background = host.Client("start");
        CommandResult foreground = host.Tool("fail2ban-server", "-c", host.Etc, "-f", "start");
        Assert.Equal((255, 255), (background.ExitCode, foreground.ExitCode));
        Assert.Contains("Server already running", background.Error, StringComparison.Ordinal);
        Assert.Contains("Server already running", foreground.Error, StringComparison.Ordinal);
        Assert.Equal("Server replied: pong\n", host.Client("ping").Successful);
    }

    private static Sandbox Running(string moreJails = "", Action<string>? prepare = null)
    {
        Sandbox host = Prepared(moreJails, prepare);
        Assert.Equal("Server ready\n", host.Client("start").Successful);
        return host;
    }

    private static Sandbox Prepared(string moreJails, Action<string>? prepare = null)
    {
        var host = new Sandbox();
        host.Write("auth.log", "");
        string second = host.Write("second.log", "");
        host.Write("etc/jail.local", $"[sshd]\nenabled = true\nbackend = auto\nlogpath = {host.Path("auth.log")}\n\n{moreJails.Replace("{0}", second, StringComparison.Ordinal)}");
        prepare?.Invoke(second);
        return host;
    }
}
