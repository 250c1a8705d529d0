using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Fail2Ban.Native.Netlink;

namespace Fail2Ban.Enforcement.Firewall;

/// <summary>Reads all replies that the kernel has queued for what was sent last.</summary>
/// <remarks>Thread safety: none; one owner, used again and again.</remarks>
internal sealed class NetlinkReplies
{
    private const int NLMSG_ERROR = 2;
    private const int NLM_F_CAPPED = 0x100;
    private const int NLM_F_ACK_TLVS = 0x200;
    private const int NLMSGERR_ATTR_MSG = 1;
    private const int HeaderSize = 16; // struct nlmsghdr
    private const int TypeMask = 0x3fff; // without NLA_F_NESTED and NLA_F_NET_BYTEORDER

    private readonly byte[] _buffer = new byte[64 * 1024];

    /// <summary>The errors, in the order of arrival; errno is positive.</summary>
    public List<(uint Sequence, int Errno, string Text)> Errors { get; } = [];

    /// <summary>Whether an acknowledgement arrived. The kernel sends it for an aborted transaction too.</summary>
    public bool IsAcknowledged { get; private set; }

    /// <summary>Whether the kernel had to drop replies (ENOBUFS): what happened is then unknown.</summary>
    public bool IsIncomplete { get; private set; }

    /// <summary>Attributes of the last data message, by type; numbers are in network order.</summary>
    public Dictionary<int, byte[]> Attributes { get; } = [];

    /// <summary>Takes everything that is queued.</summary>
    public void ReadAll(NetfilterSocket socket)
    {
        Errors.Clear();
        Attributes.Clear();
        IsAcknowledged = IsIncomplete = false;
        while (true)
        {
            int length = socket.Receive(_buffer, out int error);
            if (error != 0)
            {
                IsIncomplete = true;
                const int ENOBUFS = 105;
                if (error == ENOBUFS) continue; // said once; what was queued before it can still be read
                return;
            }

            if (length == 0) return;
            ReadDatagram(_buffer.AsSpan(0, length));
        }
    }

    /// <summary>A number among the attributes; 0 where it is absent.</summary>
    public uint Number(int type) => Attributes.TryGetValue(type, out byte[]? value) && value.Length == 4 ? BinaryPrimitives.ReadUInt32BigEndian(value) : 0;

    private void ReadDatagram(ReadOnlySpan<byte> datagram)
    {
        while (datagram.Length >= HeaderSize)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(datagram);
            if (length < HeaderSize || length > datagram.Length) return;
            ReadMessage(datagram[..length]);
            datagram = datagram[Math.Min(datagram.Length, (length + 3) & ~3)..];
        }
    }

    private void ReadMessage(ReadOnlySpan<byte> message)
    {
        int type = BinaryPrimitives.ReadUInt16LittleEndian(message[4..]);
        if (type == NLMSG_ERROR) ReadError(message);
        else if (type >> 8 == NetlinkMessage.NFNL_SUBSYS_NFTABLES && message.Length >= HeaderSize + 4)
            ForEach(message[(HeaderSize + 4)..], (kind, value) => Attributes[kind] = value);
    }

    private void ReadError(ReadOnlySpan<byte> message)
    {
        if (message.Length < HeaderSize + 4 + HeaderSize) return;
        int flags = BinaryPrimitives.ReadUInt16LittleEndian(message[6..]);
        uint sequence = BinaryPrimitives.ReadUInt32LittleEndian(message[8..]);
        int errno = -BinaryPrimitives.ReadInt32LittleEndian(message[HeaderSize..]);
        if (errno == 0)
        {
            IsAcknowledged = true;
            return;
        }

        string text = Marshal.GetPInvokeErrorMessage(errno);
        int original = (flags & NLM_F_CAPPED) != 0 ? HeaderSize : BinaryPrimitives.ReadInt32LittleEndian(message[(HeaderSize + 4)..]);
        int at = HeaderSize + 4 + ((original + 3) & ~3);
        if ((flags & NLM_F_ACK_TLVS) != 0 && at >= 0 && at < message.Length)
        {
            ForEach(message[at..], (kind, value) =>
            {
                if (kind == NLMSGERR_ATTR_MSG) text = $"{text}: {Encoding.UTF8.GetString(value).TrimEnd('\0')}";
            });
        }

        Errors.Add((sequence, errno, text));
    }

    private static void ForEach(ReadOnlySpan<byte> attributes, Action<int, byte[]> take)
    {
        while (attributes.Length >= 4)
        {
            int length = BinaryPrimitives.ReadUInt16LittleEndian(attributes);
            if (length < 4 || length > attributes.Length) return;
            take(BinaryPrimitives.ReadUInt16LittleEndian(attributes[2..]) & TypeMask, attributes[4..length].ToArray());
            attributes = attributes[Math.Min(attributes.Length, (length + 3) & ~3)..];
        }
    }
}
