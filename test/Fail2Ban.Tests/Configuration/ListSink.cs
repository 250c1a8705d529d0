using Fail2Ban.Logging;

namespace Fail2Ban.Tests.Configuration;

/// <summary>Keeps messages as <c>LEVEL logger: text</c>.</summary>
internal sealed class ListSink(LogLevel threshold = LogLevel.Notice) : ILogSink
{
    public LogLevel Threshold => threshold;

    public List<string> Messages { get; } = [];

    public void Write(LogLevel level, string logger, string message) => Messages.Add($"{level} {logger}: {message}");
}
