namespace Fail2Ban.Tracking.Bans;

/// <summary>How long a ban lasts: seconds, or for ever.</summary>
/// <param name="Seconds">
/// 0 or more; −1 is permanent. Fractions come from increments and stay (the database keeps them as REAL). Any other
/// negative value is a ban that has already ended, as in the original.
/// </param>
public readonly record struct BanTime(double Seconds)
{
    /// <summary>A ban without end.</summary>
    public static BanTime Permanent { get; } = new(-1);

    /// <summary>Whether the ban never ends by time.</summary>
    public bool IsPermanent => Seconds == -1;

    /// <summary>When a ban that began then ends; <see cref="DateTimeOffset.MaxValue"/> for a permanent one or beyond the year 9999.</summary>
    public DateTimeOffset EndOf(DateTimeOffset begin)
    {
        if (IsPermanent || Seconds >= (DateTimeOffset.MaxValue - begin).TotalSeconds) return DateTimeOffset.MaxValue;
        return Seconds <= (DateTimeOffset.MinValue - begin).TotalSeconds ? DateTimeOffset.MinValue : begin.AddSeconds(Seconds);
    }
}
