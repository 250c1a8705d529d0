namespace Fail2Ban.Logging;

/// <summary>What the log says about itself, under logger <c>fail2ban.server</c>.</summary>
internal static class TargetLog
{
    internal static void TargetChanged(this Log log, string target, string version)
    {
        log.Write(LogLevel.Info, $"Start Fail2ban v{version}");
        log.Write(LogLevel.Info, $"Changed logging target to {target} for Fail2ban v{version}");
    }

    internal static void TargetFailed(this Log log, string target, string reason) => log.Write(LogLevel.Error, $"Unable to log to '{target}': {reason}");

    internal static void PreviousTarget(this Log log, string target) => log.Write(LogLevel.Info, $"Logging to previous target '{target}'");

    internal static void NoSyslogSocket(this Log log, string path) => log.Write(LogLevel.Error, $"Syslog socket file: {path} does not exists or is not a socket");

    internal static void FormatRefused(this Log log, string error) => log.Write(LogLevel.Error, $"{error}");

    internal static void RolledOver(this Log log, string target) => log.Write(LogLevel.Info, $"rollover performed on {target}");

    internal static void Flushed(this Log log, string target) => log.Write(LogLevel.Info, $"flush performed on {target}");
}
