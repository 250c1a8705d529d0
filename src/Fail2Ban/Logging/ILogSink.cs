namespace Fail2Ban.Logging;

/// <summary>Where finished log messages go: a target of the server, standard error of the client, a list in a test.</summary>
/// <remarks>Thread safety: called from any thread. Must not throw: a full disk must not stop a ban.</remarks>
public interface ILogSink
{
    /// <summary>Messages below this are not formatted at all.</summary>
    LogLevel Threshold { get; }

    /// <summary>Takes one message.</summary>
    /// <param name="level">How severe.</param>
    /// <param name="logger">The original's logger name, such as <c>fail2ban.actions</c>; others parse it.</param>
    /// <param name="message">One sentence, already formatted.</param>
    void Write(LogLevel level, string logger, string message);
}
