using System.Text;
using Fail2Ban.Logging;

namespace Fail2Ban.Micro;

/// <summary>The lines that are measured with.</summary>
internal static class Lines
{
    public static readonly Log Silent = new(new Nobody(), "micro");

    public static readonly byte[] Failed = Bytes("Jan  5 18:26:41 srv01 sshd[1004]: Failed password for invalid user pi from 103.15.11.7 port 43592 ssh2");

    public static readonly byte[] OfOther = Bytes("Jan  5 18:26:41 srv01 CRON[1001]: pam_unix(cron:session): session opened for user root(uid=0) by (uid=0)");

    public static readonly byte[] Access = Bytes("""45.253.230.121 - - [05/Jan/2026:18:26:41 +0000] "GET /images/logo.png HTTP/1.1" 429 51839 "-" "curl/7.88.1" """.TrimEnd());

    private static byte[] Bytes(string line) => Encoding.UTF8.GetBytes(line + "\n");

    private sealed class Nobody : ILogSink
    {
        public LogLevel Threshold => LogLevel.Critical;

        public void Write(LogLevel level, string logger, string message)
        {
        }
    }
}
