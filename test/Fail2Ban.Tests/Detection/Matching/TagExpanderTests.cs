using Fail2Ban.Detection.Matching;

namespace Fail2Ban.Tests.Detection.Matching;

public sealed class TagExpanderTests
{
    private const string Ip4 = @"(?:::f{4,6}:)?(?P<ip4>(?:\d{1,3}\.){3}\d{1,3})";
    private const string Ip6 = @"(?P<ip6>(?:[0-9a-fA-F]{1,4}::?|:){1,7}(?:[0-9a-fA-F]{1,4}|(?<=:):))";
    private const string Dns = @"(?P<dns>[\w\-.^_]*\w)";
    private const string Addr = @"\[?(?:" + Ip4 + "|" + Ip6 + @")\]?";

    [Theory]
    [InlineData("<HOST>", "(?:" + Addr + "|" + Dns + ")")]
    [InlineData("<ADDR>", Addr)]
    [InlineData("<F-ADDR/>", Addr)]
    [InlineData("<IP4>", Ip4)]
    [InlineData("<F-IP4/>", Ip4)]
    [InlineData("<IP6>", Ip6)]
    [InlineData("<F-IP6/>", Ip6)]
    [InlineData("<DNS>", Dns)]
    [InlineData("<F-DNS/>", Dns)]
    [InlineData("<CIDR>", @"(?P<cidr>\d+)")]
    [InlineData("<F-CIDR/>", @"(?P<cidr>\d+)")]
    [InlineData("<SUBNET>", @"\[?(?:" + Ip4 + "|" + Ip6 + @")(?:/(?P<cidr>\d+))?\]?")]
    [InlineData("<F-SUBNET/>", @"\[?(?:" + Ip4 + "|" + Ip6 + @")(?:/(?P<cidr>\d+))?\]?")]
    [InlineData("<F-ID/>", @"(?P<fid>\S+)")]
    [InlineData("<F-PORT/>", @"(?P<fport>\w+)")]
    [InlineData("a<SKIPLINES>b<SKIPLINES>c", @"a\n(?P<skiplines0>(?:(?:.*\n)*?))b\n(?P<skiplines1>(?:(?:.*\n)*?))c")]
    public void Short_tags_stand_for_a_whole_group(string text, string expected) => Assert.Equal(expected, TagExpander.Expand(text, UseDns.Warn));

    [Theory]
    [InlineData("<F-USER>x</F-USER>", "(?P<user>x)")]
    [InlineData("<F-ID>x</F-ID>", "(?P<fid>x)")]
    [InlineData("<F-PORT>x</F-PORT>", "(?P<fport>x)")]
    [InlineData("<F-IP4>x</F-IP4>", "(?P<ip4>x)")]
    [InlineData("<F-HOST>x</F-HOST>", "(?P<host>x)")]
    [InlineData("<F-ALT_USER_1>x</F-ALT_USER_1>", "(?P<alt_user_1>x)")]
    [InlineData("<F-A>x<F-B>y</F-B></F-A>", "(?P<a>x(?P<b>y))")]
    [InlineData("<F-A>x", "(?P<a>x")]
    [InlineData("<F-A-B>x</F-A-B>", "(?P<a-b>x)")]
    [InlineData("<F-A>x</F-A>y</F-A>", "(?P<a>x)y)")]
    public void Named_tags_open_and_close_a_group(string text, string expected) => Assert.Equal(expected, TagExpander.Expand(text, UseDns.Warn));

    [Theory]
    [InlineData("</F-A>x")]
    [InlineData("<F-id>x</F-id>")]
    [InlineData("<F->x")]
    [InlineData("<F-USER/>")]
    [InlineData("<F-HOST/>")]
    [InlineData("<HOST/>")]
    [InlineData("</HOST>")]
    [InlineData("<host>")]
    [InlineData("<unknown>")]
    [InlineData("<SKIPLINES/>")]
    [InlineData("(?P<n>x)(?P=n)(?<=a)(?<!b)")]
    public void Anything_else_in_angle_brackets_stays(string text) => Assert.Equal(text, TagExpander.Expand(text, UseDns.Warn));

    [Theory]
    [InlineData("yes", true)]
    [InlineData("warn", true)]
    [InlineData("raw", true)]
    [InlineData("no", false)]
    public void Usedns_decides_whether_HOST_takes_names(string useDns, bool takesNames) =>
        Assert.Equal(takesNames, TagExpander.Expand("<HOST>", UseDnsText.Parse(useDns)).Contains("(?P<dns>", StringComparison.Ordinal));

    [Theory]
    [InlineData("((?i)a)b", "(?i:a)b")]
    [InlineData("(?:(?i)a)b", "(?i:a)b")]
    [InlineData("x((?s)a)((?m)b)", "x(?s:a)(?m:b)")]
    [InlineData(@"\((?i)a)b", @"\((?i)a)b")]
    [InlineData("(?i)ab", "(?i)ab")]
    [InlineData("((?-i)a)", "((?-i)a)")]
    [InlineData("((?i:a))", "((?i:a))")]
    public void Flags_at_the_start_of_a_group_are_scoped_to_it(string text, string expected) => Assert.Equal(expected, TagExpander.Expand(text, UseDns.No));
}
