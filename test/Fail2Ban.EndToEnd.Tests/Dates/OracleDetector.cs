using System.Diagnostics;
using System.Text.Json;

namespace Fail2Ban.EndToEnd.Tests.Dates;

/// <summary>The date detector of an installed fail2ban, in one Python process that answers a JSON line with a JSON line.</summary>
internal sealed class OracleDetector : IDisposable
{
    private const string Python = "/usr/bin/python3";

    private const string Script = """
        import sys, os, json, time, logging
        logging.disable(60)
        sys.path.insert(0, "/usr/lib/python3/dist-packages")
        from fail2ban.server.datedetector import DateDetector
        from fail2ban.server.mytime import MyTime
        print("ready", flush=True)
        for request in map(json.loads, sys.stdin):
            os.environ["TZ"] = request["zone"]
            time.tzset()
            time.mktime((2005, 1, 15, 12, 0, 0, 0, 0, 0))
            MyTime.setTime(request["now"])
            answers, refused, order = [], None, []
            try:
                detector = DateDetector()
                detector.default_tz = request["logtimezone"]
                for pattern in request["patterns"]:
                    detector.appendTemplate(pattern)
                if not len(detector.templates):
                    detector.addDefaultTemplate()
                for template in detector.templates:
                    template.template.matchDate("")
            except Exception as problem:
                refused = repr(problem)
            for number, line in enumerate(request["lines"] if refused is None else ()):
                MyTime.setTime(request["now"] + number * request["step"])
                time.time = lambda: MyTime.myTime
                match, template = detector.matchTime(line)[:2]
                if match is None:
                    answers.append(None)
                    continue
                begin, end = match.span(1)
                answer = {"start": begin, "end": end, "time": None, "fault": None, "template": template.name}
                try:
                    date = detector.getTime(line, (match, template))
                    if date is None:
                        answer["fault"] = "unreadable"
                    else:
                        answer["time"] = date[0]
                except Exception as problem:
                    answer["fault"] = type(problem).__name__
                answers.append(answer)
            if refused is None:
                order = [[t.name, t.hits] for t in detector.templates]
            print(json.dumps({"refused": refused, "answers": answers, "order": order}), flush=True)
        """;

    private static readonly JsonSerializerOptions Names = new(JsonSerializerDefaults.Web);

    private readonly Process _process;

    private OracleDetector(Process process) => _process = process;

    /// <summary>Starts it; null where this machine has none.</summary>
    public static OracleDetector? TryStart()
    {
        if (!File.Exists(Python)) return null;
        var start = new ProcessStartInfo(Python) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(Script);
        Process process = Process.Start(start)!;
        if (process.StandardOutput.ReadLine() == "ready") return new OracleDetector(process);
        process.Dispose();
        return null;
    }

    public OracleAnswers Ask(OracleQuestion question)
    {
        _process.StandardInput.WriteLine(JsonSerializer.Serialize(question, Names));
        _process.StandardInput.Flush();
        string answer = _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException(_process.StandardError.ReadToEnd());
        return JsonSerializer.Deserialize<OracleAnswers>(answer, Names)!;
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}
