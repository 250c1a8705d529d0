using System.Text;

namespace Fail2Ban.Tags;

/// <summary>The value of <c>&lt;ip-rev&gt;</c>: an address as DNS look-ups by address want it.</summary>
public static class ReversedAddress
{
    /// <summary><c>192.0.2.7</c> → <c>7.2.0.192.</c>; IPv6: 32 nibbles, lowest first. An IPv4 network keeps its prefix at its last part: <c>0/24.100.51.198.</c></summary>
    /// <param name="address">4 or 16 bytes in network order.</param>
    /// <param name="prefixLength">Null for a single address.</param>
    public static string Of(ReadOnlySpan<byte> address, int? prefixLength)
    {
        var text = new StringBuilder(64);
        for (int i = address.Length - 1; i >= 0; i--)
        {
            if (address.Length == 16)
            {
                text.Append($"{address[i] & 0xf:x}.{address[i] >> 4:x}.");
                continue;
            }

            text.Append(address[i]);
            if (i == address.Length - 1 && prefixLength is { } prefix) text.Append('/').Append(prefix);
            text.Append('.');
        }

        return text.ToString();
    }
}
