using Fail2Ban.Enforcement.Actions;

namespace Fail2Ban.Tests.Enforcement.Actions;

public sealed class NotificationLaneTests
{
    [Fact]
    public async Task Failed_notification_is_repeated_twice_and_the_next_one_only_tried_once()
    {
        using var lanes = new NotificationLanes(new FastTime());
        var delays = new List<double>();
        var lane = new NotificationLane(lanes, delay => delays.Add(delay.TotalSeconds), _ => { });
        int first = 0, second = 0, third = 0;
        lane.Post(() => Task.FromResult(++first < 0));
        lane.Post(() => Task.FromResult(++second < 0));
        lane.Post(() => Task.FromResult(++third > 0));
        await lane.Idle;
        Assert.Equal((3, 1, 1), (first, second, third));
        Assert.Equal([2, 30], delays);
    }

    [Fact]
    public async Task Order_is_kept_and_what_is_too_much_is_dropped_and_said_once()
    {
        using var lanes = new NotificationLanes(new FastTime());
        int said = 0;
        var lane = new NotificationLane(lanes, _ => { }, _ => said++);
        var gate = new TaskCompletionSource();
        var begun = new TaskCompletionSource();
        var seen = new List<int>();
        lane.Post(async () =>
        {
            begun.SetResult();
            await gate.Task;
            return true;
        });
        await begun.Task;
        for (int i = 0; i < NotificationLane.Limit + 50; i++)
        {
            int number = i;
            lane.Post(() =>
            {
                seen.Add(number);
                return Task.FromResult(true);
            });
        }

        gate.SetResult();
        await lane.Idle;
        Assert.Equal(Enumerable.Range(0, NotificationLane.Limit), seen);
        Assert.Equal(1, said);
    }

    [Fact]
    public async Task End_does_not_wait_for_ever()
    {
        using var lanes = new NotificationLanes(new FastTime());
        var lane = new NotificationLane(lanes, _ => { }, _ => { });
        lane.Post(async () =>
        {
            await Task.Delay(Timeout.Infinite, lanes.Stopping).ContinueWith(_ => { }, TaskScheduler.Default);
            return false;
        });
        await lanes.EndAsync(TimeSpan.FromSeconds(5)).WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        Assert.True(lane.Idle.IsCompleted);
    }

    // A thousand times as fast.
    private sealed class FastTime : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, dueTime / 1000, period);
    }
}
