using System.Net;
using System.Net.Sockets;

namespace Fail2Ban.Addresses;

/// <summary>One IPv4 or IPv6 address, or a network of them: 16 bytes of address and a prefix length.</summary>
/// <remarks>An IPv4-mapped IPv6 address (::ffff:0:0/96) is the IPv4 address, as in fail2ban.</remarks>
public readonly struct IpRange : IEquatable<IpRange>
{
    private readonly UInt128 _bits; // IPv4: the address in the low 32 bits
    private readonly byte _prefixLength;
    private readonly bool _isIPv6;

    private IpRange(UInt128 bits, int prefixLength, bool isIPv6)
    {
        _bits = bits;
        _prefixLength = (byte)prefixLength;
        _isIPv6 = isIPv6;
    }

    /// <summary>Whether the address is IPv6 (and not an IPv4-mapped one).</summary>
    public bool IsIPv6 => _isIPv6;

    /// <summary>Leading bits that are fixed: 0 to 32 for IPv4, 0 to 128 for IPv6; the full length is a single address.</summary>
    public int PrefixLength => _prefixLength;

    /// <summary>Whether this is one address and not a network.</summary>
    public bool IsSingle => _prefixLength == (_isIPv6 ? 128 : 32);

    /// <summary>The first address of the range in network byte order: 4 or 16 bytes.</summary>
    public byte[] GetAddressBytes()
    {
        byte[] bytes = new byte[_isIPv6 ? 16 : 4];
        for (int i = 0; i < bytes.Length; i++) bytes[^(i + 1)] = (byte)(_bits >> (8 * i));
        return bytes;
    }

    /// <summary>Builds a range from an address; host bits beyond the prefix are cleared.</summary>
    /// <param name="address">IPv4 or IPv6; an IPv4-mapped one becomes IPv4.</param>
    /// <param name="prefixLength">Null for the single address; counted in the family of the result.</param>
    /// <exception cref="ArgumentOutOfRangeException">The prefix is longer than the address.</exception>
    public static IpRange Create(IPAddress address, int? prefixLength = null)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        bool isIPv6 = address.AddressFamily == AddressFamily.InterNetworkV6;
        int width = isIPv6 ? 128 : 32;
        int prefix = prefixLength ?? width;
        ArgumentOutOfRangeException.ThrowIfNegative(prefix, nameof(prefixLength));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(prefix, width, nameof(prefixLength));
        UInt128 bits = 0;
        foreach (byte part in address.GetAddressBytes()) bits = (bits << 8) | part;
        int hostBits = width - prefix;
        if (hostBits == 128) bits = 0;
        else bits = bits >> hostBits << hostBits;
        return new IpRange(bits, prefix, isIPv6);
    }

    /// <summary>Whether the other range lies wholly inside this one; never across families.</summary>
    public bool Contains(IpRange other)
    {
        if (other._isIPv6 != _isIPv6 || other._prefixLength < _prefixLength) return false;
        int hostBits = (_isIPv6 ? 128 : 32) - _prefixLength;
        return hostBits == 128 || _bits >> hostBits == other._bits >> hostBits;
    }

    /// <inheritdoc/>
    public bool Equals(IpRange other) =>
        _bits == other._bits && _prefixLength == other._prefixLength && _isIPv6 == other._isIPv6;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is IpRange other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_bits, _prefixLength);

    /// <summary>Equality of address and prefix.</summary>
    public static bool operator ==(IpRange left, IpRange right) => left.Equals(right);

    /// <summary>Inequality of address or prefix.</summary>
    public static bool operator !=(IpRange left, IpRange right) => !left.Equals(right);

    /// <summary>The canonical text: <c>192.0.2.1</c>, <c>2001:db8::5</c>, <c>198.51.100.0/24</c>.</summary>
    public override string ToString()
    {
        string address = new IPAddress(GetAddressBytes()).ToString();
        return IsSingle ? address : $"{address}/{_prefixLength}";
    }
}
