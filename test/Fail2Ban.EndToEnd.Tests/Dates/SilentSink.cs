using Fail2Ban.Logging;

namespace Fail2Ban.EndToEnd.Tests.Dates;

internal sealed class SilentSink : ILogSink
{
    public LogLevel Threshold => LogLevel.Critical;

    public void Write(LogLevel level, string logger, string message) { }
}
