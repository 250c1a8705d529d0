using System.Collections.Immutable;
using System.Net;
using Fail2Ban.Addresses;
using Fail2Ban.Detection.Matching;
using Fail2Ban.Enforcement.Actions;
using Fail2Ban.Logging;
using Fail2Ban.Processes;
using Fail2Ban.Tests.Processes;
using Fail2Ban.Tracking.Bans;
using Fail2Ban.Tracking.Failures;

namespace Fail2Ban.Tests.Enforcement.Actions;

public sealed class JailActionsTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("f2b-actions").FullName;
    private readonly ShellRunnerTests.Sink _sink = new();
    private readonly ShellRunner _shell;
    private readonly Enforcer _enforcer;
    private readonly JailActions _actions;
    private IReadOnlyList<Ban> _bans = [];

    public JailActionsTests()
    {
        var log = new Log(_sink, "test");
        _shell = new ShellRunner(log, TimeProvider.System);
        _enforcer = new Enforcer(_shell, log, TimeProvider.System);
        _actions = new JailActions(new ActionContext { Jail = "j1", ParseSeconds = text => text == "2m" ? 120 : null, Bans = _ => Task.FromResult(_bans) }, _enforcer);
    }

    private string[] Calls => File.Exists(CallsFile) ? File.ReadAllLines(CallsFile) : [];

    private string CallsFile => Path.Combine(_folder, "calls");

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _actions.EndAsync();
        await _enforcer.DisposeAsync();
        _shell.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Plain_action_starts_with_the_jail_and_flushes_and_stops_once()
    {
        Add("a", Logged("actionstart", "actionstop", "actionban", "actionunban", "actionflush"));
        await _actions.StartAsync();
        await _actions.BanAsync(BanOf("192.0.2.1"));
        await _actions.BanAsync(BanOf("2001:db8::1"));
        await _actions.FlushAsync([BanOf("192.0.2.1"), BanOf("2001:db8::1")]);
        await _actions.UnbanAsync(BanOf("192.0.2.1")); // nothing is left, so nothing is run
        await _actions.StopAsync();
        Assert.Equal(["actionstart", "actionban 192.0.2.1", "actionban 2001:db8::1", "actionflush", "actionstop"], Calls);
        Assert.Contains("Notice [j1] Flush ticket(s) with a", _sink.Sentences);
    }

    [Fact]
    public async Task Actions_start_in_their_order_and_stop_in_reverse()
    {
        foreach (string name in new[] { "a", "b", "c" })
            Add(name, [("actionstart", $"echo start {name} >> {CallsFile}"), ("actionstop", $"echo stop {name} >> {CallsFile}"), ("actionunban", "true")]);
        await _actions.StartAsync();
        await _actions.StopAsync();
        Assert.Equal(["start a", "start b", "start c", "stop c", "stop b", "stop a"], Calls);
    }

    [Fact]
    public async Task Conditional_action_starts_each_family_at_its_first_ban_and_stops_only_those()
    {
        Add("a", [.. Logged("actionban", "actionunban"), ("actionstart", $"echo start <x> >> {CallsFile}"), ("actionstop", $"echo stop <x> >> {CallsFile}"), ("x", "v4"), ("x?family=inet6", "v6")]);
        await _actions.StartAsync();
        Assert.Empty(Calls);
        await _actions.BanAsync(BanOf("192.0.2.1"));
        await _actions.BanAsync(BanOf("192.0.2.2"));
        await _actions.StopAsync();
        await _actions.BanAsync(BanOf("2001:db8::1"));
        await _actions.StopAsync();
        Assert.Equal(["start v4", "actionban 192.0.2.1", "actionban 192.0.2.2", "stop v4", "start v6", "actionban 2001:db8::1", "stop v6"], Calls);
    }

    [Fact]
    public async Task Conditional_action_that_is_not_on_demand_starts_every_family()
    {
        Add("a", [("actionstart", $"echo start <x> >> {CallsFile}"), ("actionunban", "true"), ("x", "v4"), ("x?family=inet6", "v6"), ("actionstart_on_demand", "false")]);
        await _actions.StartAsync();
        Assert.Equal(["start v4", "start v6"], Calls);
    }

    [Fact]
    public async Task A_family_that_cannot_be_started_does_not_keep_the_other_one_from_it()
    {
        Add("a", [("actionstart", $"echo start <x> >> {CallsFile}; test <x> = v6"), ("actionunban", "true"), ("x", "v4"), ("x?family=inet6", "v6"), ("actionstart_on_demand", "false")]);
        await _actions.StartAsync();
        Assert.Equal(["start v4", "start v6"], Calls.Distinct());
        Assert.Contains(_sink.Sentences, text => text.StartsWith("Error Failed to start jail 'j1' action 'a'", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Bans_are_ended_also_behind_a_flush_by_hand_that_flushes_nothing()
    {
        Add("a", Logged("actionban", "actionunban"));
        await _actions.BanAsync(BanOf("192.0.2.1"));
        Assert.True(await _actions.CallAsync(_actions.Find("a")!, "flush"));
        await _actions.UnbanAsync(BanOf("192.0.2.1"));
        Assert.Equal(["actionban 192.0.2.1", "actionunban 192.0.2.1"], Calls);
    }

    [Fact]
    public async Task Failing_command_is_tried_twice_and_the_other_actions_still_ban()
    {
        Add("bad", [("actionban", $"echo try >> {CallsFile}; false"), ("actionunban", "true")]);
        Add("good", Logged("actionban", "actionunban"));
        await _actions.BanAsync(BanOf("192.0.2.1"));
        Assert.Equal(["try", "try", "actionban 192.0.2.1"], Calls);
        Assert.Contains(_sink.Sentences, text => text.StartsWith("Error Failed to execute ban jail 'j1' action 'bad' info 'ActionInfo({'ip': '192.0.2.1'", StringComparison.Ordinal)
            && text.EndsWith("': Error banning 192.0.2.1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Broken_action_is_repaired_by_stop_and_start_and_the_command_is_run_again()
    {
        string sane = Path.Combine(_folder, "sane");
        Add("a",
        [
            ("actionstart", $"echo start >> {CallsFile}; touch {sane}"), ("actionstop", $"echo stop >> {CallsFile}"),
            ("actioncheck", $"test -e {sane}"), ("actionban", $"echo ban <ip> >> {CallsFile}; test -e {sane}"), ("actionunban", "true"),
        ]);
        await _actions.StartAsync();
        File.Delete(sane);
        _bans = [BanOf("192.0.2.1"), BanOf("192.0.2.9")];
        await _actions.BanAsync(BanOf("192.0.2.1"));
        Assert.Equal(["start", "ban 192.0.2.1", "stop", "start", "ban 192.0.2.1"], Calls);
        Assert.Contains("Error Invariant check failed. Trying to restore a sane environment", _sink.Sentences);

        // A ban that the repair lost comes back when its id is seen again, once.
        await _actions.SeenAgainAsync(BanOf("192.0.2.9"));
        await _actions.SeenAgainAsync(BanOf("192.0.2.9"));
        await _actions.SeenAgainAsync(BanOf("192.0.2.1"));
        Assert.Equal("ban 192.0.2.9", Assert.Single(Calls[5..]));
    }

    [Fact]
    public async Task Bans_that_were_lost_when_a_repair_failed_come_back_once_somebody_else_has_mended_it()
    {
        string sane = Path.Combine(_folder, "sane");
        File.WriteAllText(sane, "");
        Add("a",
        [
            ("actionstart", $"echo start >> {CallsFile}"), ("actioncheck", $"test -e {sane}"),
            ("actionban", $"echo ban <ip> >> {CallsFile}; test -e {sane}"), ("actionunban", "true"),
        ]);
        await _actions.StartAsync();
        _bans = [BanOf("192.0.2.1")];
        await _actions.BanAsync(_bans[0]);
        File.Delete(sane);
        await _actions.BanAsync(BanOf("192.0.2.2"));
        Assert.Contains("Critical Unable to restore environment", _sink.Sentences);
        Assert.Equal(["start", "ban 192.0.2.1", "ban 192.0.2.2", "start"], Calls);

        // The chain is there again, and empty.
        File.WriteAllText(sane, "");
        await _actions.SeenAgainAsync(_bans[0]);
        await _actions.SeenAgainAsync(_bans[0]);
        Assert.Equal("ban 192.0.2.1", Assert.Single(Calls[4..]));
    }

    [Fact]
    public async Task Restored_bans_are_not_told_to_actions_that_do_not_want_them()
    {
        Add("mail", [.. Logged("actionban"), ("norestored", "1"), ("lane", "enforce")]);
        Add("fw", [.. Logged("actionunban"), ("actionban", $"echo fw <ip> <restored> >> {CallsFile}")]);
        await _actions.BanAsync(BanOf("192.0.2.1") with { Restored = true });
        await _actions.BanAsync(BanOf("192.0.2.2"));
        Assert.Equal(["fw 192.0.2.1 1", "actionban 192.0.2.2", "fw 192.0.2.2 0"], Calls);
    }

    [Fact]
    public async Task Slow_notification_does_not_delay_a_ban()
    {
        Add("mail", [("actionban", $"until [ -e {CallsFile}.go ]; do sleep 0.05; done; rm {CallsFile}.go; echo mail >> {CallsFile}")]);
        Add("fw", Logged("actionban", "actionunban"));
        await _actions.BanAsync(BanOf("192.0.2.1")).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken); // the mail is killed after 60
        Assert.Equal(["actionban 192.0.2.1"], Calls);
        await File.WriteAllTextAsync($"{CallsFile}.go", "", TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Removed_action_ends_its_bans_and_stops()
    {
        Add("a", Logged("actionstart", "actionstop", "actionban", "actionunban"));
        await _actions.StartAsync();
        _bans = [BanOf("192.0.2.1")];
        await _actions.BanAsync(_bans[0]);
        Assert.True(await _actions.RemoveAsync("a"));
        Assert.False(await _actions.RemoveAsync("a"));
        Assert.Equal(["actionstart", "actionban 192.0.2.1", "actionunban 192.0.2.1", "actionstop"], Calls);
        Assert.Empty(_actions.All);
    }

    [Fact]
    public void Same_name_is_refused()
    {
        Assert.NotNull(_actions.Add("a"));
        Assert.Null(_actions.Add("a"));
    }

    [Fact]
    public void Properties_are_read_and_written_by_name()
    {
        CommandAction action = _actions.Add("a")!;
        Assert.False(action.TryGet("foo", out _, out string error));
        Assert.Equal("'CommandAction' object has no attribute 'foo'", error);
        Assert.True(action.TrySet("timeout", "2m", out _));
        Assert.True(action.TryGet("timeout", out object? timeout, out _));
        Assert.Equal(120, timeout);
        Assert.False(action.TrySet("timeout", "zzz", out error));
        Assert.Contains("'zzz'", error, StringComparison.Ordinal);
        Assert.True(action.TrySet("blocktype?family=inet6", "REJECT", out _));
        Assert.Equal(["ESCAPE_CRE", "ESCAPE_VN_CRE", "actionban"], action.PropertyNames.Take(3));
    }

    [Fact]
    public async Task Tags_have_the_values_of_the_ban_and_the_properties()
    {
        Add("a", [("actionban", $"printf '%s\\n' \"<x><sp><ip>|<family>|<ip-rev>|<fid>|<failures>|<time>|<bantime>|<bancount>|<F-USER>|<F-NONE>|<jail.name>|<nope>\" \"<matches>\" >> {CallsFile}"), ("actionunban", "true"), ("x", "val;<y>"), ("y", "yv"), ("bantime", "ignored")]);
        await _actions.BanAsync(BanOf("192.0.2.7", "x;id", "line $one"));
        Assert.Equal(["val;yv 192.0.2.7|inet4|7.2.0.192.|192.0.2.7|5|1700000000.5|600|1|x;id||j1|<nope>", "line $one"], Calls);
    }

    [Fact]
    public async Task Nothing_that_an_attacker_writes_is_ever_run()
    {
        string canary = Path.Combine(_folder, "canary");
        string[] templates = ["X; touch C", "X && touch C", "X | touch C", "$(touch C)", "`touch C`", "\n touch C\n", "\r\ntouch C", "'; touch C; '", "\"; touch C; \"",
            "\\\"; touch C; \\\"", "X\0; touch C", "> C", "${IFS}touch${IFS}C", "$((touch C))", "<(touch C)", "X & touch C &", "'$(touch C)'", "\"$(touch C)\"",
            "$f2bV_ip; touch C", "${f2bV_ip:=$(touch C)}", "<ip>; touch C", "<br>touch C", "<F-USER>`touch C`", "{touch,C}", "%b\\n touch C"];
        Add("iptables", [("actionban", "true -I f2b-<name> 1 -s <ip> -j REJECT <F-USER>"), ("actionunban", "true <ip> \"<F-USER>\""), ("name", "j1")]);
        Add("hostsdeny", [("actionban", $"printf %b \"ALL: <ip>\\n\" >> {_folder}/deny"), ("actionunban", $"IP=$(echo \"<ip>\" | sed 's/[][\\.]/\\\\\\0/g') && sed -i \"/^ALL: $IP$/d\" {_folder}/deny; true")]);
        Add("mail", [("actionban", $"printf %b \"Subject: <ip>\\n<matches>\\nUser <F-USER> <F-*> <raw-ticket> <ipmatches>\" >> {_folder}/mail"), ("actionunban", "true '<matches>' <matches>")]);
        foreach (string template in templates)
        {
            string evil = template.Replace("C", canary, StringComparison.Ordinal);
            foreach (Ban ban in new[] { BanOf("192.0.2.1", evil, evil), BanOf("192.0.2.1", evil, evil) with { Ticket = BanOf("192.0.2.1", evil, evil).Ticket with { Id = FailureId.OfText(evil) } } })
            {
                await _actions.BanAsync(ban);
                await _actions.UnbanAsync(ban);
                Assert.False(File.Exists(canary), template);
            }
        }

        Assert.Contains("Subject: 192.0.2.1", File.ReadAllText(Path.Combine(_folder, "mail")), StringComparison.Ordinal);
    }

    private static Ban BanOf(string ip, string user = "root", string line = "a line") => new(
        new Ticket(FailureId.Of(IpRange.Create(IPAddress.Parse(ip))), null, DateTimeOffset.UnixEpoch.AddSeconds(1700000000.5), 5,
            [new MatchedLine("", "", line)], new FailureData(ImmutableArray.Create(new KeyValuePair<string, object?>("user", user)))),
        new BanTime(600), 1, false);

    private (string, string)[] Logged(params string[] commands) =>
        [.. commands.Select(command => (command, $"echo {command}{(command is "actionban" or "actionunban" ? " <ip>" : "")} >> {CallsFile}"))];

    private void Add(string name, (string Property, string Value)[] properties)
    {
        CommandAction action = _actions.Add(name)!;
        foreach ((string property, string value) in properties) Assert.True(action.TrySet(property, value, out string error), error);
    }
}
