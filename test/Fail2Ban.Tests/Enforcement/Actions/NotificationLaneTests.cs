using Fail2Ban.Addresses;
using Fail2Ban.Enforcement.Actions;
using Fail2Ban.Logging;
using Fail2Ban.Tests.Processes;

namespace Fail2Ban.Tests.Enforcement.Actions;

public sealed class NotificationLaneTests : IDisposable
{
    private readonly ShellRunnerTests.Sink _sink = new();
    private readonly FastTime _time = new();
    private readonly NotificationLanes _lanes;
    private readonly NotificationLane _lane;

    public NotificationLaneTests()
    {
        _lanes = new NotificationLanes(_time);
        _lane = new NotificationLane(_lanes, new Log(_sink, "test"), "j1", "mail");
    }

    private string[] Pauses => [.. _sink.Sentences.Where(text => text.Contains("next attempt in", StringComparison.Ordinal)).Select(text => text.Split(" in ")[1].Split(" s,")[0])];

    [Fact]
    public async Task Failed_notification_is_repeated_in_its_place_with_growing_pauses()
    {
        var seen = new List<string>();
        int first = 0;
        _lane.Post(() => Done(seen, "first", ++first == 3));
        _lane.Post(() => Done(seen, "second", true));
        await _lane.Idle;
        Assert.Equal(["first", "first", "first", "second"], seen);
        Assert.Equal(["2", "4"], Pauses);
        Assert.Contains("Info [j1] Action 'mail' failed, next attempt in 2 s, 2 notification(s) wait", _sink.Sentences);
    }

    [Fact]
    public async Task One_that_keeps_failing_lets_the_others_pass_and_is_told_when_it_is_given_up()
    {
        var seen = new List<string>();
        _lane.Post(() => Done(seen, "bad", false));
        for (int i = 0; i < 5; i++) _lane.Post(() => Done(seen, "good", true));
        await _lane.Idle;
        Assert.Equal(["bad", "bad", "bad", "good", "good", "good", "good", "good", "bad"], seen.Take(9));
        Assert.All(seen.Skip(9), text => Assert.Equal("bad", text));
        Assert.InRange(seen.Count, 15, 40); // an hour, in pauses of five minutes at the end
        Assert.Single(_sink.Sentences, "Error [j1] Action 'mail': 1 notification(s) given up, after 60 min of failures");
    }

    [Theory]
    [InlineData("192.0.2.1", "bad bad bad other bad back")]
    [InlineData(null, "bad bad bad other bad back")]
    [InlineData("192.0.2.3", "bad bad bad other back bad")]
    public async Task What_takes_it_back_never_passes_a_notice(string? takenBack, string expected)
    {
        var seen = new List<string>();
        int tries = 0;
        _lane.Post(() => Done(seen, "bad", ++tries == 4), Order("192.0.2.1"));
        _lane.Post(() => Done(seen, "other", true), Order("192.0.2.2"));
        _lane.Post(() => Done(seen, "back", true), Order(takenBack));
        await _lane.Idle;
        Assert.Equal(expected.Split(' '), seen);

        static NoticeOrder Order(string? id) => new(id is null ? null : FailureId.Parse(id));
    }

    [Fact]
    public async Task A_server_that_is_down_for_half_an_hour_costs_no_notice()
    {
        long start = _time.GetTimestamp();
        int told = 0;
        for (int i = 0; i < NotificationLane.Limit; i++)
            _lane.Post(() => Task.FromResult(_time.GetElapsedTime(start) < TimeSpan.FromMinutes(30) ? NotificationOutcome.Failed : Told(ref told)));
        await _lane.Idle;
        Assert.Equal(NotificationLane.Limit, told);
        Assert.InRange(Pauses.Length, 8, 20);
        Assert.DoesNotContain(_sink.Sentences, text => text.Contains("given up", StringComparison.Ordinal));

        static NotificationOutcome Told(ref int count)
        {
            count++;
            return NotificationOutcome.Done;
        }
    }

    [Fact]
    public async Task A_server_that_stays_down_costs_all_and_the_log_counts_them()
    {
        for (int i = 0; i < 10; i++) _lane.Post(static () => Task.FromResult(NotificationOutcome.Failed));
        await _lane.Idle;
        int[] counts = [.. _sink.Sentences.Where(text => text.Contains("given up", StringComparison.Ordinal)).Select(text => int.Parse(text.Split("': ")[1].Split(' ')[0]))];
        Assert.Equal(10, counts.Sum());
    }

    [Fact]
    public async Task Order_is_kept_and_what_is_too_much_is_dropped_and_counted()
    {
        var gate = new TaskCompletionSource();
        var begun = new TaskCompletionSource();
        var seen = new List<int>();
        _lane.Post(async () =>
        {
            begun.SetResult();
            await gate.Task;
            return NotificationOutcome.Done;
        });
        await begun.Task;
        for (int i = 0; i < NotificationLane.Limit + 50; i++)
        {
            int number = i;
            _lane.Post(() =>
            {
                seen.Add(number);
                return Task.FromResult(NotificationOutcome.Done);
            });
        }

        gate.SetResult();
        await _lane.Idle;
        Assert.Equal(Enumerable.Range(0, NotificationLane.Limit), seen);
        Assert.Single(_sink.Sentences, text => text.Contains("further ones are dropped", StringComparison.Ordinal));
        int[] counts = [.. _sink.Sentences.Where(text => text.Contains("too many waited", StringComparison.Ordinal)).Select(text => int.Parse(text.Split("': ")[1].Split(' ')[0]))];
        Assert.Equal(50, counts.Sum());
    }

    [Fact]
    public async Task A_fault_of_ours_ends_that_notice_only()
    {
        var seen = new List<string>();
        _lane.Post(static () => throw new InvalidOperationException("nobody foresaw it"));
        _lane.Post(() => Done(seen, "next", true));
        await _lane.Idle;
        Assert.Equal(["next"], seen);
        Assert.Contains(_sink.Sentences, text => text.Contains("nobody foresaw it", StringComparison.Ordinal));
    }

    [Fact]
    public async Task At_the_end_each_is_tried_once_more_and_what_is_lost_is_counted()
    {
        var seen = new List<string>();
        _time.StandsStill = true;
        _lane.Post(() => Done(seen, "first", false));
        _lane.Post(() => Done(seen, "second", true));
        while (Pauses.Length == 0) await Task.Delay(5, TestContext.Current.CancellationToken);
        Task idle = _lane.Idle;
        await _lanes.EndAsync(TimeSpan.FromHours(5)).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        Assert.True(idle.IsCompleted);
        Assert.Equal(["first", "first", "second"], seen);
        Assert.Contains("Warning [j1] Action 'mail': 1 notification(s) lost, the server ends", _sink.Sentences);
    }

    [Fact]
    public async Task End_does_not_wait_for_ever_and_says_what_it_lost()
    {
        var begun = new TaskCompletionSource();
        _lane.Post(async () =>
        {
            begun.SetResult();
            await Task.Delay(Timeout.Infinite, _lanes.Stopping).ContinueWith(_ => { }, TaskScheduler.Default);
            return NotificationOutcome.Failed;
        });
        for (int i = 0; i < 4; i++) _lane.Post(static () => Task.FromResult(NotificationOutcome.Done));
        await begun.Task;
        await _lanes.EndAsync(TimeSpan.FromSeconds(5)).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        Assert.True(_lane.Idle.IsCompleted);
        Assert.Contains("Warning [j1] Action 'mail': 5 notification(s) lost, the server ends", _sink.Sentences);
    }

    public void Dispose() => _lanes.Dispose();

    private static Task<NotificationOutcome> Done(List<string> seen, string name, bool succeeds)
    {
        seen.Add(name);
        return Task.FromResult(succeeds ? NotificationOutcome.Done : NotificationOutcome.Failed);
    }

    // A thousand times as fast; its clock stands still between pauses, so that a loaded machine changes nothing.
    private sealed class FastTime : TimeProvider
    {
        private long _now;

        // Pauses do not end by themselves then.
        public bool StandsStill { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Interlocked.Read(ref _now);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            return base.CreateTimer(ended =>
            {
                Interlocked.Add(ref _now, dueTime.Ticks);
                callback(ended);
            }, state, StandsStill ? Timeout.InfiniteTimeSpan : dueTime / 1000, period);
        }
    }
}
