using System.Globalization;

namespace Fail2Ban.Logging;

/// <summary>Names and numbers of levels as the original reads and prints them.</summary>
public static class LogLevels
{
    /// <summary>Reads a level: a name in any case, or a number from 0 to 99.</summary>
    public static bool TryParse(string text, out LogLevel level)
    {
        string name = text.Trim().ToUpperInvariant();
        level = name switch
        {
            "CRITICAL" => LogLevel.Critical,
            "ERROR" => LogLevel.Error,
            "WARNING" => LogLevel.Warning,
            "NOTICE" => LogLevel.Notice,
            "INFO" => LogLevel.Info,
            "MSG" => LogLevel.Message,
            "DEBUG" => LogLevel.Debug,
            "TRACEDEBUG" => LogLevel.TraceDebug,
            "HEAVYDEBUG" => LogLevel.HeavyDebug,
            _ => (LogLevel)(-1),
        };
        if ((int)level >= 0) return true;
        if (!int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number > 99) return false;
        level = (LogLevel)number;
        return true;
    }

    /// <summary>The name as it stands in a line.</summary>
    public static string Name(LogLevel level) => level switch
    {
        LogLevel.Critical => "CRITICAL",
        LogLevel.Error => "ERROR",
        LogLevel.Warning => "WARNING",
        LogLevel.Notice => "NOTICE",
        LogLevel.Info => "INFO",
        LogLevel.Message => "MSG",
        LogLevel.Debug => "DEBUG",
        LogLevel.TraceDebug => "TRACE",
        LogLevel.HeavyDebug => "HEAVY",
        _ => $"Level {(int)level}",
    };

    /// <summary>The severity of syslog(3); levels that only fail2ban has are warnings there, as in the original.</summary>
    internal static int Severity(LogLevel level) => level switch
    {
        LogLevel.Critical => 2,
        LogLevel.Error => 3,
        LogLevel.Notice => 5,
        LogLevel.Info => 6,
        LogLevel.Debug => 7,
        _ => 4,
    };
}
