using Fail2Ban.Addresses;
using Fail2Ban.Tests.Tracking;

namespace Fail2Ban.Tests.Addresses;

public sealed class IgnoreListTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly ListSink _sink = new();
    private readonly DnsResolver _resolver;
    private readonly IgnoreList _list;
    private readonly string _file = Path.GetTempFileName();

    public IgnoreListTests()
    {
        _resolver = new DnsResolver(_sink.Log, _time);
        _list = new IgnoreList(_resolver, new OwnAddresses(_resolver, _time), _sink.Log, _time) { IgnoreSelf = false };
    }

    public void Dispose()
    {
        _resolver.Dispose();
        File.Delete(_file);
    }

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1", "ip")]
    [InlineData("192.0.2.1", "192.0.2.2", null)]
    [InlineData("::ffff:192.0.2.1", "192.0.2.1", "ip")]
    [InlineData("192.0.2.0/24", "192.0.2.77", "ip")]
    [InlineData("192.0.2.0/255.255.255.0", "192.0.2.77", "ip")]
    [InlineData("192.0.2.0/24", "192.0.0.0/16", null)]
    [InlineData("192.0.2.0/24", "192.0.2.0/16", null)]
    [InlineData("192.0.0.0/24", "192.0.0.0/16", "ip")]
    [InlineData("2001:db8::/32", "2001:db8::5", "ip")]
    [InlineData("localhost", "127.0.0.1", "dns")]
    [InlineData("localhost", "192.0.2.1", null)]
    [InlineData("rawstring", "rawstring", null)]
    public async Task Entry_ignores(string entry, string id, string? reason)
    {
        Assert.Null(_list.Add(entry));
        Assert.Equal(reason, await _list.CheckAsync(FailureId.Parse(id), TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("127.0.0.1", "ignoreself rule")]
    [InlineData("192.0.2.1", null)]
    [InlineData("text", null)]
    public async Task Own_addresses_are_ignored(string id, string? reason)
    {
        _list.IgnoreSelf = true;
        Assert.Equal(reason, await _list.CheckAsync(FailureId.Parse(id), TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Items_are_printed_networks_names_and_files_first()
    {
        foreach (string entry in new[] { "192.0.2.1", "192.0.2.9/24", "example.com", "::1", "file:///etc/x", "file:rel/x", "192.0.2.1", "example.com" }) Assert.Null(_list.Add(entry));
        Assert.Equal(["192.0.2.0/24", "example.com", "file://etc/x", "file:rel/x", "192.0.2.1", "::1"], _list.Items);
        Assert.Null(_list.Remove("192.0.2.77/24"));
        Assert.Null(_list.Remove("::1"));
        Assert.Null(_list.Remove("file:/etc/x"));
        Assert.Equal("list.remove(x): x not in list", _list.Remove("::1"));
        Assert.Equal("list.remove(x): x not in list", _list.Remove("nobody"));
        Assert.Equal(["example.com", "file:rel/x", "192.0.2.1"], _list.Items);
        Assert.Equal("invalid mask '255.0.255.0', no plen representation", _list.Add("192.0.2.0/255.0.255.0"));
        _list.Clear();
        Assert.Empty(_list.Items);
    }

    [Theory]
    [InlineData("192.0.2.1", true)]
    [InlineData("192.0.2.2", false)]
    [InlineData("198.51.100.9", true)]
    [InlineData("rawstring", true)]
    [InlineData("a#b", true)]
    [InlineData("comment", false)]
    [InlineData("127.0.0.1", true)]
    public async Task File_holds_addresses_networks_names_and_texts(string id, bool ignored)
    {
        await File.WriteAllTextAsync(_file, "# comment\n; comment\n192.0.2.1, 198.51.100.0/24 ;comment\nrawstring\ta#b # comment\nlocalhost\n", TestContext.Current.CancellationToken);
        _list.Add("file:" + _file);
        Assert.Equal(ignored ? "file:/" + _file : null, await _list.CheckAsync(FailureId.Parse(id), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task File_is_read_again_after_a_second_when_it_changed()
    {
        await File.WriteAllTextAsync(_file, "192.0.2.1", TestContext.Current.CancellationToken);
        _list.Add("file:" + _file);
        Assert.NotNull(await Check("192.0.2.1"));
        await File.WriteAllTextAsync(_file, "192.0.2.22", TestContext.Current.CancellationToken);
        Assert.Null(await Check("192.0.2.22"));
        _time.Advance(1);
        Assert.NotNull(await Check("192.0.2.22"));
        Assert.Null(await Check("192.0.2.1"));
        Assert.Empty(_sink.Lines);
    }

    [Fact]
    public async Task File_that_is_gone_keeps_its_entries_and_is_tried_a_minute_later()
    {
        await File.WriteAllTextAsync(_file, "192.0.2.1", TestContext.Current.CancellationToken);
        _list.Add("file:" + _file);
        Assert.NotNull(await Check("192.0.2.1"));
        File.Delete(_file);
        _time.Advance(1);
        Assert.NotNull(await Check("192.0.2.1"));
        string warning = $"Warning Retrieving IPs set from '{_file}' failed: [Errno 2] No such file or directory: '{_file}'";
        Assert.Equal([warning], _sink.Lines);
        await File.WriteAllTextAsync(_file, "192.0.2.22", TestContext.Current.CancellationToken);
        _time.Advance(60);
        Assert.Null(await Check("192.0.2.22"));
        _time.Advance(1);
        Assert.NotNull(await Check("192.0.2.22"));
    }

    private async Task<string?> Check(string id) => await _list.CheckAsync(FailureId.Parse(id));
}
