using Fail2Ban.Logging;

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

    /// <summary>Starts the thread.</summary>
    /// <param name="log">Commands are logged as <c>fail2ban.utils</c>, whatever the name of this log.</param>
    /// <param name="time">Measures the time-outs.</param>
    public ShellRunner(Log log, TimeProvider time) => throw new NotImplementedException();

    /// <summary>Runs a command and logs how it ended.</summary>
    /// <param name="command">What to run.</param>
    /// <param name="stop">Kills the command's process group at once; the result is then that of a killed command.</param>
    /// <returns>Never faults for anything that the command or the system does.</returns>
    public Task<ShellResult> RunAsync(ShellCommand command, CancellationToken stop = default) => throw new NotImplementedException();

    /// <summary>Kills what still runs and ends the thread.</summary>
    public void Dispose() => throw new NotImplementedException();
}
