using Fail2Ban.Detection.Matching;

namespace Fail2Ban.Tests.Detection.Matching;

public sealed class HeldClockTests
{
    private readonly TestClock _clock = new();

    [Fact]
    public void Time_stands_while_it_is_held_and_goes_on_where_the_clock_is_by_then()
    {
        var held = new HeldClock(_clock);
        _clock.Advance(TimeSpan.FromSeconds(1));
        held.Hold();
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(TestClock.Start.AddSeconds(1), held.GetUtcNow());
        Assert.Equal(TestClock.Start.AddSeconds(1).UtcTicks, held.GetTimestamp());
        held.Release();
        Assert.Equal(TestClock.Start.AddSeconds(6), held.GetUtcNow());
        Assert.Equal(TestClock.Start.AddSeconds(6).UtcTicks, held.GetTimestamp());
    }

    [Fact]
    public void Holding_again_takes_the_present_moment()
    {
        var held = new HeldClock(_clock);
        held.Hold();
        _clock.Advance(TimeSpan.FromSeconds(2));
        held.Hold();
        Assert.Equal(TestClock.Start.AddSeconds(2), held.GetUtcNow());
    }

    [Fact]
    public void Zone_and_frequency_are_those_of_the_clock()
    {
        var held = new HeldClock(_clock);
        Assert.Equal(_clock.LocalTimeZone, held.LocalTimeZone);
        Assert.Equal(_clock.TimestampFrequency, held.TimestampFrequency);
    }
}
