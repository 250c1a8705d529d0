using System.Text;

namespace Fail2Ban.Logging;

/// <summary>syslog(3) over its datagram socket: <c>&lt;29&gt;line NUL</c>.</summary>
internal sealed class SyslogTarget(string path, int facility, LogFormat format) : DatagramTarget(path, format)
{
    private static readonly string[] Facilities =
    [
        "KERN", "USER", "MAIL", "DAEMON", "AUTH", "SYSLOG", "LPR", "NEWS", "UUCP", "CRON", "AUTHPRIV", "FTP", "NTP", "SECURITY", "CONSOLE", "SOLCRON",
        "LOCAL0", "LOCAL1", "LOCAL2", "LOCAL3", "LOCAL4", "LOCAL5", "LOCAL6", "LOCAL7",
    ];

    /// <summary>The number of a facility, or -1.</summary>
    internal static int Facility(string name) => Array.IndexOf(Facilities, name.ToUpperInvariant());

    protected override byte[] Message(LogEntry entry) =>
        Encoding.UTF8.GetBytes($"<{(facility * 8) + LogLevels.Severity(entry.Level)}>{Line(entry)}\0");
}
