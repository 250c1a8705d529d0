using Fail2Ban.Addresses;

namespace Fail2Ban.Tracking.Bans;

/// <summary>From when and for how long an id is banned.</summary>
/// <param name="Id">Who.</param>
/// <param name="Begin">When the ban began.</param>
/// <param name="Time">How long it lasts.</param>
public readonly record struct BanSpan(FailureId Id, DateTimeOffset Begin, BanTime Time)
{
    /// <summary>When it ends by time.</summary>
    public DateTimeOffset End => Time.EndOf(Begin);
}
