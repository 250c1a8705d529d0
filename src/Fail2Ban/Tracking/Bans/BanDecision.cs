using Fail2Ban.Logging;

namespace Fail2Ban.Tracking.Bans;

/// <summary>What became of a ticket.</summary>
public enum BanOutcome
{
    /// <summary>It is a new ban: to be stored, logged and enforced.</summary>
    Added,

    /// <summary>The id was banned already; its end may have moved, nothing is executed.</summary>
    AlreadyBanned,

    /// <summary>The ban would have ended before now: dropped.</summary>
    Expired,
}

/// <summary>The manager's answer to one ticket.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="Ban">The ban now in force; for <see cref="BanOutcome.Expired"/> the one that would have been.</param>
/// <param name="Level">For <see cref="BanOutcome.AlreadyBanned"/>: how severe that is (DEBUG below 3 s, NOTICE below 60 s, else WARNING).</param>
/// <param name="CheckActions">For <see cref="BanOutcome.AlreadyBanned"/>: whether the actions should be checked now.</param>
/// <param name="IsExtended">For <see cref="BanOutcome.AlreadyBanned"/>: whether the ban now ends later than before.</param>
public readonly record struct BanDecision(BanOutcome Outcome, Ban Ban, LogLevel Level, bool CheckActions, bool IsExtended = false);
