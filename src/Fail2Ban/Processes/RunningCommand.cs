using Fail2Ban.Native.Libc;
using Microsoft.Win32.SafeHandles;

namespace Fail2Ban.Processes;

/// <summary>A command from its start to its reaping: running → (time over) told to end → killed → reaped.</summary>
/// <remarks>Thread safety: none; owned by the thread of <see cref="ShellRunner"/>.</remarks>
internal sealed class RunningCommand(int pid, OutputBuffer output, OutputBuffer errorOutput, TaskCompletionSource<CommandEnd> end) : IDisposable
{
    private const int SIGKILL = 9;
    private const int SIGTERM = 15;

    private readonly SafeFileHandle _pidFd = ChildProcess.OpenPidFd(pid);
    private bool _isTimedOut;
    private bool _isKilled;
    private bool _hasEnded; // a zombie: it holds its group's number until the group is killed

    /// <summary>Its next deadline's timer; replaced at each step.</summary>
    public ITimer? Timer { get; set; }

    /// <summary>Its standard output.</summary>
    public OutputBuffer Output => output;

    /// <summary>Its standard error.</summary>
    public OutputBuffer ErrorOutput => errorOutput;

    /// <summary>What to wait for; −1 where there is nothing to be told.</summary>
    public int PidFd => _pidFd.IsInvalid || _hasEnded ? -1 : (int)_pidFd.DangerousGetHandle();

    /// <summary>Whether its end can only be found out by asking again and again.</summary>
    public bool MustBePolled => _pidFd.IsInvalid && !_hasEnded;

    /// <summary>Whether it is gone and nothing remains to do.</summary>
    public bool IsReaped { get; private set; }

    /// <summary>Its time is over: asks its group to end.</summary>
    public void Terminate()
    {
        if (IsReaped) return;
        _isTimedOut = true;
        ChildProcess.SignalGroup(pid, SIGTERM);
    }

    /// <summary>Kills its group. The leader is not reaped before this, so the number cannot be another group's.</summary>
    public void Kill(Span<byte> scratch)
    {
        if (IsReaped) return;
        ChildProcess.SignalGroup(pid, SIGKILL);
        _isKilled = true;
        TryReap(scratch);
    }

    /// <summary>Reaps it if it has ended and its group is to get no more signals.</summary>
    public void TryReap(Span<byte> scratch)
    {
        if (IsReaped) return;
        if (_isTimedOut && !_isKilled)
        {
            _hasEnded = true;
            return;
        }

        if (!ChildProcess.TryReap(pid, out int? exitCode)) return;
        IsReaped = true;
        output.Drain(scratch);
        errorOutput.Drain(scratch);
        Complete(exitCode);
    }

    /// <summary>Nobody waits longer for a process that not even SIGKILL ends; it is reaped whenever it goes.</summary>
    public void GiveUp() => Complete(null);

    public void Dispose()
    {
        Timer?.Dispose();
        _pidFd.Dispose();
        output.Dispose();
        errorOutput.Dispose();
    }

    private void Complete(int? exitCode) => end.TrySetResult(new CommandEnd(exitCode, _isTimedOut, output.ToString(), errorOutput.ToString(), 0));
}
