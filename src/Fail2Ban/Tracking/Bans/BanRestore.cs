using Fail2Ban.Tracking.Failures;

namespace Fail2Ban.Tracking.Bans;

/// <summary>Which stored bans come back at start, and with which time.</summary>
public static class BanRestore
{
    /// <summary>The mark of a time that an old database did not keep.</summary>
    private const double Unknown = -2;

    /// <summary>Corrects a stored ban to what the configuration says now.</summary>
    /// <param name="begin">When the ban began.</param>
    /// <param name="stored">Its stored time; −2 is an unknown one of an old database.</param>
    /// <param name="jail">The jail's ban time now.</param>
    /// <param name="increment">The jail's increments.</param>
    /// <param name="now">The present.</param>
    /// <returns>The time to restore it with, or null where it is over.</returns>
    public static BanTime? Correct(DateTimeOffset begin, BanTime stored, BanTime jail, BanTimeIncrement increment, DateTimeOffset now)
    {
        // Any time below −1 counts as active for the query; −2 alone has a meaning.
        if (stored.Seconds > -1 && stored.EndOf(begin) <= now) return null;
        if (!increment.Enabled && !jail.IsPermanent && jail.EndOf(begin) <= now) return null;

        BanTime corrected = stored.Seconds == Unknown ? jail : stored;
        BanTime? most = increment.Enabled ? increment.MaxTime : jail;
        if (most is { IsPermanent: false } limit && (corrected.IsPermanent || corrected.Seconds > limit.Seconds)) corrected = limit;
        return !corrected.IsPermanent && corrected.EndOf(begin) < now ? null : corrected;
    }

    /// <summary>Keeps the last lines of a stored ticket.</summary>
    /// <param name="ticket">As stored.</param>
    /// <param name="maxMatches">The jail's maxmatches; 0 keeps none.</param>
    public static Ticket Trim(Ticket ticket, int maxMatches) =>
        ticket.Matches.Length <= maxMatches ? ticket : ticket with { Matches = ticket.Matches[^maxMatches..] };
}
