namespace Fail2Ban.Detection.Dates;

/// <summary>Turns wall-clock times of the local zone into moments, as mktime(3) does when it is not told whether summer time is on.</summary>
/// <remarks>
/// A wall-clock time that occurs twice in autumn is taken with the offset of the conversion before it: a log that was in
/// summer time stays there until the hour is over. One that is skipped in spring is read with the offset before the gap.
/// Thread safety: none.
/// </remarks>
internal sealed class LocalClock(TimeProvider time)
{
    private long _offset;

    /// <summary>The offset of the last conversion, in ticks; to go back to after conversions that were only tried.</summary>
    public long LastOffset
    {
        get => _offset;
        set => _offset = value;
    }

    // Offsets change at whole minutes only, lines of a log mostly follow each other within one, and so do moments of reading.
    private (long Minute, long Offset) _past = (long.MinValue, 0);
    private (long Minute, long Offset) _present = (long.MinValue, 0);

    /// <param name="utcTicks">Ticks of the current moment.</param>
    /// <returns>What the local clock shows.</returns>
    public DateTime ToLocal(long utcTicks) => new(utcTicks + OffsetAt(utcTicks, ref _present));

    /// <param name="wallTicks">Ticks of the date as the local clock showed it.</param>
    /// <returns>Ticks of the moment in UTC.</returns>
    public long ToUtc(long wallTicks)
    {
        long moment = wallTicks - _offset;
        long offset = OffsetAt(moment);
        if (offset == _offset) return moment;

        // The offset of the guess leads to the moment, or shows that the wall clock never stood there.
        long second = wallTicks - offset;
        long confirmed = OffsetAt(second);
        if (confirmed != offset)
        {
            long third = wallTicks - confirmed;
            if (OffsetAt(third) == confirmed) second = third;
            else (second, confirmed) = second > third ? (second, offset) : (third, confirmed);
        }

        _offset = confirmed;
        return second;
    }

    private long OffsetAt(long utcTicks) => OffsetAt(utcTicks, ref _past);

    private long OffsetAt(long utcTicks, ref (long Minute, long Offset) known)
    {
        long minute = utcTicks / TimeSpan.TicksPerMinute;
        if (minute == known.Minute) return known.Offset;
        long inRange = Math.Clamp(utcTicks, DateTime.MinValue.Ticks, DateTime.MaxValue.Ticks);
        known = (minute, time.LocalTimeZone.GetUtcOffset(new DateTime(inRange, DateTimeKind.Utc)).Ticks);
        return known.Offset;
    }
}
