using Fail2Ban.Logging;
using Fail2Ban.Values;

namespace Fail2Ban.Detection.Matching;

/// <summary>Every sentence of a filter. Wording and severity are those of the original, but for the budget, which it does not have.</summary>
internal static class FilterLog
{
    public static void OddTime(this Log log, string jail, TimeSpan delta, string line)
    {
        string distance = CoarseDuration.Describe((long)Math.Abs(delta.TotalSeconds));
        string direction = delta < TimeSpan.Zero ? "before" : "after";
        string cause = delta < TimeSpan.Zero && delta >= TimeSpan.FromSeconds(-3300) ? "latency" : "timezone";
        log.Write(LogLevel.Warning, $"[{jail}] Detected a log entry {distance} {direction} the current time in operation mode. This looks like a {cause} problem. Treating such entries as if they just happened.");
        log.Write(LogLevel.Warning, $"[{jail}] Please check a jail for a timing issue. Line with odd timestamp: {line}");
    }

    public static void TooOld(this Log log, string jail, TimeSpan findTime, string line)
    {
        log.Write(LogLevel.Warning, $"[{jail}] Ignoring all log entries older than {findTime.TotalSeconds}s; these are probably messages generated while fail2ban was not running.");
        log.Write(LogLevel.Warning, $"[{jail}] Please check a jail for a timing issue. Line with odd timestamp: {line}");
    }

    public static void Undated(this Log log, string line)
    {
        log.Write(LogLevel.Warning, $"Found a match but no valid date/time found for ''.");
        log.Write(LogLevel.Warning, $"Match without a timestamp: {line}");
        log.Write(LogLevel.Warning, $"Please try setting a custom date pattern (see man page jail.conf(5)).");
    }

    public static void LineFailed(this Log log, string line, string reason) =>
        log.Write(LogLevel.Error, $"Failed to process line: {PythonText.Repr(line)}, caught exception: {reason}");

    public static void LimitExceeded(this Log log, string jail, string kind, int index, string lineStart) =>
        log.Write(LogLevel.Error, $"[{jail}] {kind} [{index}] was given up at its match limit and the line skipped (told once a day, counted by 'get {jail} limitsexceeded'; make the pattern simpler): {lineStart}");
}
