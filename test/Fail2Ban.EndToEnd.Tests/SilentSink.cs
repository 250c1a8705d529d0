using Fail2Ban.Logging;

namespace Fail2Ban.EndToEnd.Tests;

/// <summary>A log that nobody reads.</summary>
internal sealed class SilentSink : ILogSink
{
    public LogLevel Threshold => LogLevel.Critical;

    public void Write(LogLevel level, string logger, string message) { }
}
