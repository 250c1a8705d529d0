using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Fail2Ban.Logging;
using Fail2Ban.Native.Libc;

namespace Fail2Ban.Processes;

/// <summary>Runs shell commands in sessions of their own, reads what they print while they run, and ends those that hang.</summary>
/// <remarks>
/// Thread safety: any thread may call. One thread of its own starts and reaps all children; the pool is never blocked.
/// Any number of commands may run at once: who wants them one by one orders them himself.
/// </remarks>
public sealed class ShellRunner : IDisposable
{
    /// <summary>How many bytes of each output are kept; the rest is read and dropped.</summary>
    public const int KeptOutput = 64 * 1024;

    private const int PollingInterval = 20; // milliseconds, only where the kernel has no pidfd

    private static readonly TimeSpan PatienceAfterTerm = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan PatienceAfterKill = TimeSpan.FromSeconds(1);

    private readonly Log _log;
    private readonly TimeProvider _time;
    private readonly Poller _poller = new();
    private readonly ConcurrentQueue<Action> _requests = new();
    private readonly List<RunningCommand> _running = [];
    private readonly byte[] _scratch = new byte[KeptOutput];
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Thread _thread;
    private volatile bool _isEnding;
    private long _lastId;

    /// <summary>Starts the thread.</summary>
    /// <param name="log">Commands are logged as <c>fail2ban.utils</c>, whatever the name of this log.</param>
    /// <param name="time">Measures the time-outs.</param>
    public ShellRunner(Log log, TimeProvider time)
    {
        _log = log.For("fail2ban.utils");
        _time = time;
        ChildProcess.AcceptChildSignal();
        _thread = new Thread(Loop) { IsBackground = true, Name = "f2b/children" };
        _thread.Start();
    }

    /// <summary>Runs a command and logs how it ended.</summary>
    /// <param name="command">What to run.</param>
    /// <param name="stop">Kills the command's process group at once; the result is then that of a killed command.</param>
    /// <returns>Never faults for anything that the command or the system does.</returns>
    public async Task<ShellResult> RunAsync(ShellCommand command, CancellationToken stop = default)
    {
        if (string.IsNullOrWhiteSpace(command.Text)) return ShellResult.Nothing;

        string id = Interlocked.Increment(ref _lastId).ToString("x8");
        var ended = new TaskCompletionSource<CommandEnd>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() =>
        {
            try
            {
                Start(command, ended, stop);
            }
            catch (Exception fault) when (fault is not OutOfMemoryException)
            {
                // The border of the thread's loop: one command's fault must not end all others.
                const int EIO = 5;
                _log.Write(LogLevel.Critical, $"{id} -- {fault}");
                ended.TrySetResult(new CommandEnd(null, false, "", "", EIO));
            }
        });
        await Task.WhenAny(ended.Task, _over.Task).ConfigureAwait(false);
        if (!ended.Task.IsCompleted) return ShellResult.NotRun;

        CommandEnd end = await ended.Task.ConfigureAwait(false);
        if (end.StartError != 0)
        {
            _log.CommandNotStarted(id, command, end.StartError, Marshal.GetPInvokeErrorMessage(end.StartError));
            return ShellResult.NotRun;
        }

        bool succeeded = !end.TimedOut && end.ExitCode is { } code && command.SuccessCodes.Contains(code);
        var result = new ShellResult(succeeded, end.ExitCode, end.TimedOut, end.Output, end.ErrorOutput);
        _log.CommandEnded(id, command, result);
        return result;
    }

    /// <summary>Kills what still runs and ends the thread.</summary>
    public void Dispose()
    {
        if (_isEnding) return;
        _isEnding = true;
        _poller.Wake();
        _thread.Join();
        _poller.Dispose();
    }

    private void Post(Action request)
    {
        _requests.Enqueue(request);
        _poller.Wake();
    }

    private void Loop()
    {
        PollEntry[] entries = [];
        while (!_isEnding)
        {
            while (_requests.TryDequeue(out Action? request)) request();

            Array.Resize(ref entries, 1 + (3 * _running.Count));
            for (int i = 0; i < _running.Count; i++)
            {
                RunningCommand command = _running[i];
                entries[(3 * i) + 1] = new PollEntry(command.PidFd, PollEntry.POLLIN, 0);
                entries[(3 * i) + 2] = new PollEntry(command.Output.Descriptor, PollEntry.POLLIN, 0);
                entries[(3 * i) + 3] = new PollEntry(command.ErrorOutput.Descriptor, PollEntry.POLLIN, 0);
            }

            bool ask = _running.Exists(command => command.MustBePolled);
            _poller.Wait(entries, ask ? PollingInterval : -1);
            for (int i = 0; i < _running.Count; i++)
            {
                RunningCommand command = _running[i];
                if (entries[(3 * i) + 2].Returned != 0) command.Output.Read(_scratch);
                if (entries[(3 * i) + 3].Returned != 0) command.ErrorOutput.Read(_scratch);
                if (entries[(3 * i) + 1].Returned != 0 || command.MustBePolled) command.TryReap(_scratch);
            }

            RemoveReaped();
        }

        End();
    }

    private void Start(ShellCommand command, TaskCompletionSource<CommandEnd> ended, CancellationToken stop)
    {
        using Pipe? input = Pipe.TryCreate(out int error);
        Pipe? output = error == 0 ? Pipe.TryCreate(out error) : null;
        Pipe? errorOutput = error == 0 ? Pipe.TryCreate(out error) : null;
        int pid = 0;
        if (input is not null && output is not null && errorOutput is not null)
        {
            if (command.Input is { Length: > 0 } bytes) input.Write(bytes.AsSpan(0, Math.Min(bytes.Length, KeptOutput)));
            error = ChildProcess.Spawn("/bin/sh", ["/bin/sh", "-c", command.Text, .. command.Arguments], DetachedProcess.OurEnvironment(),
                command.Input is null ? null : input.Reader, output.Writer, errorOutput.Writer, out pid);
        }

        output?.Writer.Dispose();
        errorOutput?.Writer.Dispose();
        if (pid == 0)
        {
            output?.Dispose();
            errorOutput?.Dispose();
            ended.SetResult(new CommandEnd(null, false, "", "", error));
            return;
        }

        var running = new RunningCommand(pid, new OutputBuffer(output!.Reader, command.MostOutput), new OutputBuffer(errorOutput!.Reader, KeptOutput), ended);
        _running.Add(running);
        After(command.Timeout, running, () =>
        {
            running.Terminate();
            After(PatienceAfterTerm, running, () => Kill(running));
        });
        if (!stop.CanBeCanceled) return;
        CancellationTokenRegistration registration = stop.Register(() => Post(() => Kill(running)));
        _ = ended.Task.ContinueWith(_ => registration.Dispose(), TaskScheduler.Default);
    }

    private void Kill(RunningCommand command)
    {
        if (command.IsReaped) return;
        command.Kill(_scratch);
        RemoveReaped();
        if (!command.IsReaped) After(PatienceAfterKill, command, command.GiveUp);
    }

    private void After(TimeSpan delay, RunningCommand command, Action step)
    {
        command.Timer?.Dispose();
        command.Timer = _time.CreateTimer(_ => Post(() => { if (!command.IsReaped) step(); }), null, delay, Timeout.InfiniteTimeSpan);
    }

    private void RemoveReaped()
    {
        for (int i = _running.Count - 1; i >= 0; i--)
        {
            if (!_running[i].IsReaped) continue;
            _running[i].Dispose();
            _running.RemoveAt(i);
        }
    }

    private void End()
    {
        foreach (RunningCommand command in _running)
        {
            command.Kill(_scratch);
            command.GiveUp();
            command.Dispose();
        }

        _over.SetResult();
    }
}
