using System.Text;
using Fail2Ban.Detection.Lines;
using Fail2Ban.Detection.Matching;
using Fail2Ban.Logging;

namespace Fail2Ban.Tests.Detection.Matching;

/// <summary>A filter with a clock and a log of its own, fed with lines of text.</summary>
internal sealed class FilterBench : ILogSink, IDisposable
{
    public FilterBench(params string[] failRegexes)
    {
        Filter = new Filter("j", Clock, new Log(this, "fail2ban.filter"));
        foreach (string regex in failRegexes) Filter.AddFailRegex(regex);
    }

    public TestClock Clock { get; } = new();

    public Filter Filter { get; }

    public LogProgress Progress { get; } = new();

    public List<string> Messages { get; } = [];

    public LogLevel Threshold => LogLevel.Info;

    public LineResult Last { get; private set; }

    public void Write(LogLevel level, string logger, string message) => Messages.Add($"{level}: {message}");

    /// <summary>Processes one line and gives its failures.</summary>
    public List<Failure> Read(string line)
    {
        var failures = new List<Failure>();
        Last = Filter.Process(new LogLine(Encoding.UTF8.GetBytes(line + "\n")), Progress, failures);
        return failures;
    }

    /// <summary>Processes lines; for each, "id (number of matches)" of its failures or "-".</summary>
    public string[] ReadAll(params IEnumerable<string> lines) =>
        [.. lines.Select(line => string.Join(" ", Read(line).Select(failure => $"{failure.Id} ({failure.Matches.Length})")) is { Length: > 0 } text ? text : "-")];

    public void Dispose() => Filter.Dispose();
}
