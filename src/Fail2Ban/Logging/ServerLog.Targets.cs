using Fail2Ban.Native.Libc;
using System.Net.Sockets;

namespace Fail2Ban.Logging;

public sealed partial class ServerLog
{
    private const string Failed = "Failed to change log target";

    /// <summary>The target as given, without its options; null before the first one is set.</summary>
    public string? Target { get; private set; }

    /// <summary><c>auto</c> or the path that was set.</summary>
    public string SyslogSocket { get; private set; } = "auto";

    /// <summary>Changes the target: STDOUT, STDERR, SYSOUT, SYSLOG, SYSTEMD-JOURNAL or a file, with options in brackets. The same name again changes nothing.</summary>
    /// <param name="target">As written.</param>
    /// <param name="error"><c>Failed to change log target</c> (the reason is logged to the target before), or what is wrong with the options.</param>
    /// <returns>False with <paramref name="error"/>; the target before stays.</returns>
    public bool SetTarget(string target, out string error)
    {
        if (!TargetName.TryParse(target, out TargetName parsed, out error)) return false;
        string? previous = Target;
        if (parsed.Name == previous) return true;
        if (Open(parsed) is not { } opened)
        {
            if (previous is not null) _log.PreviousTarget(previous);
            error = Failed;
            return false;
        }

        lock (_lock)
        {
            _target?.Dispose();
            _target = opened;
            Target = parsed.Name;
            foreach (LogEntry entry in _early) _target.Write(entry);
            _early.Clear();
            _target.Flush();
        }

        if (previous is not null) _log.TargetChanged(parsed.Name == "SYSLOG" ? $"{parsed.Name} ({SyslogPath})" : parsed.Name, _version);
        FlushPending();
        return true;
    }

    /// <summary>Sets the syslog socket; a SYSLOG target is opened again.</summary>
    /// <param name="socket"><c>auto</c> or a path.</param>
    /// <returns>False when a SYSLOG target can't be opened there; the setting changes all the same, as in the original.</returns>
    public bool SetSyslogSocket(string socket)
    {
        if (socket == SyslogSocket) return true;
        SyslogSocket = socket;
        if (!string.Equals(Target, "SYSLOG", StringComparison.OrdinalIgnoreCase)) return true;
        string again = Target!;
        Target = "";
        if (SetTarget(again, out _)) return true;
        Target = again;
        return false;
    }

    private string SyslogPath => SyslogSocket == "auto" ? "/dev/log" : SyslogSocket;

    private LogTarget? Open(TargetName target)
    {
        bool isSystemLog = target.Kind is "SYSLOG" or "SYSTEMD-JOURNAL";
        LogFormat? format = FormatOf(target, isSystemLog);
        if (format is null) return null;
        try
        {
            return target.Kind switch
            {
                "STDOUT" or "SYSOUT" => new StreamTarget(_output ?? StandardStream.Output, format),
                "STDERR" => new StreamTarget(_error ?? StandardStream.Error, format),
                "SYSLOG" => OpenSyslog(target, format),
                "SYSTEMD-JOURNAL" => new JournalTarget(JournalTarget.Socket, format),
                _ => new FileTarget(target.Name, format),
            };
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or SocketException or ArgumentException or NotSupportedException)
        {
            _log.TargetFailed(target.Name, failure.Message);
            return null;
        }
    }

    private LogFormat? FormatOf(TargetName target, bool isSystemLog)
    {
        if (target.Options.TryGetValue("format", out string? layout))
        {
            if (LogFormat.TryParse(layout, out LogFormat format, out string error)) return format;
            _log.FormatRefused(error);
            return null;
        }

        if (!isSystemLog && (Verbosity > 2 || Threshold <= LogLevel.TraceDebug)) return LogFormat.ForDebugging(Threshold <= LogLevel.HeavyDebug);
        return LogFormat.Default(target.Flag("padding") ?? !isSystemLog, target.Flag("datetime") ?? !(isSystemLog || target.Kind == "SYSOUT"));
    }

    private SyslogTarget? OpenSyslog(TargetName target, LogFormat format)
    {
        int facility = SyslogTarget.Facility(target.Options.GetValueOrDefault("facility", "DAEMON"));
        if (facility < 0)
        {
            _log.TargetFailed(target.Name, $"unknown facility '{target.Options["facility"]}'; known are DAEMON, AUTH, AUTHPRIV, LOCAL0 to LOCAL7 and the others of syslog(3)");
            return null;
        }

        try
        {
            return new SyslogTarget(SyslogPath, facility, format);
        }
        catch (Exception error) when (error is SocketException or ArgumentException)
        {
            _log.NoSyslogSocket(SyslogPath);
            return null;
        }
    }
}
