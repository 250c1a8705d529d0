namespace Fail2Ban.Control.Wire;

/// <summary>The client's end of the control socket: one connection, one request after the other.</summary>
/// <remarks>Thread safety: none.</remarks>
public sealed class ControlClient : IDisposable
{
    /// <summary>Connects.</summary>
    /// <param name="path">As in <see cref="ControlListener.Bind"/>.</param>
    /// <param name="timeout">For the connection and for each answer; <see cref="Timeout.InfiniteTimeSpan"/> waits for ever.</param>
    /// <exception cref="System.Net.Sockets.SocketException">As connect(2) says it.</exception>
    public static ControlClient Connect(string path, TimeSpan timeout) => throw new NotImplementedException();

    /// <summary>Sends a request and waits for its answer.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The connection broke, or the time is over.</exception>
    /// <exception cref="ControlException">The answer is not plain data.</exception>
    public object? Send(object? request) => throw new NotImplementedException();

    /// <summary>Takes leave and closes.</summary>
    public void Dispose() => throw new NotImplementedException();
}
