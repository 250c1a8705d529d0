using Fail2Ban.Configuration;
using Fail2Ban.Logging;
using Fail2Ban.Values;

namespace Fail2Ban.Client;

/// <summary>Every sentence of the client on standard error, under logger <c>fail2ban</c>.</summary>
internal static class ClientLog
{
    internal static void Refused(this Log log, PythonError error) => log.Write(LogLevel.Error, $"NOK: {PythonText.Repr(error.Args)}");

    internal static void NoSocket(this Log log, string path) => log.Write(LogLevel.Error, $"Failed to access socket path: {path}. Is fail2ban running?");

    internal static void NoPermission(this Log log, string path) => log.Write(LogLevel.Error, $"Permission denied to socket: {path},  (you must be root)");

    internal static void NoContact(this Log log, int errno, string reason) => log.Write(LogLevel.Error, $"[[Errno {errno}] {reason}] Unable to contact server. Is it running?");

    internal static void NoServer(this Log log) => log.Write(LogLevel.Error, $"Could not find server");

    internal static void AlreadyRunning(this Log log) => log.Write(LogLevel.Error, $"Server already running");

    internal static void UnexpectedState(this Log log) => log.Write(LogLevel.Error, $"Fail2ban seems to be in unexpected state (not running but the socket exists)");

    internal static void NotStarted(this Log log, string reason) => log.Write(LogLevel.Error, $"Could not start server: {reason}");

    internal static void ConfigurationFailed(this Log log, string reason) => log.Write(LogLevel.Error, $"Failed during configuration: {reason}");

    internal static void UnexpectedArguments(this Log log, IReadOnlyList<string> words) => log.Write(LogLevel.Error, $"Unexpected argument(s) for reload: {PythonText.Repr(words)}");

    internal static void Wrong(this Log log, string message) => log.Write(LogLevel.Error, $"{message}");

    internal static void Advice(this Log log, string message) => log.Write(LogLevel.Warning, $"{message}");

    internal static void AdviceCount(this Log log, int count) =>
        log.Write(LogLevel.Warning, $"{count} {(count == 1 ? "warning" : "warnings")}; the verdict does not depend on them");

    internal static void WrongJail(this Log log, ConfigurationPlace place, string jail, string reason) =>
        log.Write(LogLevel.Error, $"{place}: jail '{jail}': {reason}");

    internal static void WrongValue(this Log log, ConfigurationFault fault) => log.Write(
        LogLevel.Error,
        $"{(fault.Place is { } place ? $"{place}: " : "")}{(fault.Jail is { } jail ? $"jail '{jail}': " : "")}{fault.Message}");

    internal static void UsingSocket(this Log log, string path) => log.Write(LogLevel.Info, $"Using socket file {path}");

    internal static void UsingPidFile(this Log log, string path, string level, string target) =>
        log.Write(LogLevel.Info, $"Using pid file {path}, [{level}] logging to {target}");
}
