using Fail2Ban.Logging;
using Fail2Ban.Processes;

namespace Fail2Ban.Enforcement.Actions;

/// <summary>What all jails share to change the system: one shell command at a time, one netlink writer, one lane of notifications.</summary>
/// <remarks>Thread safety: any thread. One per process; ended after the last jail.</remarks>
public sealed class Enforcer : IAsyncDisposable
{
    /// <summary>Starts the lanes; the netlink socket is opened with the first element.</summary>
    public Enforcer(ShellRunner shell, Log log, TimeProvider time) => throw new NotImplementedException();

    /// <summary>Lets queued notifications run for at most five seconds, then ends everything.</summary>
    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
