using System.Net.Sockets;

namespace Fail2Ban.Control.Wire;

/// <summary>The client's end of the control socket: one connection, one request after the other.</summary>
/// <remarks>Thread safety: none.</remarks>
public sealed class ControlClient : IDisposable
{
    // A million banned addresses with their times are some hundred million bytes.
    private const int AnswerBytes = 1 << 30;

    private readonly Socket _socket;
    private readonly FrameReader _reader = new(AnswerBytes);

    private ControlClient(Socket socket) => _socket = socket;

    /// <summary>Connects.</summary>
    /// <param name="path">As in <see cref="ControlListener.Bind"/>.</param>
    /// <param name="timeout">For each answer; <see cref="Timeout.InfiniteTimeSpan"/> waits for ever.</param>
    /// <exception cref="SocketException">As connect(2) says it.</exception>
    /// <exception cref="ControlException">The path can't be an address.</exception>
    public static ControlClient Connect(string path, TimeSpan timeout)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            SetTimeout(socket, timeout);
            socket.Connect(ControlAddress.Of(path));
            return new ControlClient(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends a request and waits for its answer.</summary>
    /// <exception cref="SocketException">The connection broke, or the time is over.</exception>
    /// <exception cref="ControlException">The answer is not plain data, or longer than 1 GiB.</exception>
    public object? Send(object? request)
    {
        byte[] message = [.. Pickle.Encode(request), .. FrameReader.End];
        for (int sent = 0; sent < message.Length;) sent += _socket.Send(message, sent, message.Length - sent, SocketFlags.None);
        while (true)
        {
            if (_reader.TryTake(out ReadOnlyMemory<byte> answer))
                return Pickle.TryDecode(answer.Span, out object? value, out string? error) ? value : throw new ControlException($"The server's answer can't be read: {error}");

            if (!_reader.TryRoom(out Memory<byte> room)) throw new ControlException($"The server's answer is longer than {AnswerBytes} bytes");
            int count = _socket.Receive(room.Span);
            if (count == 0) throw new SocketException((int)SocketError.ConnectionReset);
            _reader.Received(count);
        }
    }

    /// <summary>Takes leave and closes.</summary>
    public void Dispose()
    {
        try
        {
            _socket.Send([.. FrameReader.Close, .. FrameReader.End]);
            _socket.Shutdown(SocketShutdown.Both);
        }
        catch (SocketException)
        {
            // The server has gone; leave was all that was left to say.
        }

        _socket.Dispose();
    }

    private static void SetTimeout(Socket socket, TimeSpan timeout)
    {
        int milliseconds = timeout == Timeout.InfiniteTimeSpan ? 0 : (int)Math.Clamp(timeout.TotalMilliseconds, 1, int.MaxValue);
        socket.SendTimeout = milliseconds;
        socket.ReceiveTimeout = milliseconds;
    }
}
