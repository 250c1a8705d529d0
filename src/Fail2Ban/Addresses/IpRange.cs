using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Fail2Ban.Addresses;

/// <summary>One IPv4 or IPv6 address, or a network of them: 16 bytes of address and a prefix length.</summary>
/// <remarks>A single IPv4-mapped IPv6 address (::ffff:0:0/96) is the IPv4 address, as in fail2ban.</remarks>
public readonly struct IpRange : IEquatable<IpRange>
{
    // Addresses come from attackers: an unseeded hash would let them choose colliding ones.
    private static readonly ulong SeedHigh = (ulong)Random.Shared.NextInt64(long.MinValue, long.MaxValue);
    private static readonly ulong SeedLow = (ulong)Random.Shared.NextInt64(long.MinValue, long.MaxValue);

    // Two halves instead of one UInt128: its alignment of 16 would make every range 32 bytes long.
    private readonly ulong _high;
    private readonly ulong _low; // IPv4: the address in the low 32 bits, the rest is zero
    private readonly byte _prefixLength;
    private readonly bool _isIPv6;

    private IpRange(UInt128 bits, int prefixLength, bool isIPv6)
    {
        _high = (ulong)(bits >> 64);
        _low = (ulong)bits;
        _prefixLength = (byte)prefixLength;
        _isIPv6 = isIPv6;
    }

    /// <summary>Whether the address is IPv6 (and not an IPv4-mapped one).</summary>
    public bool IsIPv6 => _isIPv6;

    /// <summary>Leading bits that are fixed: 0 to 32 for IPv4, 0 to 128 for IPv6; the full length is a single address.</summary>
    public int PrefixLength => _prefixLength;

    /// <summary>Whether this is one address and not a network.</summary>
    public bool IsSingle => _prefixLength == Width;

    private int Width => _isIPv6 ? 128 : 32;

    private UInt128 Bits => new(_high, _low);

    /// <summary>The first address of the range in network byte order: 4 or 16 bytes.</summary>
    public byte[] GetAddressBytes()
    {
        byte[] bytes = new byte[_isIPv6 ? 16 : 4];
        WriteAddressBytes(bytes);
        return bytes;
    }

    /// <summary>Writes the first address in network byte order.</summary>
    /// <param name="destination">At least 4 bytes for IPv4, 16 for IPv6.</param>
    /// <returns>How many bytes were written.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The destination is too short.</exception>
    public int WriteAddressBytes(Span<byte> destination)
    {
        if (!_isIPv6)
        {
            BinaryPrimitives.WriteUInt32BigEndian(destination, (uint)_low);
            return 4;
        }

        BinaryPrimitives.WriteUInt64BigEndian(destination, _high);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _low);
        return 16;
    }

    /// <summary>Builds a range from an address; host bits beyond the prefix are cleared.</summary>
    /// <param name="address">IPv4 or IPv6; an IPv4-mapped one becomes IPv4.</param>
    /// <param name="prefixLength">Null for the single address; counted in the family of the result.</param>
    /// <exception cref="ArgumentOutOfRangeException">The prefix is longer than the address.</exception>
    public static IpRange Create(IPAddress address, int? prefixLength = null)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        UInt128 bits = 0;
        foreach (byte part in address.GetAddressBytes()) bits = (bits << 8) | part;
        return Create(bits, address.AddressFamily == AddressFamily.InterNetworkV6, prefixLength);
    }

    /// <summary>Reads an address, or <c>address/prefix</c>, by the strict rules of inet_pton(3).</summary>
    /// <returns><see langword="false"/> for everything else: brackets, zones, names, leading zeros, <c>1.2.3</c>, masks.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out IpRange range)
    {
        range = default;
        int slash = text.IndexOf('/');
        if (!AddressText.TryParse(slash < 0 ? text : text[..slash], out UInt128 bits, out bool isIPv6)) return false;
        if (slash < 0)
        {
            range = Single(bits, isIPv6);
            return true;
        }

        if (!TryParsePrefix(text[(slash + 1)..], isIPv6 ? 128 : 32, out int prefix)) return false;
        range = Create(bits, isIPv6, prefix);
        return true;
    }

    /// <summary>Whether the other range lies wholly inside this one; never across families.</summary>
    public bool Contains(IpRange other)
    {
        if (other._isIPv6 != _isIPv6 || other._prefixLength < _prefixLength) return false;
        return Mask(other.Bits, Width - _prefixLength) == Bits;
    }

    /// <summary>Whether the first address of the other range lies inside this one; never across families.</summary>
    public bool ContainsFirst(IpRange other) => other._isIPv6 == _isIPv6 && Mask(other.Bits, Width - _prefixLength) == Bits;

    /// <summary>Orders by first address, then the larger network first: what lies inside a network follows it.</summary>
    internal static IComparer<IpRange> ByStart { get; } = Comparer<IpRange>.Create(static (left, right) =>
        left.Bits != right.Bits ? left.Bits.CompareTo(right.Bits) : left._prefixLength.CompareTo(right._prefixLength));

    /// <summary>The last address of the range.</summary>
    internal IpRange Last
    {
        get
        {
            int hostBits = Width - _prefixLength;
            UInt128 hosts = hostBits == 128 ? UInt128.MaxValue : (UInt128.One << hostBits) - 1;
            return new IpRange(Bits | hosts, Width, _isIPv6);
        }
    }

    /// <summary>The network of that prefix length, not longer than this one's, that this range lies in.</summary>
    internal IpRange Within(int prefixLength) => new(Mask(Bits, Width - prefixLength), prefixLength, _isIPv6);

    /// <inheritdoc/>
    public bool Equals(IpRange other) =>
        _low == other._low && _high == other._high && _prefixLength == other._prefixLength && _isIPv6 == other._isIPv6;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is IpRange other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        ulong upper = Math.BigMul(_low ^ SeedLow, (_high ^ SeedHigh) + _prefixLength, out ulong lower);
        upper = Math.BigMul(upper ^ SeedHigh, lower ^ 0x9E3779B97F4A7C15, out lower);
        return (int)((upper ^ lower) >> 16);
    }

    /// <summary>Equality of address and prefix.</summary>
    public static bool operator ==(IpRange left, IpRange right) => left.Equals(right);

    /// <summary>Inequality of address or prefix.</summary>
    public static bool operator !=(IpRange left, IpRange right) => !left.Equals(right);

    /// <summary>The canonical text as inet_ntop(3) gives it: <c>192.0.2.1</c>, <c>2001:db8::5</c>, <c>198.51.100.0/24</c>.</summary>
    public override string ToString() => AddressText.Format(Bits, _isIPv6, IsSingle ? null : _prefixLength);

    /// <summary>One address; an IPv4-mapped one becomes IPv4.</summary>
    internal static IpRange Single(UInt128 bits, bool isIPv6) =>
        isIPv6 && bits >> 32 == 0xffff ? new IpRange((uint)bits, 32, false) : new IpRange(bits, isIPv6 ? 128 : 32, isIPv6);

    /// <summary>A range whose host bits are cleared; the family stays as it is unless it is a single mapped address.</summary>
    internal static IpRange Create(UInt128 bits, bool isIPv6, int? prefixLength)
    {
        int width = isIPv6 ? 128 : 32;
        int prefix = prefixLength ?? width;
        ArgumentOutOfRangeException.ThrowIfNegative(prefix, nameof(prefixLength));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(prefix, width, nameof(prefixLength));
        return prefix == width ? Single(bits, isIPv6) : new IpRange(Mask(bits, width - prefix), prefix, isIPv6);
    }

    // Shifting a UInt128 by 128 would not shift at all.
    private static UInt128 Mask(UInt128 bits, int hostBits) => hostBits == 128 ? 0 : bits >> hostBits << hostBits;

    private static bool TryParsePrefix(ReadOnlySpan<char> text, int width, out int prefix)
    {
        prefix = 0;
        if (text.IsEmpty || text.Length > 3) return false;
        foreach (char digit in text)
        {
            if (!char.IsAsciiDigit(digit)) return false;
            prefix = (prefix * 10) + (digit - '0');
        }

        return prefix <= width;
    }
}
