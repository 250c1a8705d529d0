using Fail2Ban.Logging;

namespace Fail2Ban.Control.Wire;

/// <summary>The server's end of the control socket.</summary>
/// <remarks>
/// Thread safety: <see cref="Shutdown"/> and <see cref="DisposeAsync"/> may be called from any thread. Requests of one connection
/// are answered in order; those of several connections reach the handler at the same time, which serialises what it must.
/// </remarks>
public sealed class ControlListener : IAsyncDisposable
{
    /// <summary>Opens the socket with mode 0700 and creates the last level of its directory.</summary>
    /// <param name="path">A file, or an abstract name that starts with <c>@</c> or NUL.</param>
    /// <param name="force">Remove a socket file that exists even if a server answers on it (option -x).</param>
    /// <param name="time">For the time-outs.</param>
    /// <param name="log">Logger <c>fail2ban.asyncserver</c>.</param>
    /// <param name="limits">What a client may take; null for the defaults.</param>
    /// <exception cref="ControlException">A server answers there, or the path can't be bound.</exception>
    public static ControlListener Bind(string path, bool force, TimeProvider time, Log log, ControlLimits? limits = null) => throw new NotImplementedException();

    /// <summary>Takes over a listening socket that the service manager opened (LISTEN_FDS); it is neither shut down nor removed.</summary>
    /// <param name="descriptor">The inherited descriptor, 3 or more.</param>
    /// <param name="time">For the time-outs.</param>
    /// <param name="log">Logger <c>fail2ban.asyncserver</c>.</param>
    /// <param name="limits">What a client may take; null for the defaults.</param>
    /// <exception cref="ControlException">The descriptor is not a listening Unix socket.</exception>
    public static ControlListener Inherit(int descriptor, TimeProvider time, Log log, ControlLimits? limits = null) => throw new NotImplementedException();

    /// <summary>Serves until <paramref name="stop"/> fires or the listener is disposed.</summary>
    /// <param name="answer">
    /// Turns a decoded request into the whole answer, as a rule <c>PythonTuple(0, result)</c> or <c>PythonTuple(1, PythonError)</c>.
    /// An exception that escapes it is logged and answered as <c>(1, Exception(message))</c>.
    /// </param>
    /// <param name="stop">Ends accepting; open connections are closed after their current answer.</param>
    public Task RunAsync(Func<object?, PeerCredentials, ValueTask<object?>> answer, CancellationToken stop) => throw new NotImplementedException();

    /// <summary>From now on each request is answered <c>['SHUTDOWN']</c>; the one that is being handled still gets its answer.</summary>
    public void Shutdown() => throw new NotImplementedException();

    /// <summary>Closes everything and removes the socket file, if this listener made it.</summary>
    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
