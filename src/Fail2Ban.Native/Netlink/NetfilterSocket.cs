using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Fail2Ban.Native.Netlink;

/// <summary>A netlink socket to the kernel's netfilter, with short acknowledgements and error texts (CAP_ACK, EXT_ACK).</summary>
/// <remarks>
/// Thread safety: none. The kernel handles a request within <see cref="Send"/>: when it returns all replies are there,
/// so reading never waits.
/// </remarks>
public sealed unsafe class NetfilterSocket : IDisposable
{
    private readonly SafeFileHandle _descriptor;

    private NetfilterSocket(SafeFileHandle descriptor) => _descriptor = descriptor;

    /// <summary>Opens a socket of the network namespace that this thread is in; null with the errno where the system refuses.</summary>
    public static NetfilterSocket? TryOpen(out int error)
    {
        int number = NetlinkCalls.socket(NetlinkCalls.AF_NETLINK, NetlinkCalls.SOCK_RAW | NetlinkCalls.SOCK_CLOEXEC, NetlinkCalls.NETLINK_NETFILTER);
        error = number < 0 ? Marshal.GetLastPInvokeError() : 0;
        if (number < 0) return null;

        var descriptor = new SafeFileHandle(number, ownsHandle: true);
        byte* address = stackalloc byte[12]; // struct sockaddr_nl: family, padding, port 0 (the kernel chooses), no groups
        new Span<byte>(address, 12).Clear();
        *(ushort*)address = NetlinkCalls.AF_NETLINK;
        if (NetlinkCalls.bind(descriptor, address, 12) != 0)
        {
            error = Marshal.GetLastPInvokeError();
            descriptor.Dispose();
            return null;
        }

        int on = 1;
        NetlinkCalls.setsockopt(descriptor, NetlinkCalls.SOL_NETLINK, NetlinkCalls.NETLINK_CAP_ACK, &on, sizeof(int));
        NetlinkCalls.setsockopt(descriptor, NetlinkCalls.SOL_NETLINK, NetlinkCalls.NETLINK_EXT_ACK, &on, sizeof(int));
        return new NetfilterSocket(descriptor);
    }

    /// <summary>Sends one or more messages; returns 0 or the errno (EMSGSIZE: larger than the send buffer).</summary>
    public int Send(ReadOnlySpan<byte> messages)
    {
        fixed (byte* bytes = messages)
        {
            while (NetlinkCalls.send(_descriptor, bytes, (nuint)messages.Length, 0) < 0)
            {
                int error = Marshal.GetLastPInvokeError();
                if (error != NetlinkCalls.EINTR) return error;
            }
        }

        return 0;
    }

    /// <summary>Asks for a send buffer that one message batch of that size fits into; false where the system refuses (a container).</summary>
    public bool TryGrowBuffer(int bytes)
    {
        int size = bytes + 4096;
        return NetlinkCalls.setsockopt(_descriptor, NetlinkCalls.SOL_SOCKET, NetlinkCalls.SO_SNDBUFFORCE, &size, sizeof(int)) == 0;
    }

    /// <summary>Takes one queued datagram of replies.</summary>
    /// <param name="buffer">Large enough for a datagram (32 KiB).</param>
    /// <param name="error">ENOBUFS: replies were lost. Otherwise 0, or another errno.</param>
    /// <returns>How many bytes; 0 where no reply is left or after an error.</returns>
    public int Receive(Span<byte> buffer, out int error)
    {
        fixed (byte* bytes = buffer)
        {
            while (true)
            {
                nint length = NetlinkCalls.recv(_descriptor, bytes, (nuint)buffer.Length, NetlinkCalls.MSG_DONTWAIT);
                error = length < 0 ? Marshal.GetLastPInvokeError() : 0;
                if (error == NetlinkCalls.EINTR) continue;
                if (error == NetlinkCalls.EAGAIN) error = 0;
                return (int)Math.Max(0, length);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _descriptor.Dispose();
}
