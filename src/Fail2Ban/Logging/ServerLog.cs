namespace Fail2Ban.Logging;

/// <summary>The server's log: one target at a time, changed while running.</summary>
/// <remarks>
/// Thread safety: all members may be called from any thread. A NOTICE or above has been handed to the system when
/// <see cref="Write"/> returns; what is below may follow within a fraction of a second, always in order.
/// </remarks>
public sealed class ServerLog : ILogSink, IDisposable
{
    /// <summary>Starts with level INFO and no target: what is written is kept (a bounded number of lines) until the first <see cref="SetTarget"/>.</summary>
    /// <param name="time">Clock and local zone of the lines.</param>
    /// <param name="output">Standard output; null for the process's own.</param>
    /// <param name="error">Standard error; null for the process's own.</param>
    public ServerLog(TimeProvider time, Stream? output = null, Stream? error = null) => throw new NotImplementedException();

    /// <summary>1 plus -v minus -q; above 2 makes the verbose format. Read when a target is set.</summary>
    public int Verbosity { get; set; } = 1;

    /// <summary>As it was given, in upper case.</summary>
    public string Level => throw new NotImplementedException();

    /// <summary>The target without its options; null before the first one is set.</summary>
    public string? Target => throw new NotImplementedException();

    /// <summary><c>auto</c> or the path that was set.</summary>
    public string SyslogSocket => throw new NotImplementedException();

    /// <inheritdoc/>
    public LogLevel Threshold => throw new NotImplementedException();

    /// <summary>Sets the level by name (any case) or number.</summary>
    /// <returns>False with <paramref name="error"/> = <c>Invalid log level 'FOO'</c>; nothing changed.</returns>
    public bool SetLevel(string level, out string error) => throw new NotImplementedException();

    /// <summary>Changes the target: STDOUT, STDERR, SYSOUT, SYSLOG, SYSTEMD-JOURNAL or a file, with options in brackets. The same name again changes nothing.</summary>
    /// <returns>False where the original answers <c>Failed to change log target</c>; the reason is logged to the target before.</returns>
    public bool SetTarget(string target) => throw new NotImplementedException();

    /// <summary>Sets the syslog socket; a SYSLOG target is opened again.</summary>
    /// <returns>False when that fails.</returns>
    public bool SetSyslogSocket(string socket) => throw new NotImplementedException();

    /// <summary>Closes and reopens a file (after logrotate), or flushes any other target; says so at INFO.</summary>
    /// <returns><c>rolled over</c> or <c>flushed</c>.</returns>
    public string Flush() => throw new NotImplementedException();

    /// <inheritdoc/>
    public void Write(LogLevel level, string logger, string message) => throw new NotImplementedException();

    /// <summary>Writes what is left and closes.</summary>
    public void Dispose() => throw new NotImplementedException();
}
