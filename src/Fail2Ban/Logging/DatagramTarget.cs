using System.Net.Sockets;

namespace Fail2Ban.Logging;

/// <summary>One datagram a message to a Unix socket; the socket of a restarted daemon is found again.</summary>
internal abstract class DatagramTarget : LogTarget
{
    private readonly string _path;
    private Socket? _socket;
    private bool _hasComplained;

    /// <exception cref="SocketException">Nobody listens there.</exception>
    protected DatagramTarget(string path, LogFormat format) : base(format)
    {
        _path = path;
        Connect();
    }

    internal override void Write(LogEntry entry)
    {
        byte[] message = Message(entry);
        // The second attempt is for a daemon that was restarted and made a new socket.
        if (TrySend(message, out _) || TrySend(message, out string? reason))
        {
            _hasComplained = false;
            return;
        }

        if (!_hasComplained) StandardError.Say($"fail2ban: {_path} does not take messages ({reason}); they are dropped until it does");
        _hasComplained = true;
    }

    internal override void Flush() { }

    public override void Dispose() => _socket?.Dispose();

    /// <summary>The whole datagram.</summary>
    protected abstract byte[] Message(LogEntry entry);

    private void Connect()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { SendTimeout = 1000 };
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(_path));
            _socket = socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private bool TrySend(byte[] message, out string? reason)
    {
        try
        {
            if (_socket is null) Connect();
            _socket!.Send(message);
            reason = null;
            return true;
        }
        catch (SocketException error)
        {
            reason = error.Message;
            // Too long says nothing against the connection.
            if (error.SocketErrorCode != SocketError.MessageSize)
            {
                _socket?.Dispose();
                _socket = null;
            }

            return false;
        }
    }
}
