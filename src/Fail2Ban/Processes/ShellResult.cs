namespace Fail2Ban.Processes;

/// <summary>How a command ended.</summary>
/// <param name="Succeeded">Whether its exit code is one of the command's success codes and it ended in time.</param>
/// <param name="ExitCode">0 to 255; −n where signal n ended it; null where it could not be started or its end is unknown.</param>
/// <param name="TimedOut">Whether it was killed because its time was over.</param>
/// <param name="Output">Its standard output as UTF-8 text; of a long output only the first <see cref="ShellCommand.MostOutput"/> bytes.</param>
/// <param name="ErrorOutput">Its standard error, likewise.</param>
public sealed record ShellResult(bool Succeeded, int? ExitCode, bool TimedOut, string Output, string ErrorOutput)
{
    /// <summary>The result of a command that does nothing.</summary>
    internal static ShellResult Nothing { get; } = new(true, 0, false, "", "");

    /// <summary>The result of a command that was never started.</summary>
    internal static ShellResult NotRun { get; } = new(false, null, false, "", "");
}
