
namespace Fail2Ban.Tests.Control.Commands;

public sealed class CommandDispatcherTests : IAsyncDisposable
{
    private readonly DispatchedServer _server = new();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    // Answers as the original's server gives them to the same commands, one after the other.
    public static TheoryData<string, string> Answers { get; } = new()
    {
        { "ping", "'pong'" },
        { "version", "'1.1.2'" },
        { "server-status", "'Server ready'" },
        { "echo a b", "['a', 'b']" },
        { "sleep 0", "None" },
        { "status", "[('Number of jail', 1), ('Jail list', 'j')]" },
        { "status j", "[('Filter', [('Currently failed', 0), ('Total failed', 0), ('File list', [])]), ('Actions', [('Currently banned', 0), ('Total banned', 0), ('Banned IP list', [])])]" },
        { "status j short", "[('Filter', [('Currently failed', 0), ('Total failed', 0), ('File list', [])]), ('Actions', [('Currently banned', 0), ('Total banned', 0)])]" },
        { "status j basic x", "Exception('Invalid command (no status)')" },
        { "status nojail", "UnknownJailException('nojail')" },
        { "foo", "Exception('Invalid command')" },
        { "get j foo", "Exception('Invalid command (no get action or not yet implemented)')" },
        { "set j foo 1", "Exception(\"Invalid command 'foo' (no set action or not yet implemented)\")" },
        { "get nojail bantime", "UnknownJailException('nojail')" },
        { "get j", "IndexError('list index out of range')" },
        { "set j", "IndexError('list index out of range')" },
        { "add", "IndexError('list index out of range')" },
        { "add j", "DuplicateJailException('j')" },
        { "add --all", "ValueError(\"Reserved name '--all'\")" },
        { "add k foo", "ValueError(\"Unknown backend foo. Must be among ['pyinotify', 'polling', 'systemd'] or 'auto'\")" },
        { "start nojail", "UnknownJailException('nojail')" },
        { "set j addignoreip 1.2.3.4 10.0.0.0/8", "['10.0.0.0/8', '1.2.3.4']" },
        { "set j delignoreip 9.9.9.9", "ValueError('list.remove(x): x not in list')" },
        { "set j findtime 1.5h", "5400.0" },
        { "set j bantime 1h", "3600" },
        { "set j maxretry x", "ValueError(\"invalid literal for int() with base 10: 'x'\")" },
        { "set j maxretry 7", "7" },
        { "set j usedns foo", "'no'" },
        { "get j usedns", "'warn'" },
        { "set j idle on", "True" },
        { "set j idle x", "Exception(\"Invalid idle option, must be 'on' or 'off'\")" },
        { "get j datepattern", "(None, 'Default Detectors')" },
        { "get j logpath", "[]" },
        { "set j addlogpath /nonexistent/log", "FileNotFoundError(2, 'No such file or directory', '/nonexistent/log')" },
        { "set j addlogpath /etc/passwd middle", "ValueError(\"File option must be 'head' or 'tail'\")" },
        { "set j addaction a", "'a'" },
        { "set j delaction b", "KeyError('Invalid Action name: b')" },
        { "get j action b timeout", "KeyError('Invalid Action name: b')" },
        { "set j banip", "0" },
        { "set j unbanip 9.9.9.9", "0" },
        { "set j unbanip --report-absent 9.9.9.9", "ValueError(\"not banned: ['9.9.9.9']\")" },
        { "set j attempt 4.4.4.4 a b", "1" },
        { "banned", "[{'j': []}]" },
        { "unban", "Exception('Invalid command')" },
        { "unban 1.1.1.1", "0" },
        { "get loglevel", "'INFO'" },
        { "set loglevel FOO", "ValueError(\"Invalid log level 'FOO'\")" },
        { "get thread", "{'stacksize': 0}" },
        { "get dbfile", "None" },
        { "set dbfile x", "RuntimeError('Cannot change database when there are jails present')" },
        { "get j bantime.increment", "None" },
        { "get j ignorecache", "None" },
        { "stop nojail", "UnknownJailException('nojail')" },
        { "stop", "None" },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task Each_command_is_answered_as_the_original_answers_it(string command, string expected)
    {
        await _server.DoAsync("add", "j", "polling");
        Assert.Equal(expected, await _server.DoAsync(command.Split(' ')));
    }

    [Fact]
    public async Task Lines_given_up_at_the_budget_of_a_pattern_are_counted()
    {
        string log = Path.GetTempFileName();
        try
        {
            string date = TimeProvider.System.GetLocalNow().ToString("yyyy-MM-dd HH:mm:ss");
            await File.WriteAllTextAsync(log, $"{date} {new string('a', 2000)} b x\n{date} fail 192.0.2.1\n{date} {new string('a', 2000)} b x\n", TestContext.Current.CancellationToken);
            await _server.DoAsync("add", "j", "polling");
            Assert.Equal("0", await _server.DoAsync("get", "j", "limitsexceeded"));
            await _server.DoAsync("set", "j", "addfailregex", "^ fail <HOST>$");
            await _server.DoAsync("set", "j", "addfailregex", "^ (?:a+)+b <HOST>");
            await _server.DoAsync("set", "j", "addlogpath", log);
            await _server.DoAsync("start", "j");
            for (int i = 0; i < 600 && await _server.DoAsync("get", "j", "limitsexceeded") != "2"; i++) await Task.Delay(100, TestContext.Current.CancellationToken);
            Assert.Equal("2", await _server.DoAsync("get", "j", "limitsexceeded"));
            Assert.Contains("('Total failed', 1)", await _server.DoAsync("status", "j"), StringComparison.Ordinal); // the line between them counted
        }
        finally
        {
            File.Delete(log);
        }
    }

    [Fact]
    public async Task A_stream_with_one_broken_jail_starts_the_others_and_tells_what_failed()
    {
        string answer = await _server.DoAsync("server-stream", new List<object?>
        {
            Command("add", "bad", "polling"),
            Command("add", "good", "polling"),
            Command("set", "bad", "addfailregex", "^unclosed ( <HOST>"),
            Command("set", "good", "addfailregex", "^fail <HOST>"),
            Command("start", "bad"),
            Command("start", "good"),
        });
        Assert.Contains("Jail 'bad' is not started: Unable to compile regular expression", answer, StringComparison.Ordinal);
        Assert.Equal("[('Number of jail', 1), ('Jail list', 'good')]", await _server.DoAsync("status"));
    }

    [Fact]
    public async Task A_reload_keeps_what_is_still_there_and_stops_what_is_gone()
    {
        await _server.DoAsync("server-stream", new List<object?>
        {
            Command("add", "a", "polling"), Command("set", "a", "addfailregex", "^one <HOST>"), Command("set", "a", "maxretry", 9L), Command("start", "a"),
            Command("add", "b", "polling"), Command("start", "b"),
        });
        await _server.DoAsync("set", "a", "banip", "192.0.2.1");
        Assert.Equal("'OK'", await _server.DoAsync("reload", "--all", new List<object?>(), new List<object?>
        {
            Command("add", "a", "polling"), Command("set", "a", "addfailregex", "^two <HOST>"), Command("start", "a"),
            Command("add", "c", "polling"), Command("start", "c"),
        }));
        Assert.Equal("[('Number of jail', 2), ('Jail list', 'a, c')]", await _server.DoAsync("status"));
        Assert.StartsWith("['^two ", await _server.DoAsync("get", "a", "failregex"), StringComparison.Ordinal);
        Assert.Equal("3", await _server.DoAsync("get", "a", "maxretry"));
        Assert.Equal("['192.0.2.1']", await _server.DoAsync("get", "a", "banip"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("text")]
    [InlineData(5L)]
    public async Task A_request_that_is_no_list_is_an_invalid_command(object? request) =>
        Assert.Equal("Exception('Invalid command')", await _server.RequestAsync(request));

    private static List<object?> Command(params object?[] words) => [.. words];
}
