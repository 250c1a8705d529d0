using System.Globalization;
using Fail2Ban.Addresses;
using Fail2Ban.Detection.Dates;
using Fail2Ban.Detection.Matching;
using Fail2Ban.Logging;
using Fail2Ban.Tracking.Bans;
using Fail2Ban.Values;

namespace Fail2Ban.Jails;

/// <summary>
/// Every sentence that a jail logs. Wording, severity and logger are part of compatibility: the recidive filter, log
/// watchers and exporters read them.
/// </summary>
internal static class JailSentences
{
    // Loggers by the original's modules.

    public const string JailLogger = "fail2ban.jail";
    public const string FilterLogger = "fail2ban.filter";
    public const string ActionsLogger = "fail2ban.actions";
    public const string ObserverLogger = "fail2ban.observer";
    public const string ServerLogger = "fail2ban.server";

    public static void Creating(this Log log, string jail) => log.Write(LogLevel.Info, $"Creating new jail '{jail}'");

    public static void NameTooLong(this Log log, string jail) => log.Write(LogLevel.Warning,
        $"Jail name '{jail}' might be too long and some commands might not function correctly. Please shorten");

    public static void Uses(this Log log, string jail, string backend, string parameters) => log.Write(LogLevel.Info,
        $"Jail '{jail}' uses {(backend == "polling" ? "poller" : backend)} {parameters}");

    public static void Initiated(this Log log, string backend) => log.Write(LogLevel.Info, $"Initiated '{backend}' backend");

    public static void Started(this Log log, string jail) => log.Write(LogLevel.Info, $"Jail '{jail}' started");

    public static void Stopped(this Log log, string jail) => log.Write(LogLevel.Info, $"Jail '{jail}' stopped");

    public static void IncrementSet(this Log log, string option, object? value) =>
        log.Write(LogLevel.Info, $"Set banTime.{option} = {PythonText.Str(value)}");

    public static void MaxRetry(this Log log, int value) => log.Write(LogLevel.Info, $"  maxRetry: {value}");

    public static void MaxLines(this Log log, int value) => log.Write(LogLevel.Info, $"  maxLines: {value}");

    // Only those that were written: a pattern with {DATE} stands for all the default ones.
    public static void DatePatterns(this Log log, Filter filter)
    {
        IReadOnlyList<DateTemplateHits> templates = filter.Dates.Templates;
        if (templates.Count != DateDetector.SplitPatterns(filter.DatePattern).Count) return;
        foreach (DateTemplateHits template in templates)
            log.Write(LogLevel.Info, $"  date pattern `{PythonText.Repr(template.Pattern ?? "")}`: `{template.Name}`");
    }

    public static void FindTime(this Log log, object value) => log.Write(LogLevel.Info, $"  findtime: {PythonText.Str(value)}");

    public static void BanTime(this Log log, object value) => log.Write(LogLevel.Info, $"  banTime: {PythonText.Str(value)}");

    public static void Encoding(this Log log, string value) => log.Write(LogLevel.Info, $"  encoding: {value}");

    public static void Found(this Log log, string jail, FailureId id, DateTimeOffset time, TimeZoneInfo zone) =>
        log.Write(LogLevel.Info, $"[{jail}] Found {Shown(id)} - {Local(time, zone)}");

    public static void Attempt(this Log log, string jail, FailureId id, DateTimeOffset time, TimeZoneInfo zone) =>
        log.Write(LogLevel.Info, $"[{jail}] Attempt {Shown(id)} - {Local(time, zone)}");

    public static void Ignored(this Log log, string jail, FailureId id, string source) =>
        log.Write(LogLevel.Info, $"[{jail}] Ignore {Shown(id)} by {source}");

    public static void HostResolved(this Log log, string host, IReadOnlyList<IpRange> addresses) => log.Write(LogLevel.Warning,
        $"Determined IP using DNS Lookup: {host} = {PythonText.Str(new PythonSet([.. addresses.Select(address => (object)address.ToString())]))}");

    public static void Banned(this Log log, string jail, Ban ban) =>
        log.Write(LogLevel.Notice, $"[{jail}] {(ban.Restored ? "Restore " : "")}Ban {Shown(ban.Ticket.Id)}");

    public static void AlreadyBanned(this Log log, string jail, FailureId id, LogLevel level) =>
        log.Write(level, $"[{jail}] {Shown(id)} already banned");

    public static void Expired(this Log log, string jail, FailureId id) =>
        log.Write(LogLevel.Info, $"[{jail}] Ignore {Shown(id)}, expired bantime");

    public static void Unbanned(this Log log, string jail, FailureId id) => log.Write(LogLevel.Notice, $"[{jail}] Unban {Shown(id)}");

    public static void Repealed(this Log log, string jail, FailureId id) => log.Write(LogLevel.Notice, $"[{jail}] Repeal Ban {Shown(id)}");

    public static void NotBanned(this Log log, string id) => log.Write(LogLevel.Message, $"{OneLine(id)} is not banned");

    public static void FoundBad(this Log log, string jail, FailureId id, DateTimeOffset time, TimeZoneInfo zone, int count, double retries, bool bans) =>
        log.Write(LogLevel.Info, $"[{jail}] Found {Shown(id)}, bad - {Local(time, zone)}, {count} # -> {PythonText.Repr(retries)}{(bans ? ", Ban" : "")}");

    public static void KnownBad(this Log log, string jail, FailureId id, int count, DateTimeOffset last, TimeZoneInfo zone, BanTime from, BanTime to) =>
        log.Write(LogLevel.Info, $"[{jail}] IP {Shown(id)} is bad: {count} # last {Local(last, zone)} - incr {DurationText.Of(from.Seconds)} to {DurationText.Of(to.Seconds)}");

    public static void Increased(this Log log, string jail, FailureId id, int count, BanTime time, DateTimeOffset end, TimeZoneInfo zone) =>
        log.Write(LogLevel.Notice, $"[{jail}] Increase Ban {Shown(id)} ({count} # {(time.IsPermanent ? "permanent" : DurationText.Of(time.Seconds))} -> {(time.IsPermanent ? "infinite" : Local(end, zone))})");

    public static void IncrementFailed(this Log log, string jail, string error) =>
        log.Write(LogLevel.Error, $"[{jail}] bantime.formula: {error}; the jail's ban time is used");

    public static void IncrementNeedsStore(this Log log) =>
        log.Write(LogLevel.Warning, $"ban time increment is not available as long jail database is not set");

    public static void NotStored(this Log log, string jail, FailureId id) =>
        log.Write(LogLevel.Warning, $"[{jail}] the ban of {Shown(id)} is in force, but not yet in the database: after a restart now it would be forgotten");

    public static void NotRestored(this Log log, string jail, TimeSpan again) =>
        log.Write(LogLevel.Error, $"[{jail}] the bans of the last run cannot be read yet; tried again every {again.TotalSeconds:0} s");

    public static void ClockSet(this Log log, TimeSpan step) => log.Write(LogLevel.Warning,
        $"The clock was set {(step > TimeSpan.Zero ? "forward" : "back")} by {Math.Abs(step.TotalSeconds):0} s (or the machine slept): all bans are judged by the new time");

    public static void RemovedLog(this Log log, string path) => log.Write(LogLevel.Info, $"Removed logfile: {PythonText.Repr(path)}");

    public static void NotFollowed(this Log log, string path, string error) =>
        log.Write(LogLevel.Error, $"Unable to follow {path}: {error}");

    public static void MatchAdded(this Log log, string jail, IReadOnlyList<string> words) =>
        log.Write(LogLevel.Info, $"[{jail}] Added journal match for: {PythonText.Repr(string.Join(' ', words))}");

    public static void MatchRemoved(this Log log, string jail, IReadOnlyList<string> words) =>
        log.Write(LogLevel.Info, $"[{jail}] Removed journal match for: {PythonText.Repr(words)}");

    public static void MatchInvalid(this Log log, IReadOnlyList<string> words) =>
        log.Write(LogLevel.Error, $"Error adding journal match for: {PythonText.Repr(string.Join(' ', words))}");

    public static void NoMatchSet(this Log log, string jail) => log.Write(LogLevel.Notice,
        $"[{jail}] Jail started without 'journalmatch' set. Jail regexs will be checked against all journal entries, which is not advised for performance reasons.");

    public static void InOperation(this Log log, string jail) =>
        log.Write(LogLevel.Info, $"[{jail}] Jail is in operation now (process new journal entries)");

    public static void TooManyErrors(this Log log, int count) => log.Write(LogLevel.Error, $"Too many errors at once ({count}), going idle");

    public static void LineFailed(this Log log, string line, Exception error) =>
        log.Write(LogLevel.Error, $"Failed to process line: {PythonText.Repr(line)}, caught exception: {error.GetType().Name}({PythonText.Repr(error.Message)})");

    public static void WorkFailed(this Log log, string jail, Exception error) =>
        log.Write(LogLevel.Error, $"[{jail}] an internal error ended one piece of work; the jail goes on: {error}");

    private static string Shown(FailureId id) => OneLine(id.ToString());

    // An id may be any text of a log, line ends included: no line of ours may be made up by it (recidive reads them).
    private static string OneLine(string text) => !text.AsSpan().ContainsAnyInRange('\0', '\u001f') && !text.AsSpan().ContainsAnyInRange('\u007f', '\u009f') ? text
        : string.Concat(text.Select(letter => char.IsControl(letter) ? $"\\x{(int)letter:x2}" : letter.ToString()));

    /// <summary>Date and time to the second, as every sentence prints them.</summary>
    public static string Local(DateTimeOffset time, TimeZoneInfo zone) =>
        TimeZoneInfo.ConvertTime(time, zone).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
