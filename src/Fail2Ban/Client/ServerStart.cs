namespace Fail2Ban.Client;

/// <summary>What the command line and fail2ban.conf say about the server process; its jails reach it later, through its socket.</summary>
/// <param name="Socket">Path of the control socket.</param>
/// <param name="PidFile">Where the process id is written.</param>
/// <param name="LogLevel">Name or number, as given.</param>
/// <param name="LogTarget">As <c>set logtarget</c> takes it.</param>
/// <param name="SyslogSocket"><c>auto</c> or a path.</param>
/// <param name="Force">Option -x: remove a socket that exists.</param>
/// <param name="Background">Option -b: this process was started to be the daemon, already in a session of its own with standard streams on /dev/null.</param>
/// <param name="Verbosity">1 plus the number of -v minus the number of -q; above 2 the log's format is verbose.</param>
/// <param name="ProcessName">Option --pname.</param>
public sealed record ServerStart(
    string Socket, string PidFile, string LogLevel, string LogTarget, string SyslogSocket, bool Force, bool Background, int Verbosity, string ProcessName);
