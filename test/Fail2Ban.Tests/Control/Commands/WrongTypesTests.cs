using System.Numerics;
using Fail2Ban.Client.Commands;
using Fail2Ban.Jails;
using Fail2Ban.Logging;
using Fail2Ban.Values;

namespace Fail2Ban.Tests.Control.Commands;

/// <summary>Every command with every kind of value at each of its places: always an answer, never a fault of the server.</summary>
public sealed class WrongTypesTests : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private static readonly object?[] s_odd =
    [
        null, true, 5L, -1L, BigInteger.Pow(10, 40), 1.5, double.NaN, "", "x", "\ud800\0\n'", new string('x', 1 << 16), "text"u8.ToArray(),
        new List<object?>(), new List<object?> { null, 1L, new List<object?> { "x" } }, new PythonTuple("a", 2L), new PythonDict { ["a"] = 1L }, new PythonSet(["s"]), new PythonError("ValueError", "x"),
    ];

    // What would end the server, start one, write to a file that the value names, or run what it says.
    private static readonly string[] s_leftOut = ["logtarget", "dbfile", "syslogsocket", "help"];

    private readonly string _folder = Directory.CreateTempSubdirectory("fail2ban-types.").FullName;
    private readonly DispatchedServer _server = new(LogLevel.Critical);

    public WrongTypesTests()
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
    public async Task Every_command_answers_every_kind_of_value()
    {
        int asked = 0, refused = 0;
        var faults = new List<string>();
        foreach (string[] words in CommandTable.All.SelectMany(Forms).Concat(Internal()))
        {
            for (int place = 0; place < words.Length; place++)
            {
                foreach (object? odd in s_odd)
                {
                    if (words[0] == "sleep" && place == 1 && odd is long or BigInteger or double or true) continue; // it would
                    List<object?> request = [.. words];
                    request[place] = odd;
                    asked++;
                    if (await AskAsync(request) is { } error)
                    {
                        if (error.Message.Length == 0 || error.Message.StartsWith("internal error", StringComparison.Ordinal)) faults.Add($"{Short(request)}: {error.Message}");
                        refused++;
                    }
                }
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{asked} commands, {refused} refused");
        Assert.Empty(faults);
        Assert.True(asked > 5000 && refused > 1000, $"{asked} commands, {refused} refused");
        Assert.Equal("'pong'", await _server.DoAsync("ping"));
    }

    // One for each way through its alternatives, with all that may be left out.
    private IEnumerable<string[]> Forms(Command command)
    {
        IEnumerable<string[]> forms = [[]];
        foreach (WordRule rule in command.Rules)
        {
            string[] choices = [.. rule.Literals, .. rule.Literals.Count == 0 ? rule.Values.Take(1).Select(Value) : []];
            forms = [.. forms.SelectMany(form => choices.Select(choice => (string[])[.. form, choice]))];
        }

        return forms.Where(form => !form.Any(s_leftOut.Contains) && form is not (["stop"] or ["start"] or ["restart", ..] or ["reload", ..]));
    }

    private static string[][] Internal() => [["statistics"], ["config-error", "x"], ["server-stream", "x"], ["multi-set", "j", "action", "act", "x"], ["reload", "j", "x", "x"], ["reload", "--all", "x", "x"]];

    private string Value(string name) => name switch
    {
        "JAIL" => "j",
        "IP" or "IGNORED" => "192.0.2.1",
        "FILE" or "LOG" or "PATTERN" => Path.Combine(_folder, "log"),
        "ACT" or "ACTNAME" => "act",
        "PROPERTY" => "actionban",
        "PYFILE" => Path.Combine(_folder, "none.py"),
        "JSON" => "{}",
        "INT" or "INDEX" or "TIME" or "SECONDS" or "TIMEOUT" => "0",
        "REGEX" => "^ <HOST>$",
        _ => "x",
    };

    private async Task<PythonError?> AskAsync(List<object?> request)
    {
        if (_server.Jails.Find("j") is null)
        {
            foreach (List<object?> command in (List<object?>[])[["add", "j", "polling"], ["set", "j", "addaction", "act"]]) Assert.Equal(0L, (await _server.AnswerAsync(command))[0]);
        }

        // What commands such as actionban are set to is never run: the jail is not started. Others are of no use later.
        foreach (Jail other in _server.Jails.All.Where(jail => jail.Name != "j").ToArray()) await _server.Jails.RemoveAsync(other);
        Task<PythonTuple> answering = _server.AnswerAsync(request);
        Assert.True(await Task.WhenAny(answering, Task.Delay(s_patience, TestContext.Current.CancellationToken)) == answering, $"no answer: {Short(request)}");
        return (await answering)[1] as PythonError;
    }

    private static string Short(List<object?> request) => PythonText.Repr(request) is { Length: > 300 } text ? text[..300] : PythonText.Repr(request);
}
