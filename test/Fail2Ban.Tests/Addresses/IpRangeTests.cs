using System.Net;
using CsCheck;
using Fail2Ban.Addresses;

namespace Fail2Ban.Tests.Addresses;

public sealed class IpRangeTests
{
    [Theory]
    [InlineData("1.2.3.4", "1.2.3.4")]
    [InlineData("255.255.255.255", "255.255.255.255")]
    [InlineData("1.2.3.4/24", "1.2.3.0/24")]
    [InlineData("1.2.3.4/32", "1.2.3.4")]
    [InlineData("1.2.3.4/0", "0.0.0.0/0")]
    [InlineData("::", "::")]
    [InlineData("::1", "::1")]
    [InlineData("2001:DB8::0001", "2001:db8::1")]
    [InlineData("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0")]
    [InlineData("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8")]
    [InlineData("1::3:4:5:6:7:8", "1:0:3:4:5:6:7:8")]
    [InlineData("1:0:0:2:0:0:0:3", "1:0:0:2::3")]
    [InlineData("1:0:0:2:0:0:3:4", "1::2:0:0:3:4")]
    [InlineData("1:2:3:4:5:6:0:0", "1:2:3:4:5:6::")]
    [InlineData("64:ff9b::1.2.3.4", "64:ff9b::102:304")]
    [InlineData("::1.2.3.4", "::1.2.3.4")]
    [InlineData("::ffff:1.2.3.4", "1.2.3.4")]
    [InlineData("::FFFF:102:304", "1.2.3.4")]
    [InlineData("::0:ffff:1.2.3.4", "1.2.3.4")]
    [InlineData("2001:db8::ffff/32", "2001:db8::/32")]
    [InlineData("2001:db8::/0", "::/0")]
    public void Reads_and_writes_the_canonical_text(string text, string expected)
    {
        Assert.True(IpRange.TryParse(text, out IpRange range));
        Assert.Equal(expected, range.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("1.2.3")]
    [InlineData("1.2.3.4.5")]
    [InlineData("1.2.3.256")]
    [InlineData("999.1.2.3")]
    [InlineData("01.2.3.4")]
    [InlineData("1.2.3.4 ")]
    [InlineData("0x7f.0.0.1")]
    [InlineData("1.2.3.4/33")]
    [InlineData("1.2.3.4/")]
    [InlineData("1.2.3.4/-1")]
    [InlineData("1.2.3.4/255.255.255.0")]
    [InlineData("[::1]")]
    [InlineData("fe80::1%eth0")]
    [InlineData("1:2:3:4:5:6:7:8:9")]
    [InlineData("1:2:3:4:5:6:7")]
    [InlineData("1:2:3:4:5:6:7:8::")]
    [InlineData("1::2::3")]
    [InlineData(":1:2:3:4:5:6:7")]
    [InlineData("1:2:3:4:5:6:7:")]
    [InlineData(":::")]
    [InlineData("::12345")]
    [InlineData("::g")]
    [InlineData("1:2:3:4:5:6:7:1.2.3.4")]
    [InlineData("::1.2.3.4:5")]
    public void Refuses_what_inet_pton_refuses(string text) => Assert.False(IpRange.TryParse(text, out _));

    [Fact]
    public void Agrees_with_the_framework_on_every_address() => Gen.Byte.Array[16].Sample(bytes =>
    {
        // Runs of zeros are the hard part: make them common.
        for (int i = 0; i < 16; i += 2)
            if (bytes[i] < 128) bytes[i] = bytes[i + 1] = 0;
        var address = new IPAddress(bytes);
        IpRange range = IpRange.Create(address);
        Assert.True(IpRange.TryParse(address.ToString(), out IpRange parsed));
        Assert.Equal(range, parsed);
        Assert.Equal(range.GetHashCode(), parsed.GetHashCode());
        Assert.True(IpRange.TryParse(range.ToString(), out IpRange again));
        Assert.Equal(range, again);
        Assert.Equal(address.IsIPv4MappedToIPv6 ? bytes[12..] : bytes, range.GetAddressBytes());
    });

    [Fact]
    public void Parsing_never_throws() => Gen.String["0123456789abcdef:./%[] "].Sample(text =>
    {
        if (IpRange.TryParse(text, out IpRange range)) Assert.True(IpRange.TryParse(range.ToString(), out IpRange again) && again == range);
    });

    [Theory]
    [InlineData("192.0.2.0/24", "192.0.2.255", true)]
    [InlineData("192.0.2.0/24", "192.0.2.128/25", true)]
    [InlineData("192.0.2.0/24", "192.0.0.0/16", false)]
    [InlineData("192.0.2.0/24", "192.0.3.0", false)]
    [InlineData("0.0.0.0/0", "192.0.2.1", true)]
    [InlineData("::/0", "192.0.2.1", false)]
    [InlineData("::/0", "2001:db8::1", true)]
    [InlineData("2001:db8::/32", "2001:db9::", false)]
    public void Contains_what_lies_inside(string outer, string inner, bool expected)
    {
        Assert.True(IpRange.TryParse(outer, out IpRange network));
        Assert.True(IpRange.TryParse(inner, out IpRange range));
        Assert.Equal(expected, network.Contains(range));
    }

    [Fact]
    public void Is_small() => Assert.Equal(24, System.Runtime.CompilerServices.Unsafe.SizeOf<IpRange>());

    [Fact]
    public void Neighbours_spread_over_a_table()
    {
        for (int shift = 0; shift < 96; shift += 16)
        {
            UInt128 step = UInt128.One << shift;
            UInt128 start = UInt128.One << 125;
            var buckets = Enumerable.Range(0, 4096).Select(i => IpRange.Single(start + ((UInt128)(uint)i * step), true).GetHashCode() & 4095).Distinct();
            Assert.InRange(buckets.Count(), 2300, 2900); // random: 63 % of 4096
        }
    }
}
