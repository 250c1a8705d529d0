namespace Fail2Ban.Processes;

/// <summary>What became of a command, before anybody judges it.</summary>
/// <param name="ExitCode">0 to 255; −n: signal n; null: not started, or unknown.</param>
/// <param name="TimedOut">Whether its time was over.</param>
/// <param name="Output">Its standard output.</param>
/// <param name="ErrorOutput">Its standard error.</param>
/// <param name="StartError">The errno where it could not be started; otherwise 0.</param>
internal sealed record CommandEnd(int? ExitCode, bool TimedOut, string Output, string ErrorOutput, int StartError);
