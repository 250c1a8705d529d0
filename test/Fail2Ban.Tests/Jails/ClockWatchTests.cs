using Fail2Ban.Jails;
using Fail2Ban.Logging;
using Fail2Ban.Tests.Time;
using Fail2Ban.Tracking.Bans;

namespace Fail2Ban.Tests.Jails;

public sealed class ClockWatchTests
{
    private readonly WallClock _time = new();

    // seconds that the clock is set by, seconds that pass by themselves before it is looked at
    [Theory]
    [InlineData(0, 10, null)]
    [InlineData(59, 10, null)]
    [InlineData(-59, 10, null)]
    [InlineData(61, 10, 61.0)]
    [InlineData(-61, 10, -61.0)]
    [InlineData(28800, 10, 28800.0)] // the machine slept: the monotonic clock stood
    [InlineData(1_795_774_155, 10, 1_795_774_155.0)] // no battery: 1970 until NTP answers
    public void Steps_over_a_minute_are_told(double step, double passed, double? told)
    {
        var heard = new List<TimeSpan>();
        using var watch = new ClockWatch(_time, heard.Add);
        _time.Step(step);
        _time.Pass(passed);
        _time.Pass(1000);
        Assert.Equal(told is { } seconds ? [TimeSpan.FromSeconds(seconds)] : [], heard);
    }

    [Fact]
    public async Task Bans_that_are_over_by_the_new_time_end_at_once_and_it_is_said()
    {
        var messages = new MessageList { Threshold = LogLevel.Message };
        await using var services = new JailServices(new Log(messages, "fail2ban.server"), _time);
        var jails = new JailSet(services);
        Jail jail = (await jails.AddAsync("j", "polling"))!;
        await jail.StartAsync();
        await jail.InvokeAsync(j =>
        {
            j.Bans.Manager.BanTime = new BanTime(3600);
            return true;
        });
        Assert.Equal(1, await jail.BanAsync(["192.0.2.1"]));
        await jail.InvokeAsync(j =>
        {
            j.Bans.Manager.BanTime = BanTime.Permanent;
            return true;
        });
        Assert.Equal(1, await jail.BanAsync(["192.0.2.2"]));

        _time.Step(-7200); // longer for the first one, by the wall
        _time.Pass(10);
        await messages.WaitForAsync("Warning fail2ban.server: The clock was set back by 7200 s (or the machine slept): all bans are judged by the new time");
        Assert.Equal(2, await jail.InvokeAsync(j => j.Bans.Manager.Current));

        _time.Step(7200 + 3601);
        _time.Pass(10);
        await messages.WaitForAsync("Warning fail2ban.server: The clock was set forward by 10801 s");
        await messages.WaitForAsync("Notice fail2ban.actions: [j] Unban 192.0.2.1");
        Assert.Equal(["192.0.2.2"], await jail.InvokeAsync(j => j.Bans.Manager.IdsInBanOrder().Select(id => id.ToString()).ToArray()));
        await jails.RemoveAllAsync();
    }
}
