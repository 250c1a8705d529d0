using CsCheck;
using Fail2Ban.Addresses;
using Fail2Ban.Addresses.Origins;

namespace Fail2Ban.Tests.Addresses;

public sealed class AddressOriginsTests
{
    [Theory]
    [InlineData("192.0.2.7", "7.2.0.192.origin.asn.cymru.com")]
    [InlineData("198.51.100.0/24", "0.100.51.198.origin.asn.cymru.com")]
    [InlineData("2001:db8::1", "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.origin6.asn.cymru.com")]
    public void Asks_for_the_reversed_address_in_the_zone_of_its_family(string address, string name)
    {
        Assert.True(IpRange.TryParse(address, out IpRange range));
        Assert.Equal(name, AddressOrigins.Name(range));
    }

    [Theory]
    [InlineData("15169 | 192.0.2.0/24 | US | arin | 2000-03-30", "15169/US/arin")]
    [InlineData("23028 13335 | 192.0.2.0/24 |  | | ", "23028 13335/unknown/unknown")]
    [InlineData("2 | n | DE | ripencc | d\n1 | m | AT | ripencc | d", "1, 2/AT, DE/ripencc")]
    [InlineData("15169 | 192.0.2.0/24 | US", null)]
    [InlineData("", null)]
    public void Reads_network_country_and_registry(string texts, string? expected) =>
        Assert.Equal(expected, AddressOrigins.Read(texts.Split('\n')) is { } origin ? string.Join('/', origin) : null);

    // One question, whose name the answer points to, and an alias before the record that counts.
    private const string Message = "1234 8180 0001 0002 0000 0000  01 61 00 0010 0001  c00c 0005 0001 00000000 0002 c00c  c00c 0010 0001 00000000 0006 02 4142 02 4344";

    [Fact]
    public void Reads_the_texts_of_a_message()
    {
        Assert.True(TextRecords.TryRead(Bytes(Message), out List<string> texts));
        Assert.Equal(["ABCD"], texts);
    }

    [Fact]
    public void A_message_that_breaks_off_anywhere_is_refused()
    {
        byte[] message = Bytes(Message);
        for (int length = 0; length < message.Length; length++) Assert.False(TextRecords.TryRead(message.AsSpan(0, length), out _), $"of {length} bytes");
    }

    [Fact]
    public void Any_bytes_are_read_or_refused() => Gen.Byte.Array[0, 60].Select(Gen.Byte.Array[0, 12], (tail, head) => (byte[])[.. head, .. tail]).Sample(bytes =>
    {
        TextRecords.TryRead(bytes, out List<string> texts);
        return texts.Count <= bytes.Length;
    });

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
}
