namespace Fail2Ban.Tests.Control.Commands;

/// <summary>What <c>set J banip</c> takes.</summary>
public sealed class BanByHandTests
{
    [Theory]
    [InlineData("192.0.2.1/33", "invalid prefix length '33': 0 to 32 is possible here")]
    [InlineData("2001:db8::1/129", "invalid prefix length '129': 0 to 128 is possible here")]
    [InlineData("192.0.2.1/x", "invalid literal for int() with base 10: 'x'")]
    [InlineData("192.0.2.1/", "invalid literal for int() with base 10: ''")]
    [InlineData("192.0.2.0/255.0.255.0", "invalid mask '255.0.255.0', no plen representation")]
    public async Task Network_with_a_broken_mask_is_refused_with_all_beside_it(string id, string error)
    {
        await using var server = new DispatchedServer();
        await server.DoAsync("add", "j", "polling");
        await server.DoAsync("start", "j");
        Assert.Equal($"ValueError(\"banip {id}: {error}; none was banned\")", await server.DoAsync("set", "j", "banip", "198.51.100.1", id));
        Assert.Equal("[]", await server.DoAsync("get", "j", "banip"));
    }

    [Fact]
    public async Task Networks_lose_their_host_bits_and_text_stays_text()
    {
        await using var server = new DispatchedServer();
        await server.DoAsync("add", "j", "polling");
        await server.DoAsync("start", "j");
        Assert.Equal("4", await server.DoAsync("set", "j", "banip", "192.0.2.9/255.255.255.0", "192.0.2.1/-1", "::ffff:192.0.2.4", "a user"));
        Assert.Equal("['192.0.2.0/24', '192.0.2.1', '192.0.2.4', 'a user']", await server.DoAsync("get", "j", "banip"));
    }
}
