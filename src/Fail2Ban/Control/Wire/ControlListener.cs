using System.Buffers.Binary;
using System.Net.Sockets;
using Fail2Ban.Logging;
using Fail2Ban.Values;

namespace Fail2Ban.Control.Wire;

/// <summary>The server's end of the control socket.</summary>
/// <remarks>
/// Thread safety: <see cref="Shutdown"/>, <see cref="Withdraw"/> and <see cref="DisposeAsync"/> may be called from any thread.
/// Requests of one connection are answered in order; those of several connections reach the handler at the same time, which serialises what it must.
/// </remarks>
public sealed partial class ControlListener : IAsyncDisposable
{
    private const int SOL_SOCKET = 1;
    private const int SO_PEERCRED = 17;

    private static readonly TimeSpan AcceptPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Parting = TimeSpan.FromSeconds(2);

    private readonly Socket _socket;
    private readonly bool _isInherited;
    private readonly TimeProvider _time;
    private readonly Log _log;
    private readonly ControlLimits _limits;
    private readonly CancellationTokenSource _closing = new();
    private readonly SemaphoreSlim _places;
    private Func<object?, PeerCredentials, ValueTask<object?>>? _answer;
    private volatile bool _isShuttingDown;
    private int _isDisposed;

    private ControlListener(Socket socket, bool isInherited, TimeProvider time, Log log, ControlLimits limits)
    {
        _socket = socket;
        _isInherited = isInherited;
        _time = time;
        _log = log;
        _limits = limits;
        _places = new SemaphoreSlim(limits.Connections, limits.Connections);
    }

    /// <summary>Serves until <paramref name="stop"/> fires or the listener is disposed.</summary>
    /// <param name="answer">
    /// Turns a decoded request into the whole answer, as a rule <c>PythonTuple(0, result)</c> or <c>PythonTuple(1, PythonError)</c>.
    /// An exception that escapes it is logged and answered as <c>(1, Exception(message))</c>.
    /// </param>
    /// <param name="stop">Ends accepting; each open connection gets the answer it waits for and is closed.</param>
    public async Task RunAsync(Func<object?, PeerCredentials, ValueTask<object?>> answer, CancellationToken stop)
    {
        _answer = answer;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, _closing.Token);
        long failures = 0;
        while (!either.IsCancellationRequested)
        {
            try
            {
                await _places.WaitAsync(either.Token).ConfigureAwait(false);
                Socket connection = await AcceptAsync(either.Token).ConfigureAwait(false);
                if (failures > 0) _log.AcceptsAgain(failures);
                failures = 0;
                _ = ServeAsync(connection, stop, _closing.Token);
            }
            catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException or SocketException { SocketErrorCode: SocketError.OperationAborted })
            {
                break; // told to end, or withdrawn
            }
            catch (SocketException error)
            {
                // Said once: at the limit of descriptors this happens again at every attempt.
                if (failures++ == 0) Say(error);
                await Task.Delay(AcceptPause, _time, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>From now on each request is answered <c>['SHUTDOWN']</c>; the one that is being handled still gets its answer.</summary>
    public void Shutdown() => _isShuttingDown = true;

    /// <summary>
    /// Gives up the place, unless it was inherited, so that the next server may take it while the last answers leave: nobody
    /// can connect any more, and the socket file is gone.
    /// </summary>
    public void Withdraw()
    {
        // The runtime removes the file with the socket, so this has to be before anybody else can have one of that name.
        if (!_isInherited) _socket.Dispose();
    }

    /// <summary>Waits until the answers under way have left, two seconds at most; not for the handler of a request.</summary>
    public Task FinishAsync() => LeaveAsync(_limits.Connections);

    /// <summary>Closes everything; the socket file is removed unless it was inherited. Answers under way have two seconds to leave.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0) return;
        _isShuttingDown = true;
        // Asynchronously, since the caller may be the handler of one of these connections.
        await _closing.CancelAsync().ConfigureAwait(false);
        _socket.Dispose();
        // One may be left: the connection whose handler this is.
        await LeaveAsync(_limits.Connections - 1).ConfigureAwait(false);
    }

    private async Task LeaveAsync(int free)
    {
        long begin = _time.GetTimestamp();
        while (_places.CurrentCount < free && _time.GetElapsedTime(begin) < Parting)
            await Task.Delay(TimeSpan.FromMilliseconds(10), _time).ConfigureAwait(false);
    }

    private async ValueTask<Socket> AcceptAsync(CancellationToken stop)
    {
        try
        {
            return await _socket.AcceptAsync(stop).ConfigureAwait(false);
        }
        catch
        {
            _places.Release();
            throw;
        }
    }

    private void Say(SocketException error)
    {
        if (error.SocketErrorCode == SocketError.TooManyOpenSockets) _log.NoDescriptors(error.Message);
        else _log.AcceptFailed(error.Message);
    }

    private async Task ServeAsync(Socket socket, CancellationToken stop, CancellationToken closing)
    {
        try
        {
            using (socket)
            {
                using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, closing);
                PeerCredentials peer = Peer(socket);
                _log.Connected(peer);
                await new ControlConnection(socket, _limits, _time, _log).ServeAsync(request => AnswerAsync(request, peer), either.Token).ConfigureAwait(false);
            }
        }
        catch (Exception error) when (error is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The client went away or took too long; there is nobody left to tell.
        }
        finally
        {
            _places.Release();
        }
    }

    private async ValueTask<byte[]> AnswerAsync(ReadOnlyMemory<byte> message, PeerCredentials peer)
    {
        if (_isShuttingDown) return Pickle.Encode(new List<object?> { "SHUTDOWN" });
        if (!Pickle.TryDecode(message.Span, out object? request, out string? error))
        {
            _log.Unreadable(error);
            return Pickle.Encode($"ERROR: {error}");
        }

        try
        {
            return Pickle.Encode(await _answer!(request, peer).ConfigureAwait(false));
        }
        catch (Exception failure)
        {
            // The border of the wire: whatever a command did, its client gets an answer and the server lives on.
            _log.HandlerFailed(PythonText.Repr(request), failure);
            return Pickle.Encode(new PythonTuple(1, new PythonError("Exception", failure.Message)));
        }
    }

    private static PeerCredentials Peer(Socket socket)
    {
        Span<byte> credentials = stackalloc byte[12];
        socket.GetRawSocketOption(SOL_SOCKET, SO_PEERCRED, credentials);
        return new PeerCredentials(
            BinaryPrimitives.ReadInt32LittleEndian(credentials), BinaryPrimitives.ReadUInt32LittleEndian(credentials[4..]), BinaryPrimitives.ReadUInt32LittleEndian(credentials[8..]));
    }
}
