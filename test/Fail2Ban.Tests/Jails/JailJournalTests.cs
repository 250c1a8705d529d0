using Fail2Ban.Control.Commands;
using Fail2Ban.Detection.Sources.Journal;
using Fail2Ban.Jails;
using Fail2Ban.Logging;
using Fail2Ban.Store;
using Fail2Ban.Tests.Detection.Sources.Journal;
using Fail2Ban.Values;

namespace Fail2Ban.Tests.Jails;

/// <summary>One jail that reads a real journal, with a real database.</summary>
public sealed class JailJournalTests : IAsyncDisposable
{
    private readonly WrittenJournal _journal = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("fail2ban-jail.").FullName;
    private readonly MessageList _messages = new() { Threshold = LogLevel.Message };
    private readonly JailServices _services;
    private readonly JailSet _jails;

    public JailJournalTests()
    {
        _services = new JailServices(new Log(_messages, "fail2ban.server"), TimeProvider.System);
        _services.Store = BanStore.Open(Path.Combine(_folder, "f2b.sqlite3"), _services.Log, TimeProvider.System);
        _jails = new JailSet(_services);
    }

    private static long Now => JournalTime.Of(TimeProvider.System.GetUtcNow());

    public async ValueTask DisposeAsync()
    {
        await _jails.RemoveAllAsync();
        await _services.DisposeAsync();
        _journal.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Entries_of_the_past_and_of_now_lead_to_a_ban()
    {
        WriteFailures(Now - 30_000_000, "192.0.2.1", "192.0.2.1");
        await StartAsync();
        await _messages.WaitForAsync("[j] Jail is in operation now (process new journal entries)");
        Assert.Equal(2, Found("192.0.2.1"));
        WriteFailures(Now, "192.0.2.1");
        await _messages.WaitForAsync("[j] Ban 192.0.2.1");
        Assert.Equal(3, Found("192.0.2.1"));
    }

    [Fact]
    public async Task What_is_older_than_findtime_is_not_read()
    {
        WriteFailures(Now - 601_000_000, "192.0.2.1");
        WriteFailures(Now - 590_000_000, "192.0.2.2");
        await StartAsync();
        await _messages.WaitForAsync("[j] Found 192.0.2.2");
        Assert.Equal(0, Found("192.0.2.1"));
    }

    [Fact]
    public async Task After_a_restart_nothing_is_counted_twice_and_nothing_is_missed()
    {
        long first = Now - 30_000_000;
        WriteFailures(first, "192.0.2.1", "192.0.2.1");
        Jail jail = await StartAsync();
        await _messages.WaitForAsync("in operation now");
        await _jails.RemoveAsync(jail);
        StoredPosition? stored = await _services.Store!.FindLogAsync("j", "systemd-journal");
        Assert.Equal((first + 1) / 1e6, stored!.Offset);
        Assert.Equal(JournalTime.Text(first + 1, TimeZoneInfo.Local), stored.FirstLineHash);

        WriteFailures(Now - 20_000_000, "192.0.2.9");
        await StartAsync();
        await _messages.WaitForAsync("[j] Found 192.0.2.9");
        Assert.Equal(2, Found("192.0.2.1"));
    }

    [Fact]
    public async Task A_jail_without_a_match_says_so_and_reads_everything()
    {
        WriteFailures(Now - 1_500_000, "192.0.2.1");
        await StartAsync(match: "");
        await _messages.WaitForAsync("[j] Found 192.0.2.1");
        Assert.Contains("[j] Jail started without 'journalmatch' set. Jail regexs will be checked against all journal entries", await _messages.WaitForAsync("Notice fail2ban.filtersystemd: "), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Matches_can_be_changed_while_the_jail_runs()
    {
        WriteFailures(Now - 3_000_000, "192.0.2.1");
        Jail jail = await StartAsync(match: "SYSLOG_IDENTIFIER=other");
        await _messages.WaitForAsync("in operation now");
        Assert.Equal("Invalid match", await FailAsync(jail, "addjournalmatch", "SYSLOG_IDENTIFIER=app", "+", "x=1"));
        Assert.Equal("[['SYSLOG_IDENTIFIER=other'], ['SYSLOG_IDENTIFIER=app'], ['A=1', 'B=2']]",
            PythonText.Repr(await SetAsync(jail, "addjournalmatch", "SYSLOG_IDENTIFIER=app", "+", "A=1", "B=2")));
        WriteFailures(Now, "192.0.2.2");
        await _messages.WaitForAsync("[j] Found 192.0.2.2");
        Assert.Equal("Match ['A=1'] not found", await FailAsync(jail, "deljournalmatch", "A=1"));
        Assert.Equal("[['SYSLOG_IDENTIFIER=other'], ['SYSLOG_IDENTIFIER=app']]", PythonText.Repr(await SetAsync(jail, "deljournalmatch", "A=1", "B=2")));
        Assert.Contains("('Journal matches', ['SYSLOG_IDENTIFIER=other + SYSLOG_IDENTIFIER=app'])",
            PythonText.Repr(await StatusAnswers.OfJailAsync(jail, "basic")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reload_with_the_same_match_goes_on_where_it_was()
    {
        WriteFailures(Now - 30_000_000, "192.0.2.1");
        Jail jail = await StartAsync();
        await _messages.WaitForAsync("in operation now");
        var draft = new Jail("j", "systemd", _jails.Services, jail.Journal!.Parameters);
        await draft.InvokeAsync(found => Configure(found, "SYSLOG_IDENTIFIER=app"));
        WriteFailures(Now, "192.0.2.2");
        await jail.TakeOverAsync(draft);
        WriteFailures(Now, "192.0.2.3");
        await _messages.WaitForAsync("[j] Found 192.0.2.3");
        Assert.Equal((1, 1), (Found("192.0.2.1"), _messages.All.Count(message => message.Contains("in operation now", StringComparison.Ordinal))));
    }

    private async Task<Jail> StartAsync(string match = "SYSLOG_IDENTIFIER=app")
    {
        var given = new Dictionary<string, string> { ["journalpath"] = _journal.Folder };
        Assert.True(JournalParameters.TryParse(given, null, out JournalParameters? parameters, out string error), error);
        Jail jail = (await _jails.AddAsync("j", "systemd", parameters))!;
        await jail.InvokeAsync(found => Configure(found, match));
        await jail.StartAsync();
        return jail;
    }

    private static bool Configure(Jail jail, string match)
    {
        jail.Filter.AddFailRegex("^srv app: fail from <HOST>$");
        jail.Failures.MaxRetry = 3;
        jail.Ignore.List.IgnoreSelf = false; // whose addresses these are is for DNS to say, which takes its time
        if (match.Length > 0) Assert.Null(jail.Journal!.AddMatch(match.Split(' ')));
        return true;
    }

    private void WriteFailures(long time, params string[] addresses)
    {
        _journal.Write(addresses.Select((address, i) => SampleEntry.Of(time + i, ("MESSAGE", $"fail from {address}"), ("SYSLOG_IDENTIFIER", "app"), ("_HOSTNAME", "srv"))));
        if (time < Now - 1_000_000) _journal.Finish(); // the past is complete before the jail starts
    }

    private int Found(string address) => _messages.All.Count(message => message.Contains($"[j] Found {address} - ", StringComparison.Ordinal));

    private Task<object?> SetAsync(Jail jail, string name, params string[] words) =>
        jail.InvokeAsync(found => JailSettings.SetAsync(found, name, new CommandWords([.. words]), multiple: false, fromStream: false, _services.Log));

    private async Task<string> FailAsync(Jail jail, string name, params string[] words) =>
        (await Assert.ThrowsAsync<CommandException>(() => SetAsync(jail, name, words))).Error.Message;
}
