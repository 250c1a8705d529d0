using System.Text;
using Fail2Ban.Logging;

namespace Fail2Ban.Client;

/// <summary>The client's log: lines of the server's layout on standard error.</summary>
internal sealed class ErrorSink(TextWriter error, TimeProvider time, LogLevel threshold, TerminalStyle style) : ILogSink
{
    private readonly LogFormat _format = LogFormat.Default(padding: true, datetime: true);
    private readonly Lock _lock = new();

    public LogLevel Threshold => threshold;

    public void Write(LogLevel level, string logger, string message)
    {
        var line = new StringBuilder();
        _format.Render(new LogEntry(time.GetLocalNow(), level, logger, SafeText.Escape(message), Environment.CurrentManagedThreadId, TimeSpan.Zero), line);
        lock (_lock) error.WriteLine(style.LogLine(line.ToString()));
    }
}
