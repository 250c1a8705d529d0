namespace Fail2Ban.Logging;

/// <summary>One message on its way to a target.</summary>
/// <param name="Time">When it was said, in the local zone.</param>
/// <param name="Level">How severe.</param>
/// <param name="Logger">The original's logger name.</param>
/// <param name="Message">The sentence, already made safe to show.</param>
/// <param name="Thread">Managed id of the thread that said it.</param>
/// <param name="Age">Since the log was opened.</param>
internal readonly record struct LogEntry(DateTimeOffset Time, LogLevel Level, string Logger, string Message, int Thread, TimeSpan Age);
