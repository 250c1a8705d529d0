using System.Collections.Concurrent;
using Fail2Ban.Logging;

namespace Fail2Ban.EndToEnd.Tests.Enforcement;

/// <summary>Keeps messages.</summary>
internal sealed class ListSink : ILogSink
{
    public ConcurrentQueue<string> Messages { get; } = [];

    public LogLevel Threshold => LogLevel.TraceDebug;

    public void Write(LogLevel level, string logger, string message) => Messages.Enqueue($"{logger} {level} {message}");

    public IEnumerable<string> Errors => Messages.Where(message => message.Contains(" Error ", StringComparison.Ordinal) || message.Contains(" Critical ", StringComparison.Ordinal));
}
