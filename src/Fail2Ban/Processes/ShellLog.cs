using Fail2Ban.Logging;
using Fail2Ban.Values;

namespace Fail2Ban.Processes;

/// <summary>Every sentence about a shell command (logger <c>fail2ban.utils</c>); wording as the original has it.</summary>
internal static class ShellLog
{
    // The original's level for a command that went well, one below DEBUG.
    private const LogLevel BelowDebug = (LogLevel)9;

    private static readonly string[] Signals =
    [
        "", "SIGHUP", "SIGINT", "SIGQUIT", "SIGILL", "SIGTRAP", "SIGABRT", "SIGBUS", "SIGFPE", "SIGKILL", "SIGUSR1", "SIGSEGV",
        "SIGUSR2", "SIGPIPE", "SIGALRM", "SIGTERM", "SIGSTKFLT", "SIGCHLD", "SIGCONT", "SIGSTOP", "SIGTSTP", "SIGTTIN", "SIGTTOU",
        "SIGURG", "SIGXCPU", "SIGXFSZ", "SIGVTALRM", "SIGPROF", "SIGWINCH", "SIGIO", "SIGPWR", "SIGSYS",
    ];

    public static void CommandEnded(this Log log, string id, ShellCommand command, ShellResult result)
    {
        LogLevel level = result.Succeeded ? LogLevel.Debug : LogLevel.Error;
        log.Write(result.Succeeded ? BelowDebug : LogLevel.Error, $"{id} -- exec: {Text(command)}");
        if (result.TimedOut) log.Write(LogLevel.Error, $"{id} -- timed out after {Seconds(command.Timeout)} seconds.");
        Lines(log, level, id, "stdout", result.Output);
        Lines(log, level, id, "stderr", result.ErrorOutput);
        switch (result.ExitCode)
        {
            case { } code when result.Succeeded:
                log.Write(LogLevel.Debug, $"{id} -- returned successfully {code}");
                break;
            case { } code when code is < 0 or > 128:
                log.Write(LogLevel.Error, $"{id} -- killed with {SignalName(code)} (return code: {code})");
                break;
            case { } code:
                log.Write(LogLevel.Error, $"{id} -- returned {code}");
                if (code == 127) log.CommandNotFound(command);
                break;
            default:
                log.Write(LogLevel.Error, $"{id} -- the command's end is unknown: it outlived SIGKILL, or another part of the process reaped it");
                break;
        }
    }

    public static void CommandNotStarted(this Log log, string id, ShellCommand command, int errno, string reason)
    {
        log.Write(LogLevel.Error, $"{id} -- exec: {Text(command)}");
        log.Write(LogLevel.Error, $"{id} -- failed with [Errno {errno}] {reason}: '/bin/sh'");
    }

    private static void CommandNotFound(this Log log, ShellCommand command) => log.Write(LogLevel.Info,
        $"HINT on 127: \"Command not found\".  Make sure that all commands in {PythonText.Repr(command.Text)} are in the PATH of fail2ban-server process (grep -a PATH= /proc/`pidof -x fail2ban-server`/environ). You may want to start \"fail2ban-server -f\" separately, initiate it with \"fail2ban-client reload\" in another shell session and observe if additional informative error messages appear in the terminals.");

    private static void Lines(Log log, LogLevel level, string id, string stream, string text)
    {
        if (!log.IsEnabled(level)) return;
        foreach (ReadOnlySpan<char> line in text.AsSpan().TrimEnd("\r\n").EnumerateLines())
            if (!line.IsEmpty) log.Write(level, $"{id} -- {stream}: {PythonText.Repr(line.ToString())}");
    }

    // As the original's list of the text and its arguments, where it has some.
    private static string Text(ShellCommand command) =>
        command.Arguments.IsEmpty ? command.Text : PythonText.Repr(new List<string>([command.Text, .. command.Arguments]));

    private static string SignalName(int code)
    {
        int signal = code < 0 ? -code : code - 128;
        return signal < Signals.Length ? Signals[signal] : $"signal {signal}";
    }

    private static string Seconds(TimeSpan time) => PythonText.Repr(time.TotalSeconds) is var text && text.EndsWith(".0", StringComparison.Ordinal) ? text[..^2] : text;
}
