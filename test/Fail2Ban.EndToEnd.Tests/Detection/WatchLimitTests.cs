using System.Diagnostics;
using System.Text.RegularExpressions;
using Fail2Ban.EndToEnd.Tests.Sandboxes;

namespace Fail2Ban.EndToEnd.Tests.Detection;

/// <summary>Hosts that give less than is wanted: inotify instances, watches, descriptors; file systems that go and return.</summary>
public sealed class WatchLimitTests
{
    private const int Files = 40;

    // The exit code of a host that may not be given less.
    private const int Refused = 77;

    [Fact]
    public void Hundred_and_thirty_jails_need_one_of_128_inotify_instances()
    {
        using Sandbox host = Host(jails: 130, files: 1, backend: "pyinotify");
        using Process server = Start(host, "echo 128 > /proc/sys/user/max_inotify_instances");
        Assert.Contains("Number of jail:\t130", host.Client("status").Successful, StringComparison.Ordinal);
        int[] attacked = [.. Enumerable.Range(0, 130)];
        ExpectBans(host, attacked, file: 0);
        Assert.Equal(1, Directory.GetFiles($"/proc/{host.ServerPid}/fd").Count(file => new FileInfo(file).LinkTarget == "anon_inode:inotify"));
        Stop(host, server);
    }

    [Fact]
    public void Without_any_inotify_instance_all_logs_are_polled()
    {
        using Sandbox host = Host(jails: 2, files: 1, backend: "auto");
        using Process server = Start(host, "echo 0 > /proc/sys/user/max_inotify_instances");
        host.WaitForLog("Log files are polled instead of watched: ");
        Assert.Contains("raise user.max_inotify_instances (now 0) or the limit of open files", host.ReadLog(), StringComparison.Ordinal);
        ExpectBans(host, [0, 1], file: 0);
        Stop(host, server);
    }

    [Fact]
    public void Without_free_watches_the_rest_is_polled_and_the_limit_is_named()
    {
        using Sandbox host = Host(jails: 1, files: Files, backend: "auto");
        using Process server = Start(host, "echo 10 > /proc/sys/user/max_inotify_watches");
        host.WaitForLog("more are polled instead of watched");
        Assert.Contains("is polled instead of watched: No space left on device; raise user.max_inotify_watches (now 10)", host.ReadLog(), StringComparison.Ordinal);
        string sources = host.Client("get", "j0", "sources").Successful;
        Assert.Contains("polling: No space left on device", sources, StringComparison.Ordinal);
        for (int file = 0; file < Files; file++) ExpectBans(host, [0], file);
        Stop(host, server);
    }

    [Fact]
    public void With_few_descriptors_all_logs_are_read_and_it_is_said()
    {
        using Sandbox host = Host(jails: 2, files: 100, backend: "auto");
        using Process server = Start(host, "ulimit -n 128");
        host.WaitForLog("The limit of open files is 128: 32 log files are kept open, the others are opened whenever they change");
        for (int file = 0; file < 100; file += 9) ExpectBans(host, [0, 1], file);
        Stop(host, server);
    }

    [Fact]
    public void A_file_system_that_goes_and_returns_is_read_on()
    {
        if (Environment.UserName != "root") Assert.Skip("mounting needs root");
        using Sandbox host = Host(jails: 1, files: 1, backend: "auto");
        using Process server = Start(host, $"mount -t tmpfs none {host.Path("logs")}; : > {host.Path("logs/j0-0.log")}", "unshare", "--mount", "sh", "-c");
        Append("192.0.2.1", "mounted");
        host.WaitForLog("Ban 192.0.2.1\n");
        host.Run("nsenter", "-t", $"{host.ServerPid}", "--mount", "umount", "-l", host.Path("logs")).MustSucceed();
        // The same path means the file below now, which is no part of what was mounted.
        Append("192.0.2.3", "");
        host.WaitForLog("Ban 192.0.2.3\n");
        File.Delete(host.Path("logs/j0-0.log"));
        host.WaitFor(() => host.Client("get", "j0", "sources").Output.Contains("No such file or directory", StringComparison.Ordinal), "the absence");
        host.Run("nsenter", "-t", $"{host.ServerPid}", "--mount", "mount", "-t", "tmpfs", "none", host.Path("logs")).MustSucceed();
        Append("192.0.2.2", "mounted");
        host.WaitForLog("Ban 192.0.2.2\n");
        Stop(host, server);

        // In the mount namespace of the server; what is below the mount is the same file outside of it.
        void Append(string address, string where)
        {
            string line = $"{TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()} failure of root from {address}";
            if (where.Length == 0) host.Append("logs/j0-0.log", line);
            else host.Run("nsenter", "-t", $"{host.ServerPid}", "--mount", "sh", "-c", $"echo '{line}' >> {host.Path("logs/j0-0.log")}").MustSucceed();
        }
    }

    [Fact]
    public void A_log_that_may_not_be_read_is_said_and_read_when_it_may()
    {
        using Sandbox host = Host(jails: 1, files: 2, backend: "auto");
        string log = host.Path("logs/j0-0.log");
        File.SetUnixFileMode(log, UnixFileMode.None);
        string[] powerless = Environment.UserName == "root" ? ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"] : [];
        using Process server = Start(host, "true", [.. powerless, "sh", "-c"]);
        host.WaitFor(() => host.Client("get", "j0", "sources").Output.Contains("[Errno 13] Permission denied", StringComparison.Ordinal), "the reason");
        ExpectBans(host, [0], file: 1);
        File.SetUnixFileMode(log, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        ExpectBans(host, [0], file: 0);
        File.SetUnixFileMode(log, UnixFileMode.None);
        host.Client("restart", "j0").MustSucceed();
        host.WaitFor(() => host.Client("get", "j0", "sources").Output.Contains("[Errno 13] Permission denied", StringComparison.Ordinal), "the reason again");
        File.SetUnixFileMode(log, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        host.Append("logs/j0-0.log", $"{TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()} failure of root from 198.51.100.77");
        host.WaitForLog("[j0] Ban 198.51.100.77\n");
        host.Client("stop").MustSucceed();
        Assert.True(server.WaitForExit(20_000));
    }

    [Fact]
    public void Of_a_log_that_may_not_be_read_at_first_only_what_is_new_is_read_if_that_is_wanted()
    {
        using Sandbox host = Host(jails: 1, files: 1, backend: "auto");
        string log = host.Path("logs/j0-0.log");
        host.Write("etc/jail.local", File.ReadAllText(host.Path("etc/jail.local")).Replace(log, log + " tail", StringComparison.Ordinal));
        host.Append("logs/j0-0.log", $"{TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()} failure of root from 198.51.100.77");
        File.SetUnixFileMode(log, UnixFileMode.None);
        string[] powerless = Environment.UserName == "root" ? ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"] : [];
        using Process server = Start(host, "true", [.. powerless, "sh", "-c"]);
        host.WaitFor(() => host.Client("get", "j0", "sources").Output.Contains("[Errno 13] Permission denied", StringComparison.Ordinal), "the reason");
        File.SetUnixFileMode(log, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        ExpectBans(host, [0], file: 0);
        Assert.DoesNotContain("198.51.100.77", host.ReadLog(), StringComparison.Ordinal);
        host.Client("stop").MustSucceed();
        Assert.True(server.WaitForExit(20_000));
    }

    [Fact]
    public void A_log_of_twenty_jails_is_read_once()
    {
        if (!File.Exists("/usr/bin/strace")) Assert.Skip("strace is missing");
        using Sandbox host = Host(jails: 20, files: 1, backend: "auto");
        string log = host.Write("logs/shared.log", "");
        host.Write("etc/jail.local", File.ReadAllText(host.Path("etc/jail.local")).Replace("maxretry = 1", $"maxretry = 1\nlogpath = {log}", StringComparison.Ordinal).Replace("\nlogpath = " + host.Path("logs/j"), "\n#", StringComparison.Ordinal));
        using Process server = Start(host, "true", "strace", "-f", "-qq", "--seccomp-bpf", "-e", "trace=pread64,preadv", "-P", log, "-o", host.Path("reads"), "sh", "-c");
        long before = Read(), written = 0;
        for (int round = 0; round < 4; round++)
        {
            // Less than what a jail may have waiting: one that is farther behind reads for itself until it has caught up.
            string filling = string.Concat(Enumerable.Range(0, 4000).Select(number => $"{number} is no failure, and long enough to fill some pages of the log\n"));
            File.AppendAllText(log, filling);
            written += filling.Length;
            ExpectBans(host, [.. Enumerable.Range(0, 20)], file: round, log: "shared");
        }

        host.Client("stop").MustSucceed();
        server.WaitForExit();
        Assert.InRange(Read() - before, written, 2 * written);

        long Read() => File.ReadLines(host.Path("reads")).Select(line => line[(line.LastIndexOf('=') + 1)..].Trim()).Sum(answer => long.TryParse(answer, out long bytes) ? Math.Max(0, bytes) : 0);
    }

    private static Sandbox Host(int jails, int files, string backend)
    {
        var host = new Sandbox();
        Directory.CreateDirectory(host.Path("logs"));
        host.Write("etc/filter.d/plain.conf", "[Definition]\nfailregex = ^ failure of \\S+ from <ADDR>$\ndatepattern = {^LN-BEG}EPOCH\n");
        host.Write("etc/jail.local", string.Concat(Enumerable.Range(0, jails).Select(jail => $"""
            [j{jail}]
            enabled = true
            backend = {backend}
            filter = plain
            action =
            maxretry = 1
            logpath = {string.Join("\n          ", Enumerable.Range(0, files).Select(file => host.Write($"logs/j{jail}-{file}.log", "")))}

            """)));
        return host;
    }

    // In a user namespace of its own, where the limits of its own can be set.
    private static Process Start(Sandbox host, string prepare, params string[] within)
    {
        string[] inside = within.Length > 0 ? within : ["unshare", "--user", "--map-root-user", "sh", "-c"];
        Process server = host.Start(inside[0], [.. inside[1..], $"{prepare} || exit {Refused}; exec {Sandbox.Program("fail2ban-server")} -f -c {host.Etc} start"]);
        host.WaitFor(() => server.HasExited || host.Client("ping").ExitCode == 0, "the server");
        Assert.SkipWhen(server.HasExited && server.ExitCode == Refused, $"not permitted here: {prepare}");
        host.WaitForLog("started\n");
        host.WaitFor(() => Started().Count(host.ReadLog()) == Regex.Count(File.ReadAllText(host.Path("etc/jail.local")), "enabled = true"), "all jails");
        return server;
    }

    private static void ExpectBans(Sandbox host, int[] jails, int file, string? log = null)
    {
        long time = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        foreach (int jail in log is null ? jails : [0]) host.Append($"logs/{log ?? $"j{jail}-{file}"}.log", $"{time} failure of root from 198.51.100.{file + 1}");
        foreach (int jail in jails) host.WaitForLog($"[j{jail}] Ban 198.51.100.{file + 1}\n");
    }

    private static void Stop(Sandbox host, Process server)
    {
        host.Client("stop").MustSucceed();
        Assert.True(server.WaitForExit(20_000));
        Assert.DoesNotContain(" ERROR ", host.ReadLog(), StringComparison.Ordinal);
    }

    private static Regex Started() => new("Jail 'j\\d+' started", RegexOptions.CultureInvariant);
}
