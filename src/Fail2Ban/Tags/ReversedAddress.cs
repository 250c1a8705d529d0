namespace Fail2Ban.Tags;

/// <summary>The value of <c>&lt;ip-rev&gt;</c>: an address as DNS look-ups by address want it.</summary>
public static class ReversedAddress
{
    /// <summary><c>192.0.2.7</c> → <c>7.2.0.192.</c>; IPv6: 32 nibbles, lowest first; a network keeps its prefix at its last part.</summary>
    /// <param name="address">4 or 16 bytes in network order.</param>
    /// <param name="prefixLength">Null for a single address.</param>
    public static string Of(ReadOnlySpan<byte> address, int? prefixLength) => throw new NotImplementedException();
}
