namespace Fail2Ban.Enforcement.Actions;

/// <summary>What became of one attempt to notify.</summary>
internal enum NotificationOutcome
{
    /// <summary>It is told.</summary>
    Done,

    /// <summary>It failed; another attempt may do.</summary>
    Failed,

    /// <summary>A fault of ours, which is logged: another attempt would only repeat it.</summary>
    Refused,
}
