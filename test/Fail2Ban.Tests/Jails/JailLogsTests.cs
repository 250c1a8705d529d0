using System.Collections.Concurrent;
using System.Text;
using Fail2Ban.Detection.Lines;
using Fail2Ban.Detection.Matching;
using Fail2Ban.Detection.Sources;
using Fail2Ban.Jails;
using Fail2Ban.Logging;
using Fail2Ban.Store;

namespace Fail2Ban.Tests.Jails;

/// <summary>What a jail follows, finds and remembers; real files and a real database.</summary>
public sealed class JailLogsTests : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fail2ban-logs.").FullName;
    private readonly MessageList _messages = new() { Threshold = LogLevel.Message };
    private readonly JailServices _services;
    private readonly JailSet _jails;

    public JailLogsTests()
    {
        _services = new JailServices(new Log(_messages, "fail2ban.server"), TimeProvider.System);
        _services.Store = BanStore.Open(Path.Combine(_folder, "f2b.sqlite3"), _services.Log, TimeProvider.System);
        _jails = new JailSet(_services);
    }

    public async ValueTask DisposeAsync()
    {
        await _jails.RemoveAllAsync();
        await _services.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("pyinotify")]
    [InlineData("polling")]
    public async Task A_file_that_fits_a_pattern_is_read_whenever_it_comes(string backend)
    {
        Jail jail = await StartAsync(backend, found => found.Logs.AddGlob(In("*/*.log"), fromEnd: false));
        Append("site/a.log", "198.51.100.1");
        await _messages.WaitForAsync("[j] Found 198.51.100.1");
        Assert.Equal([In("site/a.log")], await jail.InvokeAsync(found => found.Logs.Paths));
        Append("site/b.log", "198.51.100.2");
        await _messages.WaitForAsync("[j] Found 198.51.100.2");
        File.Move(In("site/b.log"), In("site/b-20260131.log"));
        Append("site/b.log", "198.51.100.3");
        await _messages.WaitForAsync("[j] Found 198.51.100.3");
        Append("site/b-20260131.log", "198.51.100.4");
        await _messages.WaitForAsync("[j] Found 198.51.100.4");
        Assert.Single(_messages.All, message => message.Contains("Found 198.51.100.2", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Lines_that_come_while_the_jail_is_idle_wait_for_it()
    {
        Append("a.log", "198.51.100.1");
        Append("b.log", "198.51.100.1");
        Jail jail = await StartAsync("pyinotify", found => found.Logs.AddGlob(In("*.log"), fromEnd: false));
        await _messages.WaitForAsync("[j] Found 198.51.100.1");
        await jail.InvokeAsync(found => found.Idle = true);
        for (int number = 2; number < 40; number++) Append(number % 2 == 0 ? "a.log" : "b.log", $"198.51.100.{number}");
        IReadOnlyList<SourceState> states;
        do states = await jail.InvokeAsync(found => found.Sources);
        while (states.Any(state => state.BytesBehind == 0 || state.Size != new FileInfo(state.Name).Length));
        Assert.DoesNotContain(_messages.All, message => message.Contains("Found 198.51.100.2", StringComparison.Ordinal));

        // One of them is dropped meanwhile, and added again: what waited of it is read from the file.
        await jail.InvokeAsync(found => found.Logs.Remove(In("b.log")));
        Assert.Null(await jail.InvokeAsync(found => found.Logs.AddAsync(In("b.log"), fromEnd: false, wait: false)));
        await jail.InvokeAsync(found => found.Idle = false);
        for (int number = 2; number < 40; number++) await _messages.WaitForAsync($"[j] Found 198.51.100.{number} ");
        Assert.Equal(40, _messages.All.Count(message => message.Contains("[j] Found ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_reload_with_the_same_pattern_keeps_what_was_found()
    {
        Jail jail = await StartAsync("pyinotify", found => found.Logs.AddGlob(In("*.log"), fromEnd: false));
        Append("a.log", "198.51.100.1");
        await _messages.WaitForAsync("[j] Found 198.51.100.1");
        var draft = new Jail("j", "pyinotify", _services);
        Configure(draft);
        draft.Logs.AddGlob(In("*.log"), fromEnd: false);
        await jail.TakeOverAsync(draft);
        Append("a.log", "198.51.100.2");
        await _messages.WaitForAsync("[j] Found 198.51.100.2");
        Assert.Single(_messages.All, message => message.Contains("Found 198.51.100.1", StringComparison.Ordinal));
        Assert.Equal([In("a.log")], await jail.InvokeAsync(found => found.Logs.Paths));
    }

    [Fact]
    public async Task Of_a_large_old_log_only_what_findtime_covers_is_read()
    {
        DateTimeOffset now = TimeProvider.System.GetLocalNow();
        await File.WriteAllLinesAsync(In("a.log"), Enumerable.Range(0, 100_000).Select(number => $"{now.AddSeconds(number - 100_000):yyyy-MM-dd HH:mm:ss} nothing of interest"), TestContext.Current.CancellationToken);
        Append("a.log", "198.51.100.1");
        Jail jail = await StartAsync("pyinotify", found => found.Logs.AddAsync(In("a.log"), fromEnd: false, wait: false));
        await _messages.WaitForAsync("[j] Found 198.51.100.1");
        SourceState state = Assert.Single(await jail.InvokeAsync(found => found.Sources));
        Assert.InRange(state.LinesRead, 1, 700); // fewer, the longer the start took
    }

    [Fact]
    public async Task What_was_rotated_away_while_the_jail_was_stopped_is_read_first()
    {
        Append("a.log", "198.51.100.1");
        Jail jail = await StartAsync("pyinotify", found => found.Logs.AddAsync(In("a.log"), fromEnd: false, wait: false));
        await _messages.WaitForAsync("[j] Found 198.51.100.1");
        await _jails.RemoveAsync(jail);
        StoredPosition stored = (await _services.Store!.FindLogAsync("j", In("a.log")))!;
        Assert.Equal(new FileInfo(In("a.log")).Length, stored.Offset);

        // While nobody looks, the log goes on and is rotated.
        Append("a.log", "198.51.100.2");
        File.Move(In("a.log"), In("a.log.1"));
        Append("a.log", "198.51.100.3");
        await StartAsync("pyinotify", found => found.Logs.AddAsync(In("a.log"), fromEnd: false, wait: false));
        await _messages.WaitForAsync("[j] Found 198.51.100.3");
        await _messages.WaitForAsync("[j] Found 198.51.100.2");
        Assert.Single(_messages.All, message => message.Contains("Found 198.51.100.1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_reload_with_another_encoding_passes_over_nothing_also_with_tail()
    {
        Append("a.log", "198.51.100.1");
        Jail jail = await StartAsync("pyinotify", found => found.Logs.AddAsync(In("a.log"), fromEnd: true, wait: false));
        await jail.InvokeAsync(found => found.Idle = true);
        Append("a.log", "198.51.100.2");
        while ((await jail.InvokeAsync(found => found.Sources))[0].BytesBehind == 0) await Task.Yield();
        var draft = new Jail("j", "pyinotify", _services);
        Configure(draft);
        Assert.Null(draft.Logs.SetEncoding("latin-1"));
        Assert.Null(await draft.Logs.AddAsync(In("a.log"), fromEnd: true, wait: false));
        await jail.TakeOverAsync(draft);
        Append("a.log", "198.51.100.3");
        await _messages.WaitForAsync("[j] Found 198.51.100.3");
        Assert.Single(_messages.All, message => message.Contains("Found 198.51.100.2", StringComparison.Ordinal));
        Assert.DoesNotContain(_messages.All, message => message.Contains("Found 198.51.100.1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_was_read_of_a_block_before_the_jail_came_to_rest_is_not_read_again()
    {
        await _services.Store!.AddJailAsync("j");
        var loop = new JailLoop(_services.Log, "j");
        using var filter = new Filter("j", TimeProvider.System, _services.Log);
        ConcurrentQueue<string> read = [];
        int most = 2;
        using var logs = new JailLogs("j", _services, loop, filter, (block, _, from) =>
        {
            int number = 0;
            foreach (LogLine line in block)
            {
                if (number >= Math.Max(from, most)) break;
                if (number++ >= from) read.Enqueue(Encoding.UTF8.GetString(line.Text));
            }

            return number;
        });
        string now = $"{TimeProvider.System.GetLocalNow():yyyy-MM-dd HH:mm:ss}";
        string[] lines = [.. Enumerable.Range(1, 5).Select(number => $"{now} line {number}")];
        await File.WriteAllLinesAsync(In("a.log"), lines, TestContext.Current.CancellationToken);
        await loop.InvokeAsync(async () =>
        {
            await logs.StartAsync();
            return await logs.AddAsync(In("a.log"), fromEnd: false, wait: false);
        });
        while (read.Count < 2) await Task.Yield();
        await loop.InvokeAsync(async () =>
        {
            Assert.True(logs.Remove(In("a.log")));
            most = int.MaxValue;
            return await logs.AddAsync(In("a.log"), fromEnd: false, wait: false);
        });
        while (read.Count < 5) await Task.Yield();
        Assert.Equal(lines, read);
    }

    private string In(string name) => Path.Combine(_folder, name);

    private async Task<Jail> StartAsync(string backend, Action<Jail> adjust)
    {
        Jail jail = (await _jails.AddAsync("j", backend))!;
        await jail.InvokeAsync(found =>
        {
            Configure(found);
            adjust(found);
            return true;
        });
        await jail.StartAsync();
        return jail;
    }

    private static void Configure(Jail jail)
    {
        jail.Filter.AddFailRegex("^ fail from <HOST>$");
        jail.Failures.MaxRetry = 3;
    }

    private void Append(string name, string address)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(In(name))!);
        File.AppendAllText(In(name), $"{TimeProvider.System.GetLocalNow():yyyy-MM-dd HH:mm:ss} fail from {address}\n");
    }
}
