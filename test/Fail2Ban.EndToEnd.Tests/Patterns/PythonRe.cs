using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Fail2Ban.Tests.Patterns;

namespace Fail2Ban.EndToEnd.Tests.Patterns;

/// <summary>Asks Python's own <c>re</c>, one process for all questions.</summary>
internal static class PythonRe
{
    internal const string Interpreter = "/usr/bin/python3";

    // A question that takes Python over a second is answered with "timeout"; answers hold spans in characters.
    private const string Script = """
        import json, re, signal, sys, warnings
        warnings.simplefilter("ignore")
        def late(*_): raise TimeoutError()
        signal.signal(signal.SIGALRM, late)
        for line in sys.stdin:
            q = json.loads(line)
            a = {}
            try:
                signal.setitimer(signal.ITIMER_REAL, 1)
                p = re.compile(q["Pattern"], re.M if q["MultiLine"] else 0)
                a["Names"] = [f"{n}={i}" for n, i in p.groupindex.items()]
                m = p.search(q["Subject"], q["Start"], q["End"])
                if m: a["Spans"] = " ".join("-" if m.start(i) < 0 else f"{m.start(i)}-{m.end(i)}" for i in range(p.groups + 1))
            except TimeoutError: a = {"Timeout": True}
            except re.error as e: a = {"Error": e.msg, "Position": -1 if e.pos is None else e.pos}
            except Exception as e: a = {"Error": str(e), "Position": -1}
            finally: signal.setitimer(signal.ITIMER_REAL, 0)
            print(json.dumps(a))
        """;

    internal static async Task<List<Answer>> AskAsync(IReadOnlyList<DialectGenerator.Question> questions, CancellationToken stop)
    {
        var start = new ProcessStartInfo(Interpreter) { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(Script);
        start.StandardInputEncoding = start.StandardOutputEncoding = new UTF8Encoding(false);
        start.Environment["PYTHONIOENCODING"] = "utf-8";
        using Process python = Process.Start(start)!;
        Task writing = Task.Run(async () =>
        {
            foreach (DialectGenerator.Question question in questions) await python.StandardInput.WriteLineAsync(JsonSerializer.Serialize(question));
            python.StandardInput.Close();
        }, stop);

        var answers = new List<Answer>(questions.Count);
        while (await python.StandardOutput.ReadLineAsync(stop) is { } line) answers.Add(JsonSerializer.Deserialize<Answer>(line)!);
        await writing;
        await python.WaitForExitAsync(stop);
        return answers;
    }

    // Start and end in characters.

    internal sealed record Answer(string? Spans, string[]? Names, string? Error, int Position, bool Timeout);
}
