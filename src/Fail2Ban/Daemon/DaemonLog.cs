using Fail2Ban.Logging;

namespace Fail2Ban.Daemon;

/// <summary>Every sentence about the server's own life (logger <c>fail2ban.server</c>).</summary>
internal static class DaemonLog
{
    public static void Starting(this Log log, string version)
    {
        log.Write(LogLevel.Info, $"{new string('-', 50)}");
        log.Write(LogLevel.Info, $"Starting Fail2ban v{version}");
    }

    public static void NotStarted(this Log log, string reason) => log.Write(LogLevel.Error, $"Could not start server: {reason}");

    public static void NoPidFile(this Log log, string path, string reason) =>
        log.Write(LogLevel.Error, $"Unable to create PID file {path}: {reason}");

    public static void MayNotChangeTheFirewall(this Log log) => log.Write(LogLevel.Warning,
        $"This process may not change the firewall (it has no CAP_NET_ADMIN): bans by nftables, iptables or ipset will fail. Run it as root, or give it that capability");

    public static void ShuttingDown(this Log log) => log.Write(LogLevel.Info, $"Shutdown in progress...");

    public static void StoppingJails(this Log log) => log.Write(LogLevel.Info, $"Stopping all jails");

    public static void StopFailed(this Log log, Exception error) => log.Write(LogLevel.Error, $"Stopping went wrong: {error}");

    public static void Exiting(this Log log) => log.Write(LogLevel.Info, $"Exiting Fail2ban");
}
