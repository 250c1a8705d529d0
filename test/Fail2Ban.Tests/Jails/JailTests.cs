using Fail2Ban.Control.Commands;
using Fail2Ban.Jails;
using Fail2Ban.Logging;
using Fail2Ban.Store;

namespace Fail2Ban.Tests.Jails;

/// <summary>One jail with real parts: a file on disk, an SQLite database, a shell command as its action.</summary>
public sealed class JailTests : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fail2ban-jail.").FullName;
    private readonly MessageList _messages = new() { Threshold = LogLevel.Message };
    private readonly JailServices _services;
    private readonly JailSet _jails;

    public JailTests()
    {
        _services = new JailServices(new Log(_messages, "fail2ban.server"), TimeProvider.System);
        _services.Store = BanStore.Open(Path.Combine(_folder, "f2b.sqlite3"), _services.Log, TimeProvider.System);
        _jails = new JailSet(_services);
    }

    private string LogFile => Path.Combine(_folder, "auth.log");

    private string Deeds => Path.Combine(_folder, "deeds");

    public async ValueTask DisposeAsync()
    {
        await _jails.RemoveAllAsync();
        await _services.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Failures_in_a_log_lead_to_a_ban_that_ends_by_time()
    {
        Jail jail = await StartAsync(bantime: 6);
        Append("192.0.2.1", "192.0.2.1", "192.0.2.9", "192.0.2.1");
        await _messages.WaitForAsync("[j] Ban 192.0.2.1");
        Assert.Equal(3, _messages.All.Count(message => message.Contains("[j] Found 192.0.2.1 - ", StringComparison.Ordinal)));
        Assert.Equal("192.0.2.1", Assert.Single(await jail.InvokeAsync(StatusAnswers.Ids))!.ToString());
        await _messages.WaitForAsync("[j] Unban 192.0.2.1");
        await WaitForDeedsAsync("start j", "ban 192.0.2.1 3", "unban 192.0.2.1 3");
        Assert.DoesNotContain(_messages.All, message => message.Contains("Ban 192.0.2.9", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Bans_are_restored_after_a_restart_and_nothing_is_counted_twice()
    {
        Jail jail = await StartAsync(bantime: 600);
        Append("192.0.2.1", "192.0.2.1", "192.0.2.1", "192.0.2.9");
        await _messages.WaitForAsync("[j] Ban 192.0.2.1");
        await _messages.WaitForAsync("[j] Found 192.0.2.9");
        await _jails.RemoveAsync(jail);
        await _messages.WaitForAsync("[j] Repeal Ban 192.0.2.1");

        jail = await StartAsync(bantime: 600);
        await _messages.WaitForAsync("[j] Restore Ban 192.0.2.1");
        Append("192.0.2.8");
        await _messages.WaitForAsync("[j] Found 192.0.2.8");
        Assert.Single(_messages.All, message => message.Contains("[j] Found 192.0.2.9", StringComparison.Ordinal));
        await WaitForDeedsAsync("start j", "ban 192.0.2.1 3", "unban 192.0.2.1 3", "start j", "ban 192.0.2.1 3");
    }

    [Fact]
    public async Task Who_is_on_the_ignore_list_is_not_counted()
    {
        Jail jail = await StartAsync(bantime: 600);
        await jail.InvokeAsync(found => found.Ignore.List.Add("192.0.2.0/24"));
        Append("192.0.2.1", "192.0.2.1", "192.0.2.1", "198.51.100.1");
        await _messages.WaitForAsync("[j] Found 198.51.100.1");
        Assert.Equal(3, _messages.All.Count(message => message.Contains("[j] Ignore 192.0.2.1 by ip", StringComparison.Ordinal)));
        Assert.Equal(1, await jail.InvokeAsync(found => found.Failures.Current));
    }

    [Fact]
    public async Task Bans_by_hand_count_only_what_is_new_and_end_by_network_too()
    {
        Jail jail = await StartAsync(bantime: 600);
        Assert.Equal(2, await jail.BanAsync(["192.0.2.1", "192.0.2.2"]));
        Assert.Equal(0, await jail.BanAsync(["192.0.2.1"]));
        (int count, IReadOnlyList<string> absent) = await jail.UnbanAsync(["192.0.2.0/24"]);
        Assert.Equal(2, count);
        Assert.Empty(absent);
        (count, absent) = await jail.UnbanAsync(["192.0.2.1"]);
        Assert.Equal(0, count);
        Assert.Equal(["192.0.2.1"], absent);
        Assert.Empty((await _services.Store!.CurrentBansAsync("j"))!);
    }

    [Fact]
    public async Task Lines_that_waited_for_a_reload_are_read_and_banned_by_what_it_brought()
    {
        Jail jail = await StartAsync(bantime: 600);
        await jail.InvokeAsync(found => found.Idle = true);
        Append("192.0.2.1");
        while ((await jail.InvokeAsync(found => found.Sources))[0].BytesBehind == 0) await Task.Yield();
        var draft = new Jail("j", "pyinotify", _services);
        draft.Filter.AddFailRegex("^ fail from <HOST>$");
        draft.Failures.MaxRetry = 1;
        draft.Bans.Manager.BanTime = new(86400);
        Assert.Null(await draft.Logs.AddAsync(LogFile, fromEnd: false, wait: false));
        await jail.TakeOverAsync(draft);
        await _messages.WaitForAsync("[j] Ban 192.0.2.1");
        Assert.Equal(86400, Assert.Single(await jail.InvokeAsync(found => found.Bans.Manager.All().ToArray())).Time.Seconds);
    }

    private async Task<Jail> StartAsync(int bantime)
    {
        if (!File.Exists(LogFile)) File.WriteAllText(LogFile, "");
        Jail jail = (await _jails.AddAsync("j", "pyinotify"))!;
        await jail.InvokeAsync(async found =>
        {
            found.Filter.AddFailRegex("^ fail from <HOST>$");
            found.Failures.MaxRetry = 3;
            found.Bans.Manager.BanTime = new(bantime);
            var action = found.Bans.Actions.Add("note")!;
            Assert.True(action.TrySet("actionstart", $"echo 'start j' >> '{Deeds}'", out _));
            Assert.True(action.TrySet("actionban", $"echo \"ban <ip> <failures>\" >> '{Deeds}'", out _));
            Assert.True(action.TrySet("actionunban", $"echo \"unban <ip> <failures>\" >> '{Deeds}'", out _));
            Assert.Null(await found.Logs.AddAsync(LogFile, fromEnd: false, wait: false));
            return true;
        });
        await jail.StartAsync();
        return jail;
    }

    private void Append(params string[] addresses) => File.AppendAllText(LogFile, string.Concat(addresses.Select(address =>
        $"{TimeProvider.System.GetLocalNow():yyyy-MM-dd HH:mm:ss} fail from {address}\n")));

    private async Task WaitForDeedsAsync(params string[] expected)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!patience.IsCancellationRequested)
        {
            if (File.Exists(Deeds) && File.ReadAllLines(Deeds).SequenceEqual(expected)) return;
            await Task.Delay(10, CancellationToken.None);
        }

        Assert.Equal(expected, File.Exists(Deeds) ? File.ReadAllLines(Deeds) : []);
    }
}
