using Fail2Ban.Logging;

namespace Fail2Ban.RegexTool;

/// <summary>Prints log messages among the program's output.</summary>
internal sealed class ToolSink(TextWriter output, LogLevel threshold, int verbosity, TimeProvider time) : ILogSink
{
    // Lines are searched and concluded from by two threads.
    private readonly Lock _writing = new();
    private readonly long _start = time.GetTimestamp();

    public LogLevel Threshold => threshold;

    /// <summary>Reads a level's name in any case, or its number.</summary>
    public static bool TryParseLevel(string text, out LogLevel level)
    {
        level = text.ToUpperInvariant() switch
        {
            "CRITICAL" or "FATAL" => LogLevel.Critical,
            "ERROR" => LogLevel.Error,
            "WARNING" or "WARN" => LogLevel.Warning,
            "NOTICE" => LogLevel.Notice,
            "INFO" => LogLevel.Info,
            "MSG" => LogLevel.Message,
            "DEBUG" => LogLevel.Debug,
            "TRACEDEBUG" => LogLevel.TraceDebug,
            "HEAVYDEBUG" => LogLevel.HeavyDebug,
            _ => int.TryParse(text, out int number) ? (LogLevel)number : 0,
        };
        return level != 0;
    }

    public void Write(LogLevel level, string logger, string message)
    {
        using Lock.Scope alone = _writing.EnterScope();
        string name = level == LogLevel.Message ? "MSG" : level.ToString().ToUpperInvariant();
        string when = $"{time.GetLocalNow():yyyy-MM-dd HH:mm:ss,fff}", shortName = name[..Math.Min(5, name.Length)];
        output.Write(verbosity switch
        {
            // No space before the initial, as in the original.
            < 2 => $"{when} {logger,-24}[{Environment.ProcessId}]: {name,-7}{name[0]}: {message}\n",
            2 => $" {when} {Environment.CurrentManagedThreadId:X} {shortName,-5} {message}\n",
            _ => $" +{time.GetElapsedTime(_start).TotalMilliseconds,5:0} {Environment.CurrentManagedThreadId:X} {logger,-25} {shortName,-5} {message}\n",
        });
    }
}
