namespace Fail2Ban.Daemon;

/// <summary>How the server process is to run; everything else reaches it later, as commands.</summary>
/// <param name="Socket">Path of the control socket.</param>
/// <param name="PidFile">Where the process id is written.</param>
/// <param name="LogLevel">Name or number.</param>
/// <param name="LogTarget">As <c>set logtarget</c> takes it.</param>
/// <param name="SyslogSocket"><c>auto</c> or a path.</param>
/// <param name="Force">Remove a socket that exists already.</param>
/// <param name="Verbosity">1 plus -v minus -q; above 2 the log's format is verbose.</param>
/// <param name="Background">Whether the process was started to be a daemon: it then leaves its directory and makes files for itself only.</param>
/// <param name="ProcessName">The name in lists of processes, of which the kernel keeps 15 bytes.</param>
public sealed record DaemonOptions(
    string Socket, string PidFile, string LogLevel, string LogTarget, string SyslogSocket, bool Force, int Verbosity,
    bool Background = false, string ProcessName = "fail2ban-server");
