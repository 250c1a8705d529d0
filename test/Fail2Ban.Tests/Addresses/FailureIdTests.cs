using Fail2Ban.Addresses;

namespace Fail2Ban.Tests.Addresses;

public sealed class FailureIdTests
{
    [Theory]
    [InlineData("1.2.3.4", "1.2.3.4", "inet4")]
    [InlineData("[1.2.3.4]", "1.2.3.4", "inet4")]
    [InlineData("[2001:db8::1]", "2001:db8::1", "inet6")]
    [InlineData("::ffff:1.2.3.4", "1.2.3.4", "inet4")]
    [InlineData("1.2.3.4/24", "1.2.3.0/24", "inet4")]
    [InlineData("[1.2.3.4/24]", "1.2.3.0/24", "inet4")]
    [InlineData("1.2.3.0/255.255.255.0", "1.2.3.0/24", "inet4")]
    [InlineData("2001:db8::/ffff:ffff::", "2001:db8::/32", "inet6")]
    [InlineData("1.2.3.0/ffff::", "1.2.0.0/16", "inet4")]
    [InlineData("1.2.3.4/255.255.255.255", "1.2.3.4", "inet4")]
    [InlineData("1.2.3.4/0.0.0.0", "0.0.0.0/0", "inet4")]
    [InlineData("1.2.3.4/-1", "1.2.3.4", "inet4")]
    [InlineData("1.2.3.4/ +24", "1.2.3.0/24", "inet4")]
    [InlineData("2001:db8::1/128", "2001:db8::1", "inet6")]
    [InlineData("::ffff:1.2.3.4/120", "::ffff:1.2.3.0/120", "inet6")]
    [InlineData("::ffff:1.2.3.4/24", "::/24", "inet6")]
    [InlineData("::ffff:0:0/96", "::ffff:0.0.0.0/96", "inet6")]
    [InlineData("[abc]", "abc", null)]
    [InlineData("[::1", "[::1", null)]
    [InlineData("[[::1]]", "[::1]", null)]
    [InlineData("999.1.2.3", "999.1.2.3", null)]
    [InlineData("2001:db8:::1", "2001:db8:::1", null)]
    [InlineData("01.2.3.4", "01.2.3.4", null)]
    [InlineData("1.2.3", "1.2.3", null)]
    [InlineData("1.2.3.4 ", "1.2.3.4 ", null)]
    [InlineData("fe80::1%eth0", "fe80::1%eth0", null)]
    [InlineData("user/5", "user/5", null)]
    [InlineData("", "", null)]
    public void Text_becomes_what_the_original_makes_of_it(string text, string id, string? family)
    {
        FailureId parsed = FailureId.Parse(text);
        Assert.Equal((id, family), (parsed.ToString(), parsed.Family));
        if (family is not null) Assert.Equal(parsed, FailureId.Parse(id));
    }

    [Theory]
    [InlineData("1.2.3.4/", "invalid literal for int() with base 10: ''")]
    [InlineData("1.2.3.4/a", "invalid literal for int() with base 10: 'a'")]
    [InlineData("1.2.3.4/24/1", "invalid literal for int() with base 10: '24/1'")]
    [InlineData("1.2.3.0/255.0.255.0", "invalid mask '255.0.255.0', no plen representation")]
    [InlineData("1.2.3.4/33", "invalid prefix length '33': 0 to 32 is possible here")]
    public void Broken_mask_is_an_error_for_a_user_and_text_in_a_log(string text, string error)
    {
        Assert.False(FailureId.TryParse(text, out _, out string? said));
        Assert.Equal(error, said);
        Assert.True(FailureId.Parse(text).IsText);
    }
}
