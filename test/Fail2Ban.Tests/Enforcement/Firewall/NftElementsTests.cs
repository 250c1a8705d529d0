using Fail2Ban.Enforcement.Firewall;

namespace Fail2Ban.Tests.Enforcement.Firewall;

public sealed class NftElementsTests
{
    [Theory]
    [InlineData("nft add element inet f2b-table addr-set-sshd \\{ 192.0.2.1 \\}", true, 1, "192.0.2.1")]
    [InlineData("  /usr/sbin/nft  delete element ip6 t s { 2001:db8::/32 }\n", false, 10, "2001:db8::/32")]
    [InlineData("nft add element t s {<ip>}", true, 2, "<ip>")]
    [InlineData("nft\tadd element ip t s \\{ <fid> \\}", true, 2, "<fid>")]
    [InlineData("nft \"add element inet f2b-table addr-set-sshd { <ip> }\"", true, 1, "<ip>")]
    [InlineData("nft 'delete element inet t s { 1.2.3.4 }'", false, 1, "1.2.3.4")]
    public void Plain_element_commands_are_recognised(string command, bool isAdd, int family, string element)
    {
        Assert.True(NftElements.TryParse(command, out NftElements? elements));
        Assert.Equal((isAdd, (byte)family, element), (elements.IsAdd, elements.Set.Family, elements.Element));
    }

    [Theory]
    [InlineData("sudo nft add element inet t s { 1.2.3.4 }")]
    [InlineData("/opt/nft add element inet t s { 1.2.3.4 }")]
    [InlineData("nft -f - add element inet t s { 1.2.3.4 }")]
    [InlineData("nft add element inet t s { 1.2.3.4 }; reboot }")]
    [InlineData("nft add element inet t s { 1.2.3.4 } | cat }")]
    [InlineData("nft add element inet t s { 1.2.3.4, 1.2.3.5 }")]
    [InlineData("nft add element inet t s { 1.2.3.4 timeout 5s }")]
    [InlineData("nft add element inet t s { $ip }")]
    [InlineData("nft add element inet t $set { 1.2.3.4 }")]
    [InlineData("nft add element inet t s \\{ 1.2.3.4 }")]
    [InlineData("nft add element inet t s{ 1.2.3.4 }")]
    [InlineData("nft add element inet t s { 1.2.3.4 }\nnft add element inet t s { 1.2.3.5 }")]
    [InlineData("nft add rule inet t { 1.2.3.4 }")]
    [InlineData("nft add element outer t s { 1.2.3.4 }")]
    [InlineData("nft add element inet t 's' { 1.2.3.4 }")]
    [InlineData("nft add element inet t s { }")]
    [InlineData("nft add element inet t s { <F-USER> }")]
    [InlineData("nft \"add element inet t s { 1.2.3.4 }\" \"{ 1.2.3.5 }\"")]
    [InlineData("nft \"add element inet t s \\{ 1.2.3.4 \\}\"")]
    [InlineData("nft \"add element inet t s { 1.2.3.4 }'")]
    [InlineData("nft \"add element inet t s { 1.2.3.4 }; reboot\"")]
    [InlineData("nft \"")]
    [InlineData("nft \"\"")]
    [InlineData("nft")]
    [InlineData("")]
    [InlineData("{}")]
    public void Everything_else_is_left_to_the_shell(string command) => Assert.False(NftElements.TryParse(command, out _));

    [Theory]
    [InlineData("1.2.3.4", "1.2.3.4")]
    [InlineData("1.2.3.4/24", "1.2.3.0/24")]
    [InlineData("2001:DB8::5", "2001:db8::5")]
    [InlineData("::/0", "::/0")]
    public void Addresses_and_networks_are_ranges(string text, string range)
    {
        Assert.True(NftElements.TryRange(text, out var found));
        Assert.Equal(range, found.ToString());
    }

    [Theory]
    [InlineData("1.2")]
    [InlineData("010.0.0.1")]
    [InlineData("1.2.3.4/33")]
    [InlineData("1.2.3.4/")]
    [InlineData("1.2.3.4/0x8")]
    [InlineData("::ffff:1.2.3.4")]
    [InlineData("abc")]
    public void Other_texts_are_none(string text) => Assert.False(NftElements.TryRange(text, out _));
}
