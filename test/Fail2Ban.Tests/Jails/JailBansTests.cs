using System.Net;
using Fail2Ban.Addresses;
using Fail2Ban.Detection.Matching;
using Fail2Ban.Jails;
using Fail2Ban.Logging;
using Fail2Ban.Store;
using Fail2Ban.Tracking.Bans;
using Fail2Ban.Tracking.Failures;

namespace Fail2Ban.Tests.Jails;

public sealed class JailBansTests : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fail2ban-bans.").FullName;
    private readonly MessageList _messages = new() { Threshold = LogLevel.Message };
    private readonly JailServices _services;
    private readonly BanStore _store;
    private readonly Jail _jail;
    private readonly DateTimeOffset _now = TimeProvider.System.GetUtcNow();

    public JailBansTests()
    {
        _services = new JailServices(new Log(_messages, "fail2ban.server"), TimeProvider.System);
        _services.Store = _store = BanStore.Open(Path.Combine(_folder, "f2b.sqlite3"), _services.Log, TimeProvider.System);
        _jail = new Jail("j", "polling", _services);
    }

    public async ValueTask DisposeAsync()
    {
        await _jail.StopAsync();
        await _services.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("203.0.113.2", "198.51.100.1", "203.0.113.1")]
    [InlineData("203.0.113.0/24", "198.51.100.1")]
    [InlineData("--all")]
    public async Task Who_is_unbanned_while_stored_bans_are_on_their_way_is_not_brought_back(string unbanned, params string[] left)
    {
        await _store.AddJailAsync("j");
        foreach (string id in new[] { "203.0.113.1", "203.0.113.2", "198.51.100.1" })
            await _store.AddBanAsync("j", new Ban(new Ticket(FailureId.Parse(id), null, _now, 1, [], FailureData.Empty), new BanTime(600), 1, false));
        string asked = Path.Combine(_folder, "asked"), answer = Path.Combine(_folder, "answer");
        await _jail.InvokeAsync(jail => jail.Ignore.Command = $"touch {asked}; until [ -e {answer} ]; do sleep 0.01; done; false");
        Task started = _jail.StartAsync();
        while (!File.Exists(asked)) await Task.Delay(5, TestContext.Current.CancellationToken);
        if (unbanned == "--all") await _jail.UnbanAllAsync();
        else await _jail.UnbanAsync([unbanned]);
        await File.WriteAllTextAsync(answer, "", TestContext.Current.CancellationToken);
        await started;
        Assert.Equal(left, (await _jail.InvokeAsync(jail => jail.Bans.Manager.IdsInBanOrder().ToArray())).Select(id => id.ToString()));
        await _store.FlushAsync();
        Assert.Equal(left, (await _store.CurrentBansAsync("j"))!.Select(ban => ban.Ticket.Id.ToString()));
    }

    [Fact]
    public async Task Who_was_banned_before_is_banned_for_longer_and_the_longer_time_is_stored()
    {
        await WithHistoryAsync("j", count: 2, seconds: 1200, ago: 100);
        await IncrementAsync();
        Assert.True(await BanAsync(_now));

        await _messages.WaitForAsync("Info fail2ban.observer: [j] IP 192.0.2.1 is bad: 2 # last ");
        Assert.Contains(" - incr 10m to 40m", await _messages.WaitForAsync("is bad"), StringComparison.Ordinal);
        await _messages.WaitForAsync("Notice fail2ban.observer: [j] Increase Ban 192.0.2.1 (3 # 40m -> ");
        StoredBan row = Assert.Single((await _store.CurrentBansAsync("j"))!);
        Assert.Equal((2400d, 3), (row.Time.Seconds, row.Count));
        Ban live = (await FindAsync())!;
        Assert.Equal((2400d, 3, false), (live.Time.Seconds, live.Count, live.Restored));
    }

    [Fact]
    public async Task No_id_can_make_up_a_line_of_the_log()
    {
        const string Forged = "a\n2026-11-27 10:00:00,000 fail2ban.actions [1]: NOTICE  [x] Ban 198.51.100.1";
        Assert.Equal(1, await _jail.BanAsync([Forged]));
        Assert.Equal(1, (await _jail.UnbanAsync([Forged])).Count);
        string told = await _messages.WaitForAsync("[j] Unban a");
        Assert.Contains("[j] Unban a\\x0a2026-11-27 10:00:00,000 fail2ban.actions", told, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', told);
        Assert.Contains("[j] Ban a\\x0a", await _messages.WaitForAsync("[j] Ban a"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_ticket_that_is_not_newer_than_its_row_counts_as_restored_and_is_not_stored_again()
    {
        await WithHistoryAsync("j", count: 1, seconds: 600, ago: 100);
        await IncrementAsync();
        Assert.True(await BanAsync(_now.AddSeconds(-120)));

        await _messages.WaitForAsync("Increase Ban 192.0.2.1 (2 # 20m -> ");
        StoredBan row = Assert.Single((await _store.CurrentBansAsync("j"))!);
        Assert.Equal((600d, 1), (row.Time.Seconds, row.Count));
        Assert.True((await FindAsync())!.Restored);
    }

    [Fact]
    public async Task A_ban_whose_new_end_has_passed_is_neither_stored_nor_told_as_increased()
    {
        await WithHistoryAsync("j", count: 1, seconds: 600, ago: 100);
        await IncrementAsync(("maxtime", "5"));
        await BanAsync(_now.AddSeconds(-20));

        await _messages.WaitForAsync("is bad: 1 #");
        await _messages.WaitForAsync("[j] Unban 192.0.2.1");
        Assert.DoesNotContain(_messages.All, message => message.Contains("Increase Ban", StringComparison.Ordinal));
        Assert.Equal(1, Assert.Single((await _store.CurrentBansAsync("j"))!).Count);
    }

    [Fact]
    public async Task Bans_of_all_jails_count_together_where_that_is_wanted()
    {
        await WithHistoryAsync("other", count: 1, seconds: 600, ago: 300);
        await WithHistoryAsync("j", count: 2, seconds: 600, ago: 500);
        await IncrementAsync(("overalljails", "true"));
        await BanAsync(_now);
        await _messages.WaitForAsync("is bad: 3 # last ");
        await _messages.WaitForAsync("Increase Ban 192.0.2.1 (4 # 1h 20m -> ");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Whatever_is_unbanned_while_it_is_being_stored_is_forgotten_and_told_in_order(bool increment)
    {
        await _store.AddJailAsync("j");
        if (increment) await IncrementAsync();
        string[] ids = [.. Enumerable.Range(0, 200).Select(number => $"192.0.2.{number}")];
        await Task.WhenAll([.. ids.Select(id => (Task)_jail.BanAsync([id])), .. ids.Select(id => _jail.UnbanAsync([id]))]);
        await Task.WhenAll([_jail.UnbanAllAsync(), _jail.BanAsync(ids), _jail.UnbanAsync(ids[..100])]);

        Assert.Equal(ids[100..], await _jail.InvokeAsync(jail => jail.Bans.Manager.IdsInBanOrder().Select(id => id.ToString()).ToArray()));
        await _store.FlushAsync();
        Assert.Equal(ids[100..].Order(StringComparer.Ordinal), (await _store.CurrentBansAsync("j"))!.Select(ban => ban.Ticket.Id.ToString()));
        Assert.Equal(["Ban", "Unban", "Ban", "Unban"], _messages.All.Where(message => message.EndsWith("an 192.0.2.7", StringComparison.Ordinal))
            .Select(message => message.Split(' ')[^2]));
    }

    private async Task IncrementAsync(params (string Option, string Value)[] options) => Assert.Null(await _jail.InvokeAsync(jail =>
        options.Prepend(("increment", "true")).Select(option => jail.Bans.Increment.Set(option.Item1, option.Item2)).FirstOrDefault(error => error is not null)));

    private async Task WithHistoryAsync(string jail, int count, double seconds, double ago)
    {
        await _store.AddJailAsync(jail);
        Assert.True(await _store.AddBanAsync(jail, new Ban(TicketAt(_now.AddSeconds(-ago)), new BanTime(seconds), count, false)));
    }

    private Task<bool> BanAsync(DateTimeOffset time) => _jail.InvokeAsync(jail => jail.Bans.BanAsync(TicketAt(time)));

    private Task<Ban?> FindAsync() => _jail.InvokeAsync(jail => jail.Bans.Manager.Find(Id));

    private static FailureId Id => FailureId.Of(IpRange.Create(IPAddress.Parse("192.0.2.1")));

    private static Ticket TicketAt(DateTimeOffset time) => new(Id, null, time, 3, [], FailureData.Empty);
}
