using Fail2Ban.Logging;
using Fail2Ban.Store;

namespace Fail2Ban.Tests.Control.Commands;

/// <summary>Reloads of a jail with real parts: log, database, and actions that write down what they do.</summary>
public sealed class ReloadTests : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fail2ban-reload.").FullName;
    private readonly DispatchedServer _server;

    public ReloadTests()
    {
        _server = new DispatchedServer(LogLevel.Message, Path.Combine(_folder, "f2b.sqlite3"));
        Assert.True(_server.Log.SetTarget(Path.Combine(_folder, "server.log"), out _));
        File.WriteAllText(LogFile("a"), "");
        File.WriteAllText(LogFile("b"), "");
    }

    private string Deeds => Path.Combine(_folder, "deeds");

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Actions_that_are_gone_stop_and_new_ones_start_and_get_the_bans_in_force()
    {
        await StartAsync([.. Jail(), .. Action("old"), .. Action("same")]);
        await _server.DoAsync("set", "j", "banip", "192.0.2.1", "192.0.2.2");
        Forget();
        Assert.Equal("'OK'", await ReloadAsync([.. Jail(), .. Action("same"), .. Action("new")]));
        Assert.Equal(
            ["old unban 192.0.2.1", "old unban 192.0.2.2", "old stop", "new start", "new ban 192.0.2.1 1", "new ban 192.0.2.2 1"],
            ReadDeeds());
        Assert.Equal("['same', 'new']", await _server.DoAsync("get", "j", "actions"));
        Assert.Equal("['192.0.2.1', '192.0.2.2']", await _server.DoAsync("get", "j", "banip"));
        Forget();
        await _server.DoAsync("set", "j", "unbanip", "192.0.2.1");
        Assert.Equal(["same unban 192.0.2.1", "new unban 192.0.2.1"], ReadDeeds());
    }

    [Fact]
    public async Task An_action_with_other_parameters_is_stopped_with_the_old_and_started_with_the_new_ones()
    {
        await StartAsync([.. Jail(), .. Action("act", port: "22")]);
        await _server.DoAsync("set", "j", "banip", "192.0.2.1");
        Forget();
        Assert.Equal("'OK'", await ReloadAsync([.. Jail(), .. Action("act", port: "2222", mark: "22x")]));
        Assert.Equal(["act unban 192.0.2.1", "act stop", "act22x start", "act22x ban 192.0.2.1 1"], ReadDeeds());
        Assert.Equal("'2222'", await _server.DoAsync("get", "j", "action", "act", "port"));
    }

    [Fact]
    public async Task An_action_that_says_what_a_reload_means_is_not_stopped()
    {
        await StartAsync([.. Jail(), .. Action("act", reload: "act reload"), .. Set("action", "act", "extra", "1")]);
        await _server.DoAsync("set", "j", "banip", "192.0.2.1");
        Forget();
        Assert.Equal("'OK'", await ReloadAsync([.. Jail(), .. Action("act", reload: "act reload anew", port: "9")]));
        Assert.Equal(["act reload anew"], ReadDeeds());
        Assert.Contains("has no attribute 'extra'", await _server.DoAsync("get", "j", "action", "act", "extra"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_jail_with_a_wrong_regex_keeps_all_of_its_old_settings_and_the_others_are_reloaded()
    {
        await StartAsync([.. Jail("one"), .. Action("act"), .. Set("maxretry", "7"), Command("add", "k", "polling"), Command("start", "k")]);
        await _server.DoAsync("set", "j", "banip", "192.0.2.1");
        Forget();
        string answer = await ReloadAsync([Command("add", "j", "polling"), .. Set("maxretry", "4"), .. Set("addfailregex", "^( <HOST>"), Command("start", "j"),
            Command("add", "k", "polling"), Command("set", "k", "maxretry", 2L), Command("start", "k"),
            Command("add", "n", "polling"), Command("set", "n", "findtime", "never"), Command("start", "n")]);
        Assert.StartsWith("Exception(\"Jail 'j' keeps its old settings: Unable to compile regular expression", answer, StringComparison.Ordinal);
        Assert.Contains("Jail 'n' is not started: ", answer, StringComparison.Ordinal);
        Assert.Equal("7", await _server.DoAsync("get", "j", "maxretry"));
        Assert.StartsWith("['^ one ", await _server.DoAsync("get", "j", "failregex"), StringComparison.Ordinal);
        Assert.Equal("2", await _server.DoAsync("get", "k", "maxretry"));
        Assert.Equal("[('Number of jail', 2), ('Jail list', 'j, k')]", await _server.DoAsync("status"));
        Assert.Equal("['192.0.2.1']", await _server.DoAsync("get", "j", "banip"));
        Assert.Empty(ReadDeeds());
        File.AppendAllText(LogFile("a"), Line("one", "192.0.2.9"));
        await _server.Messages.WaitForAsync("[j] Found 192.0.2.9");
    }

    [Fact]
    public async Task A_jail_that_the_client_could_not_read_goes_on()
    {
        await StartAsync([.. Jail("one")]);
        Assert.Equal("'OK'", await ReloadAsync([Command("config-error", "Jail 'j' skipped, because of wrong configuration: findtime: ...")]));
        Assert.Equal("[('Number of jail', 1), ('Jail list', 'j')]", await _server.DoAsync("status"));
    }

    [Fact]
    public async Task A_wrong_setting_of_the_server_refuses_the_reload_and_changes_nothing()
    {
        await StartAsync([.. Jail("one")]);
        string answer = await ReloadAsync([Command("set", "loglevel", "DEBUG"), Command("set", "dbpurgeage", "5d"), Command("set", "logtarget", "/nonexistent/x/y"), .. Jail("two")]);
        Assert.Equal("Exception('Failed to change log target')", answer);
        Assert.Equal("'INFO'", await _server.DoAsync("get", "loglevel"));
        Assert.Equal("86400", await _server.DoAsync("get", "dbpurgeage"));
        Assert.StartsWith("['^ one ", await _server.DoAsync("get", "j", "failregex"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Counters_and_positions_stay_while_filter_logs_and_lists_change()
    {
        File.AppendAllText(LogFile("a"), Line("one", "192.0.2.1"));
        await StartAsync([.. Jail("one"), .. Set("addignoreip", "198.51.100.7"), .. Set("bantime.increment", "true")]);
        await _server.Messages.WaitForAsync("[j] Found 192.0.2.1");
        Assert.Equal("'OK'", await ReloadAsync([.. Jail("two"), .. Set("addlogpath", LogFile("b"), "head"), .. Set("bantime", "77"), .. Set("ignoreself", "false")]));
        File.AppendAllText(LogFile("a"), Line("one", "192.0.2.3") + Line("two", "192.0.2.4"));
        File.AppendAllText(LogFile("b"), Line("two", "198.51.100.7"));
        await _server.Messages.WaitForAsync("[j] Found 192.0.2.4");
        await _server.Messages.WaitForAsync("[j] Found 198.51.100.7");
        Assert.Single(_server.Messages.All, message => message.Contains("Found 192.0.2.1", StringComparison.Ordinal));
        Assert.DoesNotContain(_server.Messages.All, message => message.Contains("Found 192.0.2.3", StringComparison.Ordinal));
        Assert.Contains("('Total failed', 3)", await _server.DoAsync("status", "j"), StringComparison.Ordinal);
        Assert.Equal("77", await _server.DoAsync("get", "j", "bantime"));
        Assert.Equal("False", await _server.DoAsync("get", "j", "ignoreself"));
        Assert.Equal("[]", await _server.DoAsync("get", "j", "ignoreip"));
        Assert.Equal("None", await _server.DoAsync("get", "j", "bantime.increment"));

        Assert.Equal("'OK'", await ReloadAsync([Command("add", "j", "polling"), .. Set("addfailregex", "^ two <HOST>$"), .. Set("addlogpath", LogFile("b"), "head"), Command("start", "j")]));
        await _server.Messages.WaitForAsync($"Removed logfile: '{LogFile("a")}'");
        Assert.Equal($"['{LogFile("b")}']", await _server.DoAsync("get", "j", "logpath"));
        Assert.Single(_server.Messages.All, message => message.Contains("Found 198.51.100.7", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Restart_brings_bans_back_and_unban_ends_them()
    {
        await StartAsync([.. Jail(), .. Action("act")]);
        await _server.DoAsync("set", "j", "banip", "192.0.2.1");
        Forget();
        Assert.Equal("'OK'", await ReloadAsync([.. Jail(), .. Action("act")], "--restart"));
        await _server.Messages.WaitForAsync("[j] Restore Ban 192.0.2.1");
        await _server.Jails.RestoredAsync();
        Assert.Equal(["act unban 192.0.2.1", "act stop", "act start", "act ban 192.0.2.1 1"], ReadDeeds());
        Forget();
        Assert.Equal("'OK'", await ReloadAsync([.. Jail(), .. Action("act")], "--unban"));
        Assert.Equal(["act unban 192.0.2.1"], ReadDeeds());
        Assert.Equal("[]", await _server.DoAsync("get", "j", "banip"));
        Assert.Empty((await _server.Services.Store!.CurrentBansAsync("j"))!);
    }

    [Fact]
    public async Task Another_backend_restarts_the_jail_with_its_bans()
    {
        await StartAsync([.. Jail()]);
        await _server.DoAsync("set", "j", "banip", "192.0.2.1");
        Assert.Equal("'OK'", await ReloadAsync([Command("add", "j", "pyinotify"), Command("start", "j")]));
        await _server.Messages.WaitForAsync("[j] Restore Ban 192.0.2.1");
        Assert.Equal("{'j': ['pyinotify', (0, 0), (1, 1)]}", await _server.DoAsync("statistic"));
    }

    [Fact]
    public async Task One_jail_is_reloaded_alone_and_only_if_it_runs_or_may_be_absent()
    {
        await StartAsync([.. Jail("one"), Command("add", "k", "polling"), Command("start", "k")]);
        Assert.Equal("'OK'", await _server.DoAsync("reload", "j", new List<object?>(), Jail("two").ToList<object?>()));
        Assert.Equal("[('Number of jail', 2), ('Jail list', 'j, k')]", await _server.DoAsync("status"));
        List<object?> stream = [Command("add", "n", "polling"), Command("start", "n")];
        Assert.Equal("UnknownJailException('n')", await _server.DoAsync("reload", "n", new List<object?>(), stream));
        Assert.Equal("'OK'", await _server.DoAsync("reload", "n", new List<object?> { "--if-exists" }, stream));
        Assert.Equal("[('Number of jail', 3), ('Jail list', 'j, k, n')]", await _server.DoAsync("status"));
    }

    [Fact]
    public async Task A_jail_that_did_not_start_says_why_until_it_does()
    {
        List<object?> bad = [Command("add", "bad", "polling"), Command("set", "bad", "addfailregex", "^ nobody$"), Command("start", "bad"), Command("config-error", "Jail 'left' skipped, because of missing log files.")];
        await _server.DoAsync("server-stream", bad);
        Assert.Equal("UnknownJailException('bad', \"No failure-id group in '^ nobody$'\")", await _server.DoAsync("status", "bad"));
        Assert.Equal("UnknownJailException('left', 'missing log files.')", await _server.DoAsync("get", "left", "bantime"));
        Assert.Equal("UnknownJailException('never')", await _server.DoAsync("set", "never", "idle", "on"));
        Assert.Equal("'OK'", await _server.DoAsync("reload", "bad", new List<object?> { "--if-exists" }, new List<object?> { Command("add", "bad", "polling"), Command("start", "bad") }));
        await _server.DoAsync("stop", "bad");
        Assert.Equal("UnknownJailException('bad')", await _server.DoAsync("status", "bad"));
        Assert.Equal("UnknownJailException('left', 'missing log files.')", await _server.DoAsync("status", "left"));
        Assert.Equal("'OK'", await ReloadAsync(Jail()));
        Assert.Equal("UnknownJailException('left')", await _server.DoAsync("status", "left"));
    }

    [Fact]
    public async Task What_was_read_before_a_change_of_the_encoding_is_not_read_again_after_a_restart()
    {
        await StartAsync(Jail());
        File.AppendAllText(LogFile("a"), Line("fail", "192.0.2.1"));
        while (await _server.DoAsync("status", "j") is var status && !status.Contains("('Total failed', 1)", StringComparison.Ordinal)) await Task.Delay(20, TestContext.Current.CancellationToken);
        Assert.Equal("'OK'", await ReloadAsync([.. Jail(), .. Set("logencoding", "ascii")]));
        await _server.DoAsync("stop", "j");
        StoredPosition? position = await _server.Services.Store!.FindLogAsync("j", LogFile("a"));
        Assert.Equal(new FileInfo(LogFile("a")).Length, (long)position!.Offset);
    }

    [Fact]
    public async Task Actions_ban_in_the_order_of_the_new_configuration()
    {
        await StartAsync([.. Jail(), .. Action("second"), .. Action("third")]);
        Assert.Equal("'OK'", await ReloadAsync([.. Jail(), .. Action("first"), .. Action("second")]));
        Assert.Equal("['first', 'second']", await _server.DoAsync("get", "j", "actions"));
        Forget();
        await _server.DoAsync("set", "j", "banip", "192.0.2.1");
        Assert.Equal(["first ban 192.0.2.1 0", "second ban 192.0.2.1 0"], ReadDeeds());
    }

    [Fact]
    public async Task Whoever_stops_the_server_ends_a_configuration_under_way()
    {
        List<object?> many = [.. Enumerable.Range(0, 200).SelectMany(i => new[] { Command("add", $"j{i}", "polling"), Command("set", $"j{i}", "addfailregex", $"^{i} <HOST>"), Command("start", $"j{i}") })];
        Task<string> configured = _server.DoAsync("server-stream", many);
        await _server.CloseAsync();
        await configured;
        Assert.Equal(0, _server.Jails.Count);
        Assert.Equal("Exception('The server is shutting down')", await _server.DoAsync("add", "late", "polling"));
    }

    private List<List<object?>> Jail(string word = "fail") =>
    [
        Command("add", "j", "polling"), .. Set("addfailregex", $"^ {word} <HOST>$"), .. Set("addlogpath", LogFile("a"), "head"), .. Set("bantime", "600"), Command("start", "j"),
    ];

    private static List<List<object?>> Set(params object?[] words) => [Command(["set", "j", .. words])];

    private List<List<object?>> Action(string name, string port = "1", string mark = "", string reload = "") =>
    [
        .. Set("addaction", name),
        [
            "multi-set", "j", "action", name, new List<object?>
            {
                Property("actionstart", $"echo '{name}{mark} start' >>{Deeds}"),
                Property("actionstop", $"echo '{name}{mark} stop' >>{Deeds}"),
                Property("actionban", $"echo {name}{mark} ban '<ip>' '<restored>' >>{Deeds}"),
                Property("actionunban", $"echo {name}{mark} unban '<ip>' >>{Deeds}"),
                Property("actionreload", reload.Length == 0 ? "" : $"echo '{reload}' >>{Deeds}"),
                Property("port", port),
            },
        ],
    ];

    private static List<object?> Property(string name, string value) => [name, value];

    private string LogFile(string name) => Path.Combine(_folder, name + ".log");

    private static string Line(string word, string address) => $"{TimeProvider.System.GetLocalNow():yyyy-MM-dd HH:mm:ss} {word} {address}\n";

    private string[] ReadDeeds() => File.Exists(Deeds) ? File.ReadAllLines(Deeds) : [];

    private void Forget() => File.Delete(Deeds);

    private async Task StartAsync(IEnumerable<List<object?>> stream) => Assert.Equal("None", await _server.DoAsync("server-stream", stream.ToList<object?>()));

    private Task<string> ReloadAsync(IEnumerable<List<object?>> stream, params object?[] options) =>
        _server.DoAsync("reload", "--all", options.ToList(), stream.ToList<object?>());

    private static List<object?> Command(params object?[] words) => [.. words];
}
