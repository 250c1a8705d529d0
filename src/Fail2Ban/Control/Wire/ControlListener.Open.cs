using System.Net.Sockets;
using Fail2Ban.Logging;

namespace Fail2Ban.Control.Wire;

public sealed partial class ControlListener
{
    private const int Backlog = 512;

    /// <summary>Opens the socket with mode 0700 and creates the last level of its directory.</summary>
    /// <param name="path">A file, or an abstract name that starts with <c>@</c> or NUL.</param>
    /// <param name="force">Remove a socket file that exists even if a server answers on it (option -x). A stale one is removed anyway.</param>
    /// <param name="time">For the time-outs.</param>
    /// <param name="log">Logger <c>fail2ban.asyncserver</c>.</param>
    /// <param name="limits">What a client may take; null for the defaults.</param>
    /// <exception cref="ControlException">A server answers there, something that is no socket stands there, or the path can't be bound.</exception>
    public static ControlListener Bind(string path, bool force, TimeProvider time, Log log, ControlLimits? limits = null)
    {
        UnixDomainSocketEndPoint address = ControlAddress.Of(path);
        bool isFile = !ControlAddress.IsAbstract(path);
        if (isFile) ClearTheWay(path, address, force, log);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        // The mask holds for the whole process, so it is set for this one call only.
        uint before = Native.Libc.FileMode.Umask(0b000_111_111);
        try
        {
            socket.Bind(address);
        }
        catch (SocketException error)
        {
            socket.Dispose();
            throw new ControlException($"Unable to bind socket {path}: {error.Message}", error);
        }
        finally
        {
            Native.Libc.FileMode.Umask(before);
        }

        socket.Listen(Backlog);
        return new ControlListener(socket, isInherited: false, time, log, limits ?? new ControlLimits());
    }

    /// <summary>Takes over a listening socket that the service manager opened (LISTEN_FDS); it is neither shut down nor removed.</summary>
    /// <param name="descriptor">The inherited descriptor, 3 or more.</param>
    /// <param name="time">For the time-outs.</param>
    /// <param name="log">Logger <c>fail2ban.asyncserver</c>.</param>
    /// <param name="limits">What a client may take; null for the defaults.</param>
    /// <exception cref="ControlException">The descriptor is not a listening Unix socket.</exception>
    public static ControlListener Inherit(int descriptor, TimeProvider time, Log log, ControlLimits? limits = null)
    {
        const int SO_ACCEPTCONN = 30;
        var socket = new Socket(new SafeSocketHandle(descriptor, ownsHandle: true));
        Span<byte> listening = stackalloc byte[4];
        bool usable = socket.AddressFamily == AddressFamily.Unix && socket.SocketType == SocketType.Stream;
        if (usable)
        {
            socket.GetRawSocketOption(SOL_SOCKET, SO_ACCEPTCONN, listening);
            usable = listening[0] != 0;
        }

        if (usable) return new ControlListener(socket, isInherited: true, time, log, limits ?? new ControlLimits());
        socket.Dispose();
        throw new ControlException($"descriptor {descriptor} is no listening Unix stream socket; check ListenStream of the socket unit");
    }

    private static void ClearTheWay(string path, UnixDomainSocketEndPoint address, bool force, Log log)
    {
        try
        {
            string? folder = Path.GetDirectoryName(Path.GetFullPath(path));
            if (folder is not null && !Directory.Exists(folder))
            {
                // The last level only: a wrong path should not grow a tree.
                string? parent = Path.GetDirectoryName(folder);
                if (parent is not null && !Directory.Exists(parent)) throw new ControlException($"Unable to bind socket {path}: directory {parent} does not exist");
                Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }

            if (!Path.Exists(path)) return;
            if (!force && Answers(address))
            {
                log.InUse();
                throw new ControlException("Server already running");
            }

            if (!force) log.StaleSocketRemoved(path);
            File.Delete(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ControlException($"Unable to bind socket {path}: {error.Message}", error);
        }
    }

    private static bool Answers(UnixDomainSocketEndPoint address)
    {
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        probe.Blocking = false;
        try
        {
            probe.Connect(address);
            return true;
        }
        catch (SocketException error)
        {
            // Only a refusal proves that nobody listens; a full queue or missing rights do not.
            return error.SocketErrorCode != SocketError.ConnectionRefused;
        }
    }
}
