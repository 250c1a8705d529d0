namespace Fail2Ban.Configuration;

/// <summary>What client and server need from <c>fail2ban.conf</c> before anything else; command-line values already applied.</summary>
/// <param name="Socket">Path of the control socket.</param>
/// <param name="PidFile">Path of the pid file.</param>
/// <param name="LogLevel">As written; not yet checked.</param>
/// <param name="LogTarget">As written, with its options in brackets.</param>
/// <param name="SyslogSocket">A path or <c>auto</c>.</param>
/// <param name="Failure">The sentence for the user if the file could not be read, else null; the other values are then defaults.</param>
public sealed record ServerOptions(string Socket, string PidFile, string LogLevel, string LogTarget, string SyslogSocket, string? Failure);
