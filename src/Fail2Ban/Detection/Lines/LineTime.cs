namespace Fail2Ban.Detection.Lines;

/// <summary>The time of a line, or that none is known: a nullable <see cref="DateTimeOffset"/> that travels in one register.</summary>
/// <remarks>A line has it handed on through half a dozen calls, where a large structure costs more than the work itself.</remarks>
internal readonly record struct LineTime
{
    // The first moment of the calendar stands for none: no log is of then.
    private readonly long _utcTicks;

    private LineTime(long utcTicks) => _utcTicks = utcTicks;

    /// <summary>None.</summary>
    public static LineTime Unknown => default;

    /// <summary>Whether a time is known.</summary>
    public bool IsKnown => _utcTicks != 0;

    /// <summary>The time, in UTC; null where none is known.</summary>
    public DateTimeOffset? Value => IsKnown ? new DateTimeOffset(_utcTicks, TimeSpan.Zero) : null;

    /// <summary>A known time.</summary>
    public static implicit operator LineTime(DateTimeOffset time) => new(time.UtcTicks);

    /// <summary>A time that may be unknown.</summary>
    public static implicit operator LineTime(DateTimeOffset? time) => time is { } known ? known : Unknown;
}
