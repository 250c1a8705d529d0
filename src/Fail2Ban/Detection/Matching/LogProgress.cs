namespace Fail2Ban.Detection.Matching;

/// <summary>How far one jail has come with one log. Owned by the jail, one per log.</summary>
/// <remarks>Thread safety: none; it belongs to the jail that reads the log.</remarks>
public sealed class LogProgress
{
    /// <summary>
    /// Whether what comes now is written now: false until the end of the log was reached once, true at once for a log
    /// followed from its tail.
    /// </summary>
    public bool InOperation { get; set; }
}
