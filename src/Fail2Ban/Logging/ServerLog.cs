using Fail2Ban.Native.Libc;
using Fail2Ban.Values;

namespace Fail2Ban.Logging;

/// <summary>The server's log: one target at a time, changed while running.</summary>
/// <remarks>
/// Thread safety: all members may be called from any thread. A NOTICE or above has been handed to the system when
/// <see cref="Write"/> returns; what is below may follow within a tenth of a second, always in order.
/// </remarks>
public sealed partial class ServerLog : ILogSink, IDisposable
{
    private const int KeptEntries = 1000;

    private static readonly TimeSpan FlushAfter = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly long _opened;
    private readonly string _version;
    private readonly Stream? _output;
    private readonly Stream? _error;
    private readonly ITimer _flush;
    private readonly Log _log;

    // Until the first target is set; what came first explains most, so the rest is dropped when it is full.
    private readonly List<LogEntry> _early = [];
    private LogTarget? _target;
    private bool _flushIsDue;

    /// <summary>Starts with level INFO and no target: up to 1,000 messages are kept until the first <see cref="SetTarget"/>.</summary>
    /// <param name="time">Clock and local zone of the lines.</param>
    /// <param name="version">The version that the first lines of a target name.</param>
    /// <param name="output">Standard output; null for the process's own.</param>
    /// <param name="error">Standard error; null for the process's own.</param>
    public ServerLog(TimeProvider time, string version = Release.Compatible, Stream? output = null, Stream? error = null)
    {
        _time = time;
        _opened = time.GetTimestamp();
        _version = version;
        _output = output;
        _error = error;
        _log = new Log(this, "fail2ban.server");
        _flush = time.CreateTimer(_ => FlushPending(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>1 plus -v minus -q; above 2 makes the verbose format. Read when a target is set.</summary>
    public int Verbosity { get; set; } = 1;

    /// <summary>As it was given, in upper case.</summary>
    public string Level { get; private set; } = "INFO";

    /// <inheritdoc/>
    public LogLevel Threshold { get; private set; } = LogLevel.Info;

    /// <summary>Sets the level by name (any case) or number.</summary>
    /// <returns>False with <paramref name="error"/> = <c>Invalid log level 'FOO'</c>; nothing changed.</returns>
    public bool SetLevel(string level, out string error)
    {
        string name = level.ToUpperInvariant();
        error = "";
        if (!LogLevels.TryParse(name, out LogLevel threshold))
        {
            error = $"Invalid log level '{name}'";
            return false;
        }

        Level = name;
        Threshold = threshold;
        return true;
    }

    /// <inheritdoc/>
    public void Write(LogLevel level, string logger, string message)
    {
        lock (_lock)
        {
            var entry = new LogEntry(_time.GetLocalNow(), level, logger, SafeText.Escape(message), Environment.CurrentManagedThreadId, _time.GetElapsedTime(_opened));
            if (_target is null)
            {
                if (_early.Count < KeptEntries) _early.Add(entry);
                return;
            }

            _target.Write(entry);
            if (level >= LogLevel.Notice) _target.Flush();
            else if (!_flushIsDue) _flushIsDue = _flush.Change(FlushAfter, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Closes and reopens a file (after logrotate), or flushes any other target; says so at INFO.</summary>
    /// <returns><c>rolled over</c> or <c>flushed</c>.</returns>
    public string Flush()
    {
        bool isFile;
        lock (_lock)
        {
            isFile = _target?.Reopen() ?? false;
            _target?.Flush();
        }

        if (isFile) _log.RolledOver(Target ?? "");
        else _log.Flushed(Target ?? "");
        FlushPending();
        return isFile ? "rolled over" : "flushed";
    }

    /// <summary>Writes what is left and closes. With no target ever set, what was kept goes to standard error.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_target is null && _early.Count > 0)
            {
                _target = new StreamTarget(_error ?? StandardStream.Error, LogFormat.Default(padding: true, datetime: true));
                foreach (LogEntry entry in _early) _target.Write(entry);
            }

            _target?.Dispose();
            _target = null;
            _early.Clear();
        }

        _flush.Dispose();
    }

    private void FlushPending()
    {
        lock (_lock)
        {
            _flushIsDue = false;
            _target?.Flush();
        }
    }
}
