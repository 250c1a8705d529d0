using Fail2Ban.Logging;
using Fail2Ban.Values;

namespace Fail2Ban.Control.Commands;

/// <summary>Every sentence that is logged about commands (loggers <c>fail2ban.transmitter</c> and <c>fail2ban.server</c>).</summary>
internal static class CommandSentences
{
    public const string TransmitterLogger = "fail2ban.transmitter";
    public const string ServerLogger = "fail2ban.server";

    public static void Received(this Log log, object? command) => log.Write(LogLevel.HeavyDebug, $"Command: {PythonText.Repr(command)}");

    public static void Failed(this Log log, object? command, PythonError error) => log.Write(LogLevel.Error,
        $"Command {Shortened(PythonText.Repr(command))} has failed. Received {error.TypeName}({string.Join(", ", error.Arguments.Select(PythonText.Repr))})");

    public static void NoDatabase(this Log log) => log.Write(LogLevel.Debug, $"dbfile is None: there is no database to set this for");

    public static void UnknownFlavor(this Log log, string flavor) => log.Write(LogLevel.Warning,
        $"Unsupported extended jail status flavor {PythonText.Repr(flavor)}. Supported: ['short', 'basic', 'stats', 'cymru']");

    public static void ConfigurationError(this Log log, string message) => log.Write(LogLevel.Error, $"{message}");

    public static void JailNotStarted(this Log log, string jail) =>
        log.Write(LogLevel.Error, $"Jail '{jail}' is not started, because of the error above");

    public static void JailNotReloaded(this Log log, string jail) =>
        log.Write(LogLevel.Error, $"Jail '{jail}' keeps its old settings, because of the error above");

    public static void JailFailed(this Log log, string jail, Exception error) =>
        log.Write(LogLevel.Error, $"Jail '{jail}' could not be put in force: {error}");

    public static void NoSuchRegex(this Log log, int index) =>
        log.Write(LogLevel.Error, $"Cannot remove regular expression. Index {index} is not valid");

    public static void LogNotReadable(this Log log, string jail, string problem) =>
        log.Write(LogLevel.Error, $"[{jail}] {problem}; the jail reads it as soon as it can be read");

    public static void Stopping(this Log log) => log.Write(LogLevel.Info, $"Stopping all jails");

    public static void Reloading(this Log log, string? jail) => log.Write(LogLevel.Info, $"{(jail is null ? "Reload all jails" : $"Reload jail {jail}")}");

    public static void ReloadingJail(this Log log, string jail) => log.Write(LogLevel.Info, $"Reload jail {PythonText.Repr(jail)}");

    public static void Reloaded(this Log log, string jail) => log.Write(LogLevel.Info, $"Jail {PythonText.Repr(jail)} reloaded");

    public static void ReloadFinished(this Log log) => log.Write(LogLevel.Info, $"Reload finished.");

    private static string Shortened(string text) => text.Length <= 2000 ? text : text[..2000] + "...";
}
