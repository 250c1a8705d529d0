using Fail2Ban.Logging;

namespace Fail2Ban.Addresses;

/// <summary>What name resolution has to say.</summary>
internal static class DnsLog
{
    public const string Name = "fail2ban.ipdns";

    public static void NoAddress(this Log log, string host, string reason) =>
        log.Write(LogLevel.Warning, $"Unable to find a corresponding IP address for {host}: {reason}");

    public static void QueueFull(this Log log, string host) =>
        log.Write(LogLevel.Warning, $"Unable to find a corresponding IP address for {host}: too many names are being resolved");

    public static void NoOrigin(this Log log, string name, string reason) =>
        log.Write(LogLevel.Error, $"Unable to find where an address comes from, asked {name} TXT: {reason}");
}
