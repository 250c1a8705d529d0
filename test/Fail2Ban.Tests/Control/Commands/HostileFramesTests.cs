using System.Diagnostics;
using System.Text;
using Fail2Ban.Control.Wire;
using Fail2Ban.Logging;
using Fail2Ban.Values;

namespace Fail2Ban.Tests.Control.Commands;

/// <summary>Whatever comes over the socket, it is answered, and the server lives on.</summary>
public sealed class HostileFramesTests : IAsyncDisposable
{
    private const int Frames = 200_000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    // The first words of all commands, so that most frames get past the first check. Nothing here names a file outside the folder.
    private static readonly string[] Verbs =
    [
        "ping", "version", "server-status", "echo", "sleep", "flushlogs", "config-error", "status", "stats", "statistic", "banned", "unban", "get", "get", "get",
        "set", "set", "set", "set", "set", "set", "set", "set", "multi-set", "add", "start", "stop", "reload", "server-stream", "nope", "",
    ];

    private static readonly string[] Settings =
    [
        "loglevel", "syslogsocket", "dbpurgeage", "dbmaxmatches", "thread", "allowipv6", "idle", "ignoreself", "addignoreip", "delignoreip", "ignorecommand", "ignorecache",
        "addlogpath", "dellogpath", "logencoding", "prefregex", "addfailregex", "delfailregex", "addignoreregex", "delignoreregex", "usedns", "findtime", "bantime", "maxretry",
        "maxmatches", "maxlines", "datepattern", "logtimezone", "attempt", "banip", "unbanip", "addaction", "delaction", "action", "actions", "actionproperties", "actionmethods",
        "bantime.increment", "bantime.factor", "bantime.formula", "bantime.multipliers", "bantime.maxtime", "bantime.rndtime", "bantime.overalljails", "bantime.x", "journalmatch",
        "addjournalmatch", "deljournalmatch", "failregex", "ignoreregex", "banned", "logpath", "dbfile", "logtarget",
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("fail2ban-fuzz.").FullName;
    private readonly DispatchedServer _server = new(LogLevel.Critical);
    private readonly Random _random = new(20260101);

    public HostileFramesTests()
    {
        _server.Log.SetTarget("STDOUT", out _);
        _server.Log.SetLevel("CRITICAL", out _);
        File.WriteAllText(Path.Combine(_folder, "log"), "");
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Two_hundred_thousand_frames_are_all_answered()
    {
        var spent = Stopwatch.StartNew();
        int refused = 0, failed = 0, done = 0;
        for (int i = 0; i < Frames; i++)
        {
            byte[] frame = Frame();
            if (!Pickle.TryDecode(frame, out object? request, out string? error))
            {
                Assert.NotEmpty(error);
                refused++;
                continue;
            }

            if (request is IReadOnlyList<object?> { Count: > 1 } words && words[0] is "sleep" && words[1] is not (0L or string)) continue; // it would
            if (request is IReadOnlyList<object?> { Count: > 1 } unban && unban[0] is "unban" && unban.Skip(1).Any(word => word is not string)) continue; // asks DNS
            Task<PythonTuple> answering = _server.AnswerAsync(request);
            Assert.True(await Task.WhenAny(answering, Task.Delay(Patience, TestContext.Current.CancellationToken)) == answering, $"#{i}, no answer: {Short(request)}");
            PythonTuple pair = await answering;
            if (pair[1] is PythonError problem)
            {
                Assert.False(problem.Message.StartsWith("internal error", StringComparison.Ordinal), $"{Short(request)}: {problem.Message}");
                failed++;
            }
            else
            {
                done++;
            }

            Assert.NotEmpty(Pickle.Encode(pair));
            if (_server.Jails.Count > 20) await _server.Jails.RemoveAllAsync();
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{refused} unreadable, {failed} refused, {done} done in {spent.Elapsed.TotalSeconds:F1} s");
        Assert.True(refused > 10_000 && failed > 10_000 && done > 10_000);
        Assert.Equal("'pong'", await _server.DoAsync("ping"));
    }

    [Fact]
    public async Task Arguments_of_a_megabyte_are_answered()
    {
        await _server.AnswerAsync(new List<object?> { "add", "j", "polling" });
        string large = new('x', 1 << 20);
        foreach (string setting in Settings)
        {
            if (setting is "logtarget" or "dbfile") continue;
            if (setting is "unbanip" or "addignoreip" or "ignorecommand") large = "192.0.2.1" + large; // no name to ask DNS for
            await _server.AnswerAsync(new List<object?> { "set", "j", setting, large });
            await _server.AnswerAsync(new List<object?> { "set", setting, large });
            await _server.AnswerAsync(new List<object?> { "get", "j", setting, large });
        }

        foreach (string verb in Verbs) await _server.AnswerAsync(new List<object?> { verb, large });
    }

    private byte[] Frame()
    {
        int kind = _random.Next(10);
        if (kind == 0) return Noise(_random.Next(60));
        byte[] pickle = Pickle.Encode(Request());
        switch (kind)
        {
            case 1: return pickle[.._random.Next(pickle.Length)];
            case 2:
                for (int i = _random.Next(1, 4); i > 0; i--) pickle[_random.Next(pickle.Length)] = (byte)_random.Next(256);
                return pickle;
            case 3: return Hostile();
            default: return pickle;
        }
    }

    // What builds objects or counts on trust: calls of functions by name, sizes that lie, memo entries that are not there, depth.
    private byte[] Hostile() => _random.Next(8) switch
    {
        0 => "cos\nsystem\n(S'touch pwned'\ntR."u8.ToArray(),
        1 => "\x80\x04\x8c\x08builtins\x8c\x04eval\x93\x8c\x031+1\x85R."u8.ToArray(),
        2 => [0x80, 5, 0x96, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, (byte)'.'],
        3 => [0x80, 2, (byte)'X', 0xff, 0xff, 0xff, 0x7f, (byte)'a', (byte)'.'],
        4 => [0x80, 4, (byte)'h', (byte)_random.Next(256), (byte)'.'],
        5 => [.. Enumerable.Repeat((byte)']', _random.Next(1, 5000)), .. Enumerable.Repeat((byte)'a', 4999), (byte)'.'],
        6 => Encoding.ASCII.GetBytes($"I{new string('9', _random.Next(1, 3000))}\n."),
        _ => [.. "]q\0h\0a."u8],
    };

    private byte[] Noise(int length)
    {
        byte[] bytes = new byte[length];
        _random.NextBytes(bytes);
        return bytes;
    }

    private object? Request()
    {
        if (_random.Next(20) == 0) return Value(2);
        string verb = Verbs[_random.Next(Verbs.Length)];
        List<object?> words = [verb];
        if (verb is "add" or "start" or "stop" or "reload" || _random.Next(3) > 0) words.Add(_random.Next(8) == 0 ? Value(1) : Jail());
        if (verb == "stop" && words.Count == 1) words.Add("--all");
        if (verb == "reload") words.Add(Options());
        if (verb is "reload" or "server-stream") words.Add(_random.Next(4) == 0 ? Value(2) : Enumerable.Range(0, _random.Next(6)).Select(_ => (object?)Simple()).ToList());
        if (verb is "get" or "set" or "multi-set") words.Add(_random.Next(10) == 0 ? Value(1) : Settings[_random.Next(Settings.Length)]);
        for (int i = _random.Next(4); i > 0; i--) words.Add(Value(2));
        Tame(words);
        return _random.Next(2) == 0 ? words : new PythonTuple([.. words]);
    }

    private List<object?> Simple()
    {
        List<object?> words = _random.Next(4) switch
        {
            0 => ["add", Jail(), "polling"],
            1 => ["start", Jail()],
            2 => [Value(1)],
            _ => ["set", Jail(), Settings[_random.Next(Settings.Length)], Value(1)],
        };
        Tame(words);
        return words;
    }

    // Words that would leave the folder, wait, ask DNS for a name, or start processes by the thousand.
    private static void Tame(List<object?> words)
    {
        for (int i = 0; i + 1 < words.Count; i++)
        {
            if (words[i] is "unban" or "unbanip" or "addignoreip") words.RemoveAll(word => word is string text && text.Length > 0 && !text.Contains('.') && !words[..(i + 1)].Contains(word));
            if (i + 1 >= words.Count) return;
            words[i + 1] = words[i] switch { "logtarget" => "STDOUT", "dbfile" => "None", "sleep" => 0L, "ignorecommand" => "true", _ => words[i + 1] };
        }
    }

    private List<object?> Options() => _random.Next(3) switch { 0 => [], 1 => ["--unban"], _ => [Value(1)] };

    private string Jail() => _random.Next(6) switch { 0 => "--all", 1 => "k", 2 => "no such jail", _ => "j" };

    private object? Value(int depth) => _random.Next(depth > 0 ? 20 : 15) switch
    {
        0 => null,
        1 => true,
        2 => (long)_random.Next(-5, 1000),
        3 => _random.NextInt64(long.MinValue, long.MaxValue),
        4 => System.Numerics.BigInteger.Pow(10, _random.Next(19, 60)),
        5 => _random.Next(4) switch { 0 => double.NaN, 1 => double.PositiveInfinity, 2 => -1e300, _ => _random.NextDouble() },
        6 => Noise(_random.Next(20)),
        7 => "192.0.2." + _random.Next(300),
        8 => "2001:db8::" + _random.Next(70000).ToString("x") + "/" + _random.Next(140),
        9 => new[] { "10m", "1h 30m", "1e999", "-1", "0", "99999999999999999999", "5x" }[_random.Next(7)],
        10 => new[] { "^ <HOST>$", "(", "[a-", "(?P<x>", "<F-ID/>", "\\", "(a+)+$ <HOST>", "{NONE}", "%Y-%m-%d", "%(x)s", "Epoch" }[_random.Next(11)],
        11 => Path.Combine(_folder, "log"),
        12 => new[] { "on", "off", "true", "no", "act", "actionban", "start", "timeout", "utf-8", "UTC+0100", "--with-time", "--report-absent", "key=\"<ip>\"", "ban.Time * 2" }[_random.Next(14)],
        13 => "\ud800\0\n\u202e'\"\\",
        14 => new string('z', _random.Next(200)),
        15 => new List<object?> { Value(depth - 1), Value(depth - 1) },
        16 => new PythonTuple(Value(depth - 1), Value(depth - 1)),
        17 => new PythonDict { ["stacksize"] = Value(depth - 1) },
        18 => new PythonSet([Value(0) is string text ? text : "s"]),
        _ => new PythonError("ValueError", "x"),
    };

    private static string Short(object? request) => PythonText.Repr(request) is { Length: > 300 } text ? text[..300] : PythonText.Repr(request);
}
