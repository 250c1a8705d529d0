using Fail2Ban.Tracking.Failures;

namespace Fail2Ban.Tracking.Bans;

/// <summary>A ban in force: what tracking hands to enforcement and to the store.</summary>
/// <param name="Ticket">Who and why; the ban begins at the ticket's time.</param>
/// <param name="Time">How long.</param>
/// <param name="Count">How often this id was banned, this ban included; 1 for the first.</param>
/// <param name="Restored">Whether it was in force before the server started.</param>
public sealed record Ban(Ticket Ticket, BanTime Time, int Count, bool Restored)
{
    /// <summary>When the ban ends by time.</summary>
    public DateTimeOffset End => Time.EndOf(Ticket.Time);
}
