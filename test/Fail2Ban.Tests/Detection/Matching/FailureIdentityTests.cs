using Fail2Ban.Detection.Matching;

namespace Fail2Ban.Tests.Detection.Matching;

public sealed class FailureIdentityTests
{
    // (text of the line, usedns) → id, or !name for one that must be resolved, or - for no failure.
    [Theory]
    [InlineData("1.2.3.4", "warn", "1.2.3.4")]
    [InlineData("1.2.3.4", "no", "1.2.3.4")]
    [InlineData("[2001:db8::1]", "warn", "2001:db8::1")]
    [InlineData("::ffff:1.2.3.4", "warn", "1.2.3.4")]
    [InlineData("999.1.2.3", "warn", "999.1.2.3")]
    [InlineData("999.1.2.3", "no", "999.1.2.3")]
    [InlineData("2001:db8:::1", "no", "2001:db8:::1")]
    [InlineData("1:2", "raw", "1:2")]
    [InlineData("localhost", "yes", "!localhost")]
    [InlineData("localhost", "warn", "!localhost")]
    [InlineData("localhost", "no", "-")]
    [InlineData("localhost", "raw", "localhost")]
    [InlineData("1.2.3.4x", "warn", "!1.2.3.4x")]
    [InlineData("1.2.3.4x", "no", "-")]
    [InlineData("1.2.3.4x", "raw", "1.2.3.4x")]
    public void HOST_is_an_address_a_text_or_a_name(string text, string useDns, string expected)
    {
        using var bench = new FilterBench();
        bench.Filter.UseDns = UseDnsText.Parse(useDns);
        bench.Filter.AddFailRegex("^ fail <HOST>$");
        Failure? failure = bench.Read($"Aug 14 09:59:58 fail {text}").SingleOrDefault();
        Assert.Equal(expected, failure is null ? "-" : failure.Host is { } host ? $"!{host}" : failure.Id.ToString());
    }

    [Theory]
    [InlineData("<SUBNET>", "1.2.3.4/24", "1.2.3.0/24")]
    [InlineData("<SUBNET>", "1.2.3.4/32", "1.2.3.4")]
    [InlineData("<SUBNET>", "1.2.3.4/99", "1.2.3.4")]
    [InlineData("<SUBNET>", "999.1.2.3/24", "999.1.2.3")]
    [InlineData("<SUBNET>", "2001:db8::1/32", "2001:db8::/32")]
    [InlineData("<F-ID/>", "192.030.0.6", "192.030.0.6")]
    [InlineData("<F-ID/>", "1.2.3.4/24", "1.2.3.0/24")]
    [InlineData("<F-ID/>", "1.2.3.0/255.255.255.0", "1.2.3.0/24")]
    [InlineData("<F-ID/>", "bob", "bob")]
    [InlineData("<F-ID>a</F-ID> <F-TUPLE_ID>b</F-TUPLE_ID> <F-TUPLE_ID_2>c</F-TUPLE_ID_2>", "a b c", "('a', 'b', 'c')")]
    public void Ids_are_read_by_kind(string tag, string text, string expected)
    {
        using var bench = new FilterBench($"^ fail {tag}$");
        Assert.Equal(expected, Assert.Single(bench.Read($"Aug 14 09:59:58 fail {text}")).Id.ToString());
    }

    [Fact]
    public void Id_beside_an_address_is_counted_and_the_address_acted_on()
    {
        using var bench = new FilterBench("<ADDR> as <F-ID/>");
        Failure failure = Assert.Single(bench.Read("Aug 14 09:59:58 1.2.3.4 as bob"));
        Assert.Equal(("bob", "1.2.3.4", "1.2.3.4"), (failure.Id.ToString(), failure.Address.ToString(), failure.Data["ip"]));
        failure = Assert.Single(bench.Read("Aug 14 09:59:58 1.2.3.4 as 1.2.3.4"));
        Assert.Equal(("1.2.3.4", null), (failure.Id.ToString(), failure.Address?.ToString()));
    }

    [Theory]
    [InlineData("<F-ALT_USER>u</F-ALT_USER>", "u", "user")]
    [InlineData("<F-ALT_USER_1>u</F-ALT_USER_1>", "u", "user")]
    [InlineData("<F-ALT_USER2>u</F-ALT_USER2>", "u", "user2")]
    public void Alternatives_fill_a_field_that_is_empty(string tag, string value, string field)
    {
        using var bench = new FilterBench($"<ADDR> {tag}");
        Assert.Equal(value, Assert.Single(bench.Read($"Aug 14 09:59:58 1.2.3.4 {value}")).Data[field]);
    }

    [Fact]
    public void First_alternative_by_name_wins_and_a_captured_field_is_kept()
    {
        using var bench = new FilterBench("<ADDR> <F-ALT_USER_2>b</F-ALT_USER_2> <F-ALT_USER_1>a?</F-ALT_USER_1> <F-USER>c?</F-USER>$");
        Assert.Equal(["c", "a", "b"], new[] { "b a c", "b a ", "b  " }.Select(text => Assert.Single(bench.Read($"Aug 14 09:59:58 1.2.3.4 {text}")).Data["user"]));
    }
}
