using System.Collections.Concurrent;
using Fail2Ban.Logging;

namespace Fail2Ban.Tests.Tracking;

/// <summary>Keeps what was logged, as <c>LEVEL message</c>.</summary>
internal sealed class ListSink : ILogSink
{
    private readonly ConcurrentQueue<string> _lines = new();

    public IReadOnlyCollection<string> Lines => _lines;

    public LogLevel Threshold => LogLevel.HeavyDebug;

    public Log Log => new(this, "fail2ban.test");

    public void Write(LogLevel level, string logger, string message) => _lines.Enqueue($"{level} {message}");
}
