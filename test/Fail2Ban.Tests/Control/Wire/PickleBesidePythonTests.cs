using System.Diagnostics;
using System.Text;
using CsCheck;
using Fail2Ban.Control.Wire;
using Fail2Ban.Values;

namespace Fail2Ban.Tests.Control.Wire;

/// <summary>The codec beside Python's own, where one is installed.</summary>
public sealed class PickleBesidePythonTests : IDisposable
{
    private const string Interpreter = "/usr/bin/python3";

    // A line of hex in; the repr of the value, its pickles in protocols 0 to 5, or the error out.
    private const string Script = """
        import pickle, sys
        for line in sys.stdin:
            try:
                value = pickle.loads(bytes.fromhex(line))
                print(ascii(repr(value)).encode().hex(), *[pickle.dumps(value, p).hex() for p in range(6)], flush=True)
            except BaseException as e:
                print("!" + ascii(str(e)), flush=True)
        """;

    private readonly Process? _python;

    public PickleBesidePythonTests()
    {
        if (!File.Exists(Interpreter)) return;
        var start = new ProcessStartInfo(Interpreter) { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(Script);
        _python = Process.Start(start);
    }

    public void Dispose() => _python?.Dispose();

    [Fact]
    public void Python_reads_what_we_write_and_we_read_what_it_writes_in_every_protocol()
    {
        Assert.SkipUnless(_python is not null, $"no {Interpreter}");
        PickleTests.Values.Sample(value =>
        {
            string[] answer = Ask(Pickle.Encode(value));
            Assert.Equal(7, answer.Length);
            for (int protocol = 0; protocol <= 5; protocol++)
            {
                Assert.True(Pickle.TryDecode(Convert.FromHexString(answer[protocol + 1]), out object? back, out string? error), $"protocol {protocol}: {error}");
                Assert.Equal(Unordered(value), Unordered(back));
            }
        }, iter: 300, threads: 1);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(999)]
    [InlineData(1000)]
    [InlineData(1001)]
    [InlineData(20000)]
    public void Long_lists_are_batched_and_framed_as_Python_does(int count)
    {
        Assert.SkipUnless(_python is not null, $"no {Interpreter}");
        var list = new List<object?>();
        for (int i = 0; i < count; i++) list.Add($"item {i}");
        byte[] ours = Pickle.Encode(new PythonTuple(0, list, new PythonDict { ["n"] = (long)count }, new string('x', count * 10)));
        Assert.Equal(Ask(ours)[6], Convert.ToHexStringLower(ours));
    }

    [Theory]
    [InlineData("FileNotFoundError", "[Errno 2] No such file or directory: '/x'", 2L, "No such file or directory", "/x")]
    [InlineData("KeyError", "'Invalid Action name: x'", "Invalid Action name: x")]
    [InlineData("ValueError", "bad", "bad")]
    [InlineData("Exception", "(1, 2)", 1L, 2L)]
    public void Exceptions_survive_the_way_there_and_back(string type, string message, params object[] arguments)
    {
        Assert.SkipUnless(_python is not null, $"no {Interpreter}");
        var error = new PythonError(type, new PythonTuple(arguments));
        Assert.Equal(message, error.Message);
        string[] answer = Ask(Pickle.Encode(error));
        string repr = Encoding.ASCII.GetString(Convert.FromHexString(answer[0]));
        Assert.Equal(PythonText.Repr(error), Unquote(repr));
        for (int protocol = 0; protocol <= 5; protocol++)
        {
            Assert.True(Pickle.TryDecode(Convert.FromHexString(answer[protocol + 1]), out object? back, out string? refused), refused);
            // Python 2 knew one class of system errors only, so the old protocols name that one.
            PythonError expected = protocol < 3 && type == "FileNotFoundError" ? error with { TypeName = "OSError" } : error;
            Assert.Equal(PythonText.Repr(expected), PythonText.Repr(back));
        }
    }

    [Fact]
    public void Random_bytes_without_names_get_the_same_verdict_and_words()
    {
        Assert.SkipUnless(_python is not null, $"no {Interpreter}");
        byte[] ops =
        [
            .. "(.012FIJKLMNSTUVX]})ghlqstuaedGBC\n1'A\0"u8, 0x80, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x8c, 0x8f, 0x90, 0x91, 0x94, 1, 2, 0,
        ];
        Gen.Int[0, ops.Length - 1].Select(index => ops[index]).Array[1, 14].Sample(bytes =>
        {
            string[] answer = Ask(bytes);
            bool read = Pickle.TryDecode(bytes, out object? value, out string? error);
            if (answer[0].StartsWith('!'))
            {
                Assert.False(read, $"{Convert.ToHexString(bytes)}: Python says {answer[0]}, we read {PythonText.Repr(value)}");
                return;
            }

            Assert.True(read || error!.Contains("forbidden", StringComparison.Ordinal) || error.Contains("nested", StringComparison.Ordinal) || IsOctal(error), $"{Convert.ToHexString(bytes)}: {error}");
        }, iter: 1000, threads: 1);
    }

    // Python reads text integers in any base; nothing writes them so.
    private static bool IsOctal(string error) => error.StartsWith("could not convert", StringComparison.Ordinal) || error.StartsWith("invalid literal", StringComparison.Ordinal);

    private string[] Ask(byte[] pickle)
    {
        _python!.StandardInput.WriteLine(Convert.ToHexString(pickle));
        string line = _python.StandardOutput.ReadLine() ?? throw new InvalidOperationException("Python ended");
        return line.StartsWith('!') ? [line] : line.Split(' ');
    }

    private static string Unquote(string ascii) => ascii.StartsWith('"') ? ascii[1..^1] : ascii[1..^1].Replace("\\'", "'", StringComparison.Ordinal);

    // Sets come back in Python's order.
    private static string Unordered(object? value) => value switch
    {
        PythonSet set => "{" + string.Join(',', set.Select(Unordered).Order(StringComparer.Ordinal)) + "}",
        PythonTuple tuple => "(" + string.Join(',', tuple.Select(Unordered)) + ")",
        List<object?> list => "[" + string.Join(',', list.Select(Unordered)) + "]",
        PythonDict dict => "d" + string.Join(',', dict.Select(pair => Unordered(pair.Key) + ":" + Unordered(pair.Value))),
        _ => PythonText.Repr(value),
    };
}
