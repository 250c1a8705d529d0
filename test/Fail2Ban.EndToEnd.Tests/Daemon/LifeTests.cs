using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Fail2Ban.Control.Wire;
using Fail2Ban.EndToEnd.Tests.Days;
using Fail2Ban.EndToEnd.Tests.Sandboxes;

namespace Fail2Ban.EndToEnd.Tests.Daemon;

/// <summary>The published server's life: how it starts, what it tells the service manager, and how it ends.</summary>
public sealed class LifeTests
{
    [Fact]
    public void In_the_background_it_detaches_answers_and_ends_without_a_trace()
    {
        using Sandbox host = Small();
        Assert.Equal("Server ready\n", host.Client("start").Successful);
        int pid = host.ServerPid;
        string status = File.ReadAllText($"/proc/{pid}/status");
        Assert.Contains("Name:\tfail2ban-server", status, StringComparison.Ordinal);
        Assert.Contains("Umask:\t0077", status, StringComparison.Ordinal);
        Assert.Equal("/", new DirectoryInfo($"/proc/{pid}/cwd").LinkTarget);
        for (int descriptor = 0; descriptor < 3; descriptor++) Assert.Equal("/dev/null", new FileInfo($"/proc/{pid}/fd/{descriptor}").LinkTarget);
        Assert.Equal($"{pid}", File.ReadAllText($"/proc/{pid}/stat").Split(") ")[1].Split(' ')[3]); // leads its session
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(host.PidFile));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(host.Socket));

        CommandResult second = host.Client("start");
        Assert.Equal(255, second.ExitCode);
        Assert.Contains("Server already running", second.Error, StringComparison.Ordinal);

        Assert.Equal("Shutdown successful\n", host.Client("stop").Successful);
        Assert.False(File.Exists(host.Socket) || File.Exists(host.PidFile));
        host.WaitFor(() => !Directory.Exists($"/proc/{pid}"), "the end of the process");
        AssertInOrder(host.ReadLog(), new string('-', 50), "Starting Fail2ban v", "Creating new jail 'j'", "Jail 'j' started", "Shutdown in progress...", "Stopping all jails", "Jail 'j' stopped", "Exiting Fail2ban");
    }

    [Fact]
    public void Restart_stops_and_starts_with_the_bans_of_before()
    {
        using Sandbox host = Small();
        host.Client("start").MustSucceed();
        int before = host.ServerPid;
        host.Client("set", "j", "banip", "192.0.2.1").MustSucceed();
        Assert.Equal("Shutdown successful\nServer ready\n", host.Client("restart").Successful);
        Assert.NotEqual(before, host.ServerPid);
        Assert.Equal("192.0.2.1\n", host.Client("get", "j", "banip").Successful);
    }

    [Fact]
    public void Who_has_heard_that_it_stopped_can_start_the_next_at_once()
    {
        using Sandbox host = Small();
        for (int life = 0; life < 5; life++)
        {
            Assert.Equal("Server ready\n", host.Client("start").Successful);
            host.Client("stop").MustSucceed();
            Assert.False(File.Exists(host.Socket) || File.Exists(host.PidFile));
        }

        // Neither does one that is slow to end take away what belongs to the next.
        host.Client("start").MustSucceed();
        int first = host.ServerPid;
        using var held = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        held.Connect(new UnixDomainSocketEndPoint(host.Socket));
        held.Send(Pickle.Encode(new List<object?> { "sleep", "60" }).Concat("<F2B_END_COMMAND>"u8.ToArray()).ToArray());
        host.Client("stop").MustSucceed();
        Assert.False(ServerKill.HasEnded(first));
        host.Client("start").MustSucceed();
        host.WaitFor(() => ServerKill.HasEnded(first), "the end of the first");
        Assert.Equal("Server replied: pong\n", host.Client("ping").Successful);
        Assert.NotEqual(first, host.ServerPid);
        host.Client("stop").MustSucceed();
    }

    [Fact]
    public void A_killed_server_leaves_a_socket_that_force_removes()
    {
        using Sandbox host = Small();
        host.Client("start").MustSucceed();
        int pid = host.ServerPid;
        host.Run("kill", "-KILL", $"{pid}").MustSucceed();
        host.WaitFor(() => ServerKill.HasEnded(pid), "the end of the process");
        CommandResult refused = host.Client("start");
        Assert.Equal(255, refused.ExitCode);
        Assert.Contains("Fail2ban seems to be in unexpected state (not running but the socket exists)", refused.Error, StringComparison.Ordinal);
        Assert.Equal("Server ready\n", host.Client("-x", "start").Successful);
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public void A_signal_ends_it_in_order_and_takes_bans_out_of_force(string signal)
    {
        using Sandbox host = Small();
        using Process server = Foreground(host);
        host.Client("set", "j", "banip", "192.0.2.1").MustSucceed();
        host.Run("kill", "-HUP", $"{host.ServerPid}").MustSucceed();
        host.Run("kill", "-USR1", $"{host.ServerPid}").MustSucceed();
        host.WaitForLog($"rollover performed on {host.Log}");
        host.Run("kill", $"-{signal}", $"{host.ServerPid}").MustSucceed();
        Assert.True(server.WaitForExit(20_000));
        Assert.Equal(0, server.ExitCode);
        Assert.Equal(["start", "ban 192.0.2.1", "unban 192.0.2.1", "stop"], File.ReadAllLines(host.Path("deeds")));
        AssertInOrder(host.ReadLog(), "Repeal Ban 192.0.2.1", "Jail 'j' stopped", "Exiting Fail2ban");
        Assert.False(File.Exists(host.Socket) || File.Exists(host.PidFile));
    }

    [Fact]
    public void A_signal_while_jails_are_being_started_leaves_nothing_in_force()
    {
        using Sandbox host = Small(start: "sleep 1", jails: 24);
        using Process server = host.Start(Sandbox.Program("fail2ban-server"), "-c", host.Etc, "-xf", "start");
        host.WaitForLog("Jail 'j1' started");
        host.Run("kill", "-TERM", $"{host.ServerPid}").MustSucceed();
        Assert.True(server.WaitForExit(20_000), host.ReadLog());
        string[] deeds = File.ReadAllLines(host.Path("deeds"));
        Assert.Equal(deeds.Count(deed => deed == "start"), deeds.Count(deed => deed == "stop"));
        Assert.DoesNotContain("Jail 'j24' started", host.ReadLog(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_interrupt_ends_it_also_where_it_was_started_with_interrupts_ignored()
    {
        using Sandbox host = Small();
        using Process server = host.Start("sh", "-c", $"trap '' INT; exec {Sandbox.Program("fail2ban-server")} -c {host.Etc} -xf start");
        host.WaitForLog("Jail 'j' started");
        host.Run("kill", "-INT", $"{host.ServerPid}").MustSucceed();
        Assert.True(server.WaitForExit(20_000));
        Assert.Equal(0, server.ExitCode);
    }

    [Fact]
    public void A_signal_while_bans_are_brought_back_takes_them_out_again_and_forgets_none()
    {
        using Sandbox host = Small(ban: "test -e slow && sleep 0.3");
        using (Process first = Foreground(host))
        {
            host.Client("set", "j", "banip", "192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4", "192.0.2.5", "192.0.2.6", "192.0.2.7", "192.0.2.8").MustSucceed();
            host.Client("stop").MustSucceed();
            Assert.True(first.WaitForExit(20_000));
        }

        host.Write("slow", "");
        File.Delete(host.Path("deeds"));
        using Process server = host.Start(Sandbox.Program("fail2ban-server"), "-c", host.Etc, "-xf", "start");
        host.WaitFor(() => File.Exists(host.Path("deeds")) && File.ReadAllText(host.Path("deeds")).Contains("ban 192.0.2.2", StringComparison.Ordinal), "the second ban");
        host.Run("kill", "-TERM", $"{server.Id}").MustSucceed();
        Assert.True(server.WaitForExit(20_000), host.ReadLog());
        Assert.Equal(0, server.ExitCode);
        string[] deeds = File.ReadAllLines(host.Path("deeds"));
        Assert.Equal(deeds.Where(deed => deed.StartsWith("ban", StringComparison.Ordinal)).Order(), deeds.Where(deed => deed.StartsWith("unban", StringComparison.Ordinal)).Select(deed => deed[2..]).Order());
        Assert.Equal("stop", deeds[^1]);

        File.Delete(host.Path("slow"));
        host.Client("start").MustSucceed();
        host.WaitFor(() => host.Client("get", "j", "banip").Output.Split().Length == 9, "all eight bans");
    }

    [Fact]
    public void A_signal_during_a_reload_ends_it_in_order()
    {
        using Sandbox host = Small();
        using Process server = Foreground(host);
        host.Client("set", "j", "banip", "192.0.2.1").MustSucceed();
        host.Write("etc/action.d/late.conf", $"[Definition]\nactionstart = echo start >>{host.Path("deeds")}; sleep 1\nactionstop = echo stop >>{host.Path("deeds")}\nactionban = true\nactionunban = true");
        host.Write("etc/jail.d/more.conf", string.Concat(Enumerable.Range(1, 24).Select(i => $"[more{i}]\nenabled = true\naction = late\n")));
        using Process reload = host.Start(Sandbox.Program("fail2ban-client"), "-c", host.Etc, "reload");
        host.WaitForLog("Jail 'more1' started");
        host.Run("kill", "-TERM", $"{host.ServerPid}").MustSucceed();
        Assert.True(server.WaitForExit(20_000), host.ReadLog());
        Assert.True(reload.WaitForExit(20_000));
        Assert.Equal((0, 255), (server.ExitCode, reload.ExitCode));
        string[] deeds = File.ReadAllLines(host.Path("deeds"));
        Assert.Equal(deeds.Count(deed => deed == "start"), deeds.Count(deed => deed == "stop"));
        Assert.Contains("unban 192.0.2.1", deeds);
        Assert.DoesNotContain("Jail 'more24' started", host.ReadLog(), StringComparison.Ordinal);
        Assert.False(File.Exists(host.Socket) || File.Exists(host.PidFile));
    }

    [Fact]
    public void Signals_while_it_ends_change_nothing()
    {
        using Sandbox host = Small(stop: "sleep 5");
        using Process server = Foreground(host);
        host.Run("kill", "-TERM", $"{host.ServerPid}").MustSucceed();
        host.WaitForLog("Stopping all jails");
        foreach (string signal in new[] { "TERM", "INT", "HUP", "USR1", "TERM" }) host.Run("kill", $"-{signal}", $"{server.Id}");
        Assert.True(server.WaitForExit(20_000));
        Assert.Equal(0, server.ExitCode);
        Assert.Equal(["start", "stop"], File.ReadAllLines(host.Path("deeds")));
        Assert.EndsWith("Exiting Fail2ban\n", host.ReadLog(), StringComparison.Ordinal);
    }

    [Fact]
    public void It_is_ready_when_the_bans_are_in_force_and_not_before()
    {
        using Sandbox host = Small(ban: "sleep 0.2");
        using (Process first = Foreground(host))
        {
            host.Client("set", "j", "banip", "192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4").MustSucceed();
            host.Client("stop").MustSucceed();
            Assert.True(first.WaitForExit(20_000));
        }

        File.Delete(host.Path("deeds"));
        using var manager = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { ReceiveTimeout = 20_000 };
        manager.Bind(new UnixDomainSocketEndPoint(host.Path("notify")));
        using Process server = host.Start("/usr/bin/env", $"NOTIFY_SOCKET={host.Path("notify")}", Sandbox.Program("fail2ban-server"), "-c", host.Etc, "-xf", "start");
        Assert.StartsWith("READY=1", Receive(manager), StringComparison.Ordinal);
        Assert.Equal(["start", "ban 192.0.2.1", "ban 192.0.2.2", "ban 192.0.2.3", "ban 192.0.2.4"], File.ReadAllLines(host.Path("deeds")));
        host.Client("stop").MustSucceed();
        Assert.True(server.WaitForExit(20_000));
    }

    [Fact]
    public void The_real_socket_activation_starts_it_at_the_first_command()
    {
        const string activator = "/usr/bin/systemd-socket-activate";
        Assert.SkipUnless(File.Exists(activator), $"{activator} is not installed");
        using Sandbox host = Small();
        using Process server = host.Start(activator, "-l", host.Socket, "--fdname=fail2ban", Sandbox.Program("fail2ban-server"), "-c", host.Etc, "-f", "start");
        host.WaitFor(() => Listens(host, server.Id), "the socket");
        Assert.Equal("Server replied: pong\n", host.Client("ping").Successful);
        host.WaitForLog("Jail 'j' started");
        host.Client("reload").MustSucceed();
        host.Client("stop").MustSucceed();
        Assert.True(server.WaitForExit(20_000));
        Assert.Equal(0, server.ExitCode);
        Assert.True(File.Exists(host.Socket));
    }

    [Theory]
    [InlineData("--logtarget", "/nonexistent/x/log", "Failed to change log target")]
    [InlineData("--socket", "/nonexistent/x/sock", "Could not start server: Unable to bind socket /nonexistent/x/sock: directory /nonexistent does not exist")]
    [InlineData("--loglevel", "loud", "Invalid log level 'LOUD'")]
    public void What_keeps_it_from_starting_is_told_with_exit_code_255(string option, string value, string told)
    {
        using Sandbox host = Small();
        CommandResult result = host.Tool("fail2ban-server", "-c", host.Etc, "--async", "-s", host.Socket, "-p", host.PidFile, "--logtarget", "STDERR", option, value, "-f", "start");
        Assert.Equal(255, result.ExitCode);
        Assert.Contains(told, result.Error + result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_service_manager_hears_of_readiness_reloads_life_and_the_end()
    {
        using Sandbox host = Small();
        using var manager = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { ReceiveTimeout = 20_000 };
        manager.Bind(new UnixDomainSocketEndPoint(host.Path("notify")));
        using Process server = host.Start("/usr/bin/env", $"NOTIFY_SOCKET={host.Path("notify")}", "WATCHDOG_USEC=2000000",
            Sandbox.Program("fail2ban-server"), "-c", host.Etc, "-xf", "start");
        Assert.StartsWith("READY=1\nSTATUS=1 jails", Receive(manager), StringComparison.Ordinal);
        Assert.Contains("Jail list:\tj", host.Client("status").Successful, StringComparison.Ordinal);
        Assert.Equal("WATCHDOG=1", Receive(manager));
        Assert.Equal("WATCHDOG=1", Receive(manager));
        host.Client("reload").MustSucceed();
        Assert.Matches("^RELOADING=1\nMONOTONIC_USEC=[0-9]+\n", ReceiveOther(manager));
        Assert.StartsWith("READY=1", ReceiveOther(manager), StringComparison.Ordinal);
        host.Client("stop").MustSucceed();
        Assert.StartsWith("STOPPING=1", ReceiveOther(manager), StringComparison.Ordinal);
        Assert.True(server.WaitForExit(20_000));
    }

    [Fact]
    public void A_socket_of_the_service_manager_is_used_and_left_alone()
    {
        using Sandbox host = Small();
        // Listens, and becomes the server with the socket as descriptor 3, as systemd does.
        host.Write("activate.py", """
            import os, socket, sys
            s = socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]); s.listen(5)
            os.dup2(s.fileno(), 3); os.set_inheritable(3, True)
            os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()), LISTEN_FDNAMES="fail2ban")
            os.execv(sys.argv[2], sys.argv[2:])
            """);
        Assert.SkipUnless(File.Exists("/usr/bin/python3"), "no Python to stand in for the service manager");
        using Process server = host.Start("/usr/bin/python3", host.Path("activate.py"), host.Socket, Sandbox.Program("fail2ban-server"), "-c", host.Etc, "-f", "start");
        host.WaitFor(() => host.Client("status").Output.Contains("Jail list:\tj", StringComparison.Ordinal), "the jail");
        host.Client("stop").MustSucceed();
        Assert.True(server.WaitForExit(20_000));
        Assert.True(File.Exists(host.Socket));
    }

    [Fact]
    public void One_wrong_jail_is_told_and_does_not_end_the_server()
    {
        using Sandbox host = Small();
        host.Write("etc/jail.d/bad.conf", $"[bad]\nenabled = true\nfilter =\nfailregex = ^(\nlogpath = {host.Path("j.log")}\naction =");
        CommandResult started = host.Client("start");
        Assert.Equal((255, "Server ready\n"), (started.ExitCode, started.Output));
        Assert.Contains("Jail 'bad' is not started", started.Error, StringComparison.Ordinal);
        Assert.Contains("Jail list:\tj\n", host.Client("status").Successful, StringComparison.Ordinal);
        host.Client("stop").MustSucceed();
        host.WaitForLog("Exiting Fail2ban");
        File.Delete(host.Log);
        using Process foreground = Foreground(host);
        Assert.Contains("Jail list:\tj\n", host.Client("status").Successful, StringComparison.Ordinal);
    }

    private static Sandbox Small(string start = "true", string stop = "true", string ban = "true", int jails = 0)
    {
        var host = new Sandbox();
        host.Write("j.log", "");
        host.Write("etc/action.d/note.conf", $"""
            [Definition]
            actionstart = echo start >>{host.Path("deeds")}; {start}
            actionstop = {stop}; echo stop >>{host.Path("deeds")}
            actionban = cd {host.Folder}; {ban}; echo ban <ip> >>{host.Path("deeds")}
            actionunban = echo unban <ip> >>{host.Path("deeds")}
            """);
        host.Write("etc/filter.d/word.conf", "[Definition]\nfailregex = ^ fail <HOST>$");
        string text = $"[DEFAULT]\nbackend = polling\nfilter = word\naction = note\nlogpath = {host.Path("j.log")}\n";
        foreach (string name in jails == 0 ? ["j"] : Enumerable.Range(1, jails).Select(i => $"j{i}")) text += $"[{name}]\nenabled = true\n";
        host.Write("etc/jail.local", text + "[sshd]\nenabled = false");
        return host;
    }

    private static Process Foreground(Sandbox host)
    {
        // Whoever runs the tests in the background of a shell has SIGINT ignored, which would be inherited.
        Process server = host.Start("env", "--default-signal=INT", Sandbox.Program("fail2ban-server"), "-c", host.Etc, "-xf", "start");
        host.WaitForLog("Jail 'j' started");
        return server;
    }

    /// <summary>Whether connections to the control socket are taken: its file is there a moment before (proc_pid_net(5), flag SO_ACCEPTCON).</summary>
    private static bool Listens(Sandbox host, int pid) => File.ReadLines($"/proc/{pid}/net/unix")
        .Any(line => line.EndsWith($" {host.Socket}", StringComparison.Ordinal) && line.Contains(" 00010000 ", StringComparison.Ordinal));

    private static string Receive(Socket socket)
    {
        byte[] message = new byte[4096];
        return Encoding.UTF8.GetString(message, 0, socket.Receive(message));
    }

    private static string ReceiveOther(Socket socket)
    {
        while (true)
        {
            string message = Receive(socket);
            if (message != "WATCHDOG=1") return message;
        }
    }

    private static void AssertInOrder(string text, params string[] parts)
    {
        int from = 0;
        foreach (string part in parts)
        {
            int found = text.IndexOf(part, from, StringComparison.Ordinal);
            Assert.True(found >= 0, $"\"{part}\" is missing or too early in:\n{text}");
            from = found + part.Length;
        }
    }
}
