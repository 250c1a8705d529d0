namespace Fail2Ban.Tracking.Bans;

/// <summary>Which stored bans come back at start, and with which time.</summary>
public static class BanRestore
{
    /// <summary>Corrects a stored ban to what the configuration says now.</summary>
    /// <param name="begin">When the ban began.</param>
    /// <param name="stored">Its stored time; −2 is an unknown one of an old database.</param>
    /// <param name="jail">The jail's ban time now.</param>
    /// <param name="increment">The jail's increments.</param>
    /// <param name="now">The present.</param>
    /// <returns>The time to restore it with, or null where it is over.</returns>
    public static BanTime? Correct(DateTimeOffset begin, BanTime stored, BanTime jail, BanTimeIncrement increment, DateTimeOffset now) =>
        throw new NotImplementedException();
}
