using Fail2Ban.Addresses;
using Fail2Ban.Tests.Tracking;

namespace Fail2Ban.Tests.Addresses;

public sealed class IgnoreCacheTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public void Verdict_holds_for_its_time()
    {
        var cache = new IgnoreCache(10, TimeSpan.FromSeconds(300), _time);
        cache.Set("a", true);
        _time.Advance(300);
        Assert.True(cache.TryGet("a", out bool ignored) && ignored);
        _time.Advance(1);
        Assert.False(cache.TryGet("a", out _));
    }

    [Fact]
    public void Oldest_key_goes_first()
    {
        var cache = new IgnoreCache(2, TimeSpan.FromSeconds(300), _time);
        cache.Set("a", true);
        cache.Set("b", false);
        cache.Set("a", true);
        cache.Set("c", true);
        Assert.False(cache.TryGet("b", out _));
        Assert.True(cache.TryGet("a", out _) && cache.TryGet("c", out _));
        cache.Clear();
        Assert.False(cache.TryGet("c", out _));
    }
}
