using Fail2Ban.Daemon;

namespace Fail2Ban.Tests.Daemon;

public sealed class MemoryCareTests : IDisposable
{
    private readonly TimerClock _clock = new();
    private readonly MemoryCare _care;
    private long _allocated = 10_000_000;
    private int _released;

    public MemoryCareTests() => _care = new MemoryCare(_clock, () => _allocated, () => _released++);

    public void Dispose() => _care.Dispose();

    [Fact]
    public void Memory_is_given_back_once_when_a_burst_is_over()
    {
        Look(allocated: 50_000_000);
        Assert.Equal(0, _released);
        Look(allocated: 1000);
        Assert.Equal(1, _released);
        for (int i = 0; i < 10; i++) Look(allocated: 1000);
        Assert.Equal(1, _released);
    }

    [Fact]
    public void What_goes_on_is_not_interrupted()
    {
        for (int i = 0; i < 10; i++) Look(allocated: 5_000_000);
        Assert.Equal(0, _released);
    }

    [Fact]
    public void A_little_now_and_then_is_given_back_when_it_has_become_much()
    {
        Look(allocated: 0);
        Look(allocated: 0);
        int before = _released;
        for (int i = 0; i < 25; i++) Look(allocated: 100_000);
        Assert.Equal(before + 1, _released);
    }

    [Fact]
    public void What_the_start_has_left_is_looked_for_each_second_and_what_comes_later_less_often()
    {
        Assert.Equal(TimeSpan.FromSeconds(1), _clock.Period);
        Look(allocated: 50_000_000);
        Look(allocated: 0);
        Assert.Equal(1, _released);
        Assert.Equal(TimeSpan.FromSeconds(5), _clock.Period);
    }

    private void Look(long allocated)
    {
        _allocated += allocated;
        _clock.Fire();
    }

    private sealed class TimerClock : TimeProvider, ITimer
    {
        private Action _fire = static () => { };

        public TimeSpan Period { get; private set; }

        public void Fire() => _fire();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _fire = () => callback(state);
            Change(dueTime, period);
            return this;
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Period = period;
            return true;
        }

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
