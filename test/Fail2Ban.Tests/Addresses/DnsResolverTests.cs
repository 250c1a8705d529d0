using Fail2Ban.Addresses;
using Fail2Ban.Tests.Tracking;

namespace Fail2Ban.Tests.Addresses;

public sealed class DnsResolverTests : IDisposable
{
    private readonly ListSink _sink = new();
    private readonly DnsResolver _resolver;

    public DnsResolverTests() => _resolver = new DnsResolver(_sink.Log, TimeProvider.System);

    public void Dispose() => _resolver.Dispose();

    [Theory]
    [InlineData("localhost", "127.0.0.1")]
    [InlineData("192.0.2.1", "192.0.2.1")]
    public async Task Names_and_texts_become_addresses(string host, string address) =>
        Assert.Contains(address, (await _resolver.ResolveAsync(host, TestContext.Current.CancellationToken)).Select(range => range.ToString()));

    [Fact]
    public async Task Without_IPv6_only_IPv4_is_asked_for()
    {
        _resolver.IPv6Allowed = false;
        Assert.All(await _resolver.ResolveAsync("localhost", TestContext.Current.CancellationToken), range => Assert.False(range.IsIPv6));
    }

    [Fact]
    public async Task Unknown_name_has_no_address_and_is_logged_once()
    {
        string name = new string('x', 70) + ".invalid"; // a label has 63 characters at most, so nobody is asked
        for (int i = 0; i < 3; i++) Assert.Empty(await _resolver.ResolveAsync(name, TestContext.Current.CancellationToken));
        Assert.StartsWith($"Warning Unable to find a corresponding IP address for {name}: ", Assert.Single(_sink.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Strange_texts_have_no_address()
    {
        foreach (string name in new[] { "", "..", "a\0b", new string('a', 5000), "\ud800", "-", "%s" })
            Assert.Empty(await _resolver.ResolveAsync(name, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Address_has_its_name_back() =>
        Assert.NotNull(await _resolver.FindHostAsync(FailureId.Parse("127.0.0.1").Range!.Value, TestContext.Current.CancellationToken));
}
