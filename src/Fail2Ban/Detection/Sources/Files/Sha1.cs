using System.Buffers.Binary;
using System.Numerics;

namespace Fail2Ban.Detection.Sources.Files;

/// <summary>SHA-1 (FIPS 180-4), by which the database knows a log's first line again. It protects nothing.</summary>
/// <remarks>
/// Our own, because the framework's loads OpenSSL: 4 MB of memory in every server, and a library that a minimal host may
/// not have, for one hash a file. A test compares it with the framework's.
/// </remarks>
internal struct Sha1
{
    private const int BlockSize = 64;

    private uint _a = 0x67452301;
    private uint _b = 0xefcdab89;
    private uint _c = 0x98badcfe;
    private uint _d = 0x10325476;
    private uint _e = 0xc3d2e1f0;
    private long _length;
    private readonly byte[] _rest = new byte[BlockSize]; // what does not fill a block yet

    public Sha1()
    {
    }

    /// <summary>The hash of one text in lower-case hexadecimal digits.</summary>
    public static string Hex(ReadOnlySpan<byte> data)
    {
        var hash = new Sha1();
        hash.Append(data);
        return hash.Finish();
    }

    /// <summary>Takes more of the text.</summary>
    public void Append(ReadOnlySpan<byte> data)
    {
        int held = (int)(_length % BlockSize);
        _length += data.Length;
        if (held > 0)
        {
            int taken = Math.Min(BlockSize - held, data.Length);
            data[..taken].CopyTo(_rest.AsSpan(held));
            data = data[taken..];
            if (held + taken < BlockSize) return;
            Mix(_rest);
        }

        for (; data.Length >= BlockSize; data = data[BlockSize..]) Mix(data[..BlockSize]);
        data.CopyTo(_rest);
    }

    /// <summary>The hash in lower-case hexadecimal digits; nothing may be appended afterwards.</summary>
    public string Finish()
    {
        long bits = _length * 8;
        Span<byte> padding = stackalloc byte[2 * BlockSize];
        padding.Clear();
        padding[0] = 0x80;
        int used = (int)(_length % BlockSize);
        int size = (used < BlockSize - 8 ? BlockSize : 2 * BlockSize) - used;
        BinaryPrimitives.WriteInt64BigEndian(padding[(size - 8)..], bits);
        Append(padding[..size]);
        Span<byte> result = stackalloc byte[20];
        BinaryPrimitives.WriteUInt32BigEndian(result, _a);
        BinaryPrimitives.WriteUInt32BigEndian(result[4..], _b);
        BinaryPrimitives.WriteUInt32BigEndian(result[8..], _c);
        BinaryPrimitives.WriteUInt32BigEndian(result[12..], _d);
        BinaryPrimitives.WriteUInt32BigEndian(result[16..], _e);
        return Convert.ToHexStringLower(result);
    }

    private void Mix(ReadOnlySpan<byte> block)
    {
        Span<uint> words = stackalloc uint[80];
        for (int i = 0; i < 16; i++) words[i] = BinaryPrimitives.ReadUInt32BigEndian(block[(4 * i)..]);
        for (int i = 16; i < 80; i++) words[i] = BitOperations.RotateLeft(words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16], 1);
        uint a = _a, b = _b, c = _c, d = _d, e = _e;
        for (int i = 0; i < 80; i++)
        {
            (uint function, uint constant) = (i / 20) switch
            {
                0 => ((b & c) | (~b & d), 0x5a827999u),
                1 => (b ^ c ^ d, 0x6ed9eba1u),
                2 => ((b & c) | (b & d) | (c & d), 0x8f1bbcdcu),
                _ => (b ^ c ^ d, 0xca62c1d6u),
            };
            uint next = BitOperations.RotateLeft(a, 5) + function + e + constant + words[i];
            (e, d, c, b, a) = (d, c, BitOperations.RotateLeft(b, 30), a, next);
        }

        _a += a;
        _b += b;
        _c += c;
        _d += d;
        _e += e;
    }
}
