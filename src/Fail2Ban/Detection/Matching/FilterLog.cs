using Fail2Ban.Logging;
using Fail2Ban.Values;

namespace Fail2Ban.Detection.Matching;

/// <summary>Every sentence of a filter. Wording and severity are those of the original, but for the budget, which it does not have.</summary>
internal static class FilterLog
{
    private const int LongestRegex = 200;

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

    public static void Undated(this Log log, string jail, string date, string lines)
    {
        log.Write(LogLevel.Warning, $"[{jail}] Found a match but no valid date/time found for {PythonText.Repr(date)}.");
        log.Write(LogLevel.Warning, $"[{jail}] Match without a timestamp: {lines}");
        log.Write(LogLevel.Warning, $"[{jail}] Please try setting a custom date pattern (see man page jail.conf(5)).");
    }

    /// <summary>The original shows at most 200 characters of a regex; the text is quoted here, since anybody may have written it.</summary>
    public static void NobodyFound(this Log log, string text, string regex)
    {
        string shown = PythonText.Repr(regex);
        log.Write(LogLevel.Error, $"No group found in {PythonText.Repr(text)} using 're.compile({shown[..Math.Min(LongestRegex, shown.Length)]})'");
    }

    public static void LineFailed(this Log log, string line, string reason) =>
        log.Write(LogLevel.Error, $"Failed to process line: {PythonText.Repr(line)}, caught exception: {reason}");

    public static void LimitExceeded(this Log log, string jail, string kind, int index, string lineStart) =>
        log.Write(LogLevel.Error, $"[{jail}] {kind} [{index}] was given up at its match limit and the line skipped (told once a day, counted by 'get {jail} limitsexceeded'; make the pattern simpler): {lineStart}");
}
