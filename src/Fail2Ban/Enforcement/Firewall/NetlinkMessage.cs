using System.Buffers.Binary;
using System.Text;

namespace Fail2Ban.Enforcement.Firewall;

/// <summary>Writes netlink messages of nf_tables one behind the other into one buffer.</summary>
/// <remarks>Thread safety: none; one owner, used again and again.</remarks>
internal sealed class NetlinkMessage
{
    public const ushort NLM_F_REQUEST = 0x1;
    public const ushort NLM_F_ACK = 0x4;
    public const ushort NLM_F_DUMP = 0x300;
    public const ushort NLM_F_CREATE = 0x400;

    public const ushort NFNL_MSG_BATCH_BEGIN = 0x10;
    public const ushort NFNL_MSG_BATCH_END = 0x11;
    public const ushort NFNL_SUBSYS_NFTABLES = 10;

    private const int NestedFlag = 0x8000;
    private const int HeaderSize = 20; // struct nlmsghdr and struct nfgenmsg

    private byte[] _bytes = new byte[64 * 1024];
    private int _length;
    private int _start; // of the message being written

    /// <summary>All bytes so far.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    /// <summary>How many bytes there are.</summary>
    public int Length => _length;

    /// <summary>Starts anew.</summary>
    public void Clear() => _length = 0;

    /// <summary>Begins a message of nf_tables (NFT_MSG_…).</summary>
    public void BeginTables(int type, int flags, uint sequence, byte family) =>
        Begin((ushort)((NFNL_SUBSYS_NFTABLES << 8) | type), flags, sequence, family, 0);

    /// <summary>Begins a message.</summary>
    public void Begin(ushort type, int flags, uint sequence, byte family, ushort resource)
    {
        _start = _length;
        Span<byte> header = Take(HeaderSize);
        BinaryPrimitives.WriteUInt16LittleEndian(header[4..], type);
        BinaryPrimitives.WriteUInt16LittleEndian(header[6..], (ushort)flags);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], sequence);
        header[16] = family;
        BinaryPrimitives.WriteUInt16BigEndian(header[18..], resource);
    }

    /// <summary>Ends the message: its length is now known.</summary>
    public void End() => BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(_start), _length - _start);

    /// <summary>Asks for an acknowledgement of the message that begins there.</summary>
    public void RequestAck(int start) => _bytes[start + 6] |= (byte)NLM_F_ACK;

    /// <summary>A text attribute, with its final zero.</summary>
    public void AddText(int type, string text)
    {
        int length = Encoding.UTF8.GetByteCount(text);
        Span<byte> value = Attribute(type, length + 1);
        Encoding.UTF8.GetBytes(text, value);
    }

    /// <summary>A number in network order.</summary>
    public void AddNumber(int type, uint number) => BinaryPrimitives.WriteUInt32BigEndian(Attribute(type, 4), number);

    /// <summary>A number of 64 bits in network order.</summary>
    public void AddLongNumber(int type, ulong number) => BinaryPrimitives.WriteUInt64BigEndian(Attribute(type, 8), number);

    /// <summary>Bytes as they are.</summary>
    public void AddBytes(int type, ReadOnlySpan<byte> bytes) => bytes.CopyTo(Attribute(type, bytes.Length));

    /// <summary>Begins an attribute of attributes; returns what <see cref="EndNested"/> wants.</summary>
    public int BeginNested(int type)
    {
        int start = _length;
        BinaryPrimitives.WriteUInt16LittleEndian(Take(4)[2..], (ushort)(type | NestedFlag));
        return start;
    }

    /// <summary>Ends an attribute of attributes.</summary>
    /// <exception cref="InvalidOperationException">Its 16-bit length would wrap around.</exception>
    public void EndNested(int start)
    {
        int length = _length - start;
        if (length > ushort.MaxValue) throw new InvalidOperationException($"a netlink attribute of {length} bytes");
        BinaryPrimitives.WriteUInt16LittleEndian(_bytes.AsSpan(start), (ushort)length);
    }

    private Span<byte> Attribute(int type, int length)
    {
        Span<byte> attribute = Take((4 + length + 3) & ~3);
        BinaryPrimitives.WriteUInt16LittleEndian(attribute, (ushort)(4 + length));
        BinaryPrimitives.WriteUInt16LittleEndian(attribute[2..], (ushort)type);
        return attribute[4..(4 + length)];
    }

    private Span<byte> Take(int size)
    {
        if (_length + size > _bytes.Length) Array.Resize(ref _bytes, Math.Max(2 * _bytes.Length, _length + size));
        Span<byte> part = _bytes.AsSpan(_length, size);
        part.Clear();
        _length += size;
        return part;
    }
}
