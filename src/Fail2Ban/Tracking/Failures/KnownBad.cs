namespace Fail2Ban.Tracking.Failures;

/// <summary>How much more an attempt counts when the id was banned before (bantime.increment).</summary>
public static class KnownBad
{
    /// <summary>What one failure of such an id counts for: 2 after one ban, 3 after two, 5 after three, never more than needed for a ban.</summary>
    /// <param name="bans">How often it was banned before; 0 and less count 1.</param>
    /// <param name="maxRetry">The jail's maxretry.</param>
    /// <returns>As the log prints it; the extra retries are one less, see <see cref="FailureTracker.AddRetries"/>.</returns>
    public static double Weight(int bans, int maxRetry) =>
        bans <= 0 ? 1 : Math.Min((Math.Pow(2, Math.Min(bans, 20)) / 2) + 1, maxRetry);
}
