using Fail2Ban.Logging;
using Fail2Ban.Processes;

namespace Fail2Ban.Client;

/// <summary>Starts the server, here or as a daemon, and gives it its configuration.</summary>
internal sealed class ServerLauncher(ServerStart start, ServerCalls calls, ClientHost host, Log log, TimeSpan timeout)
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);

    /// <summary>Runs the server in this process; its jails are set up from a second thread, as by any client.</summary>
    /// <param name="stream">The stream of commands, and what goes beside it; null for a server that somebody else configures.</param>
    internal int RunHere(List<object?>? stream)
    {
        if (stream is null) return host.RunServer(start);
        using var ended = new ManualResetEventSlim();
        bool isConfigured = true;
        var configure = new Thread(() =>
        {
            if (!WaitForStart(() => ended.IsSet)) return;
            // One jail that cannot be started is no reason to leave the host without the others.
            isConfigured = Configure(stream) || calls.HasJails();
            if (!isConfigured && !ended.IsSet) calls.Send(["stop"], show: false, timeout);
        }) { IsBackground = true, Name = "configure" };
        configure.Start();
        int code = host.RunServer(start);
        ended.Set();
        configure.Join(Step * 50);
        return isConfigured ? code : 255;
    }

    /// <summary>Starts our own executable as a daemon and waits until it answers.</summary>
    internal bool Start(List<object?> stream)
    {
        if (calls.ControlIsFile() && !start.Force)
        {
            log.UnexpectedState();
            return false;
        }

        string executable = Environment.ProcessPath ?? "/proc/self/exe";
        int child = DetachedProcess.Start(executable, Arguments(), null, keepOutput: false, out string error);
        if (child == 0)
        {
            log.NotStarted(error);
            return false;
        }

        if (!WaitForStart(() => HasEnded(child)))
        {
            log.NotStarted(HasEnded(child) ? $"it ended at once; its log ({start.LogTarget}) says why, or run it with -f" : $"it did not answer within {timeout.TotalSeconds} seconds");
            calls.TellWhyEnded();
            return false;
        }

        return Configure(stream);
    }

    /// <summary>Whether the service manager opened the socket for this process, so that one answers only once we serve.</summary>
    internal static bool IsActivated => Environment.GetEnvironmentVariable("LISTEN_PID") == Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Waits until the socket is gone.</summary>
    internal bool WaitForEnd() => Wait(() => !calls.ControlIsFile(), () => false); // a server that ends refuses to answer before it has ended

    private bool Configure(List<object?> stream)
    {
        bool isGood = calls.Send(["server-stream", .. stream], show: false, Timeout.InfiniteTimeSpan);
        return calls.Send(["server-status"], show: true, Timeout.InfiniteTimeSpan) && isGood;
    }

    private bool WaitForStart(Func<bool> hasEnded) => Wait(() => calls.Ping(Step * 50), hasEnded);

    private bool Wait(Func<bool> isDone, Func<bool> isHopeless)
    {
        long begin = host.Time.GetTimestamp();
        // A server in this process answers within a millisecond or two.
        for (TimeSpan pause = Step / 20; !isDone(); pause = pause < Step ? 2 * pause : Step)
        {
            if (isHopeless() || host.Time.GetElapsedTime(begin) > timeout) return false;
            Task.Delay(pause, host.Time).GetAwaiter().GetResult();
        }

        return true;
    }

    private List<string> Arguments()
    {
        List<string> arguments = ["fail2ban-server", "--async", "-b", "-s", start.Socket, "-p", start.PidFile];
        if (start.Force) arguments.Add("-x");
        if (start.Verbosity > 1) arguments.Add("-" + new string('v', start.Verbosity - 1));
        arguments.AddRange(["--pname", start.ProcessName, "--loglevel", start.LogLevel, "--logtarget", start.LogTarget, "--syslogsocket", start.SyslogSocket, "start"]);
        return arguments;
    }

    // A child that nobody has reaped yet still has its entry, as a zombie.
    private static bool HasEnded(int child)
    {
        try
        {
            string state = File.ReadAllText($"/proc/{child}/stat");
            return state[(state.LastIndexOf(')') + 2)..].StartsWith('Z');
        }
        catch (IOException)
        {
            return true;
        }
    }
}
