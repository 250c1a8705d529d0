namespace Fail2Ban.Detection.Dates;

/// <summary>Reads the moment that the last match of a template names.</summary>
/// <remarks>Thread safety: none.</remarks>
internal sealed class DateReader(TimeProvider time)
{
    private readonly LocalClock _clock = new(time);

    /// <param name="line">The line that was searched.</param>
    /// <param name="slot">The template that matched.</param>
    /// <param name="present">The current time.</param>
    /// <param name="defaultZone">The zone of dates that name none; null: the local one.</param>
    /// <param name="fields">The parts of the date, where the template has such.</param>
    public DateReading Read(ReadOnlySpan<byte> line, TemplateSlot slot, DateTimeOffset present, ZoneOffset? defaultZone, out DateFields fields)
    {
        fields = new DateFields();
        switch (slot.Definition.Kind)
        {
            case TemplateKind.Tai64N:
                return EpochText.ReadTai64N(Group(line, slot, 1));
            case TemplateKind.Epoch or TemplateKind.LongEpoch:
                return EpochText.Read(Group(line, slot, slot.NumberGroup), slot.Definition.Kind == TemplateKind.LongEpoch);
        }

        DateReading problem = fields.Read(line, slot);
        return problem.Fault == DateFault.None ? Resolve(fields, present, fields.Zone ?? defaultZone) : problem;
    }

    private static ReadOnlySpan<byte> Group(ReadOnlySpan<byte> line, TemplateSlot slot, int number)
    {
        (int start, int end) = slot.Group(number);
        return start < 0 ? [] : line[start..end];
    }

    /// <summary>Puts the parts of a date together.</summary>
    /// <param name="fields">The parts.</param>
    /// <param name="present">The current time; it completes dates without a year or a day.</param>
    /// <param name="zone">The zone that the date is in; null: the local one.</param>
    public DateReading Resolve(in DateFields fields, DateTimeOffset present, ZoneOffset? zone)
    {
        bool isComplete = fields is { Year: >= 0, Month: >= 0, Day: >= 0 };
        DateTime now = isComplete ? default : _clock.ToLocal(present.UtcTicks);
        int year = fields.Year < 0 ? now.Year : fields.Year;
        if (year is < 1 or > 9999) return DateReading.Unreadable;

        int dayOfYear = fields is { Month: >= 0, Day: >= 0 } ? NoDay : fields.DayOfYear >= 0 ? fields.DayOfYear : DayOfYear(fields, year);
        bool isToday = dayOfYear == NoDay && fields is { Month: < 0, Day: < 0 };
        if (dayOfYear == NoDay && !isToday && (fields.Month < 0 || fields.Day < 0))
            return DateReading.Failed("TypeError(\"'NoneType' object cannot be interpreted as an integer\")");

        int month = isToday ? now.Month : fields.Month;
        int day = isToday ? now.Day : fields.Day;
        if (dayOfYear != NoDay && !TryDate(year, dayOfYear, out year, out month, out day)) return DateReading.Unreadable;
        if (fields.Hour > 23 || fields.Minute > 59 || fields.Second > 59) return DateReading.Unreadable;
        if (!TryDay(year, month, day, out long ticks)) return DateReading.Unreadable;
        ticks += fields.Hour * TimeSpan.TicksPerHour + fields.Minute * TimeSpan.TicksPerMinute + fields.Second * TimeSpan.TicksPerSecond;
        ticks -= (zone?.Minutes ?? 0) * TimeSpan.TicksPerMinute;

        // As in the original: what is missing comes from the local clock, and the result is compared with it, also where
        // the text has a zone and the result is in UTC by now. The year before keeps the text's day and the result's time.
        if (fields.Year < 0 && ticks > now.Ticks + TimeSpan.TicksPerDay)
        {
            long timeOfDay = ticks % TimeSpan.TicksPerDay;
            if (!TryDay(year - 1, month, day, out ticks)) return DateReading.Unreadable;
            ticks += timeOfDay;
        }

        if (isToday && ticks > now.Ticks) ticks -= TimeSpan.TicksPerDay;
        if (zone is null) ticks = _clock.ToUtc(ticks);
        return ticks < 0 || ticks > DateTime.MaxValue.Ticks ? DateReading.Unreadable : new DateReading(new DateTimeOffset(ticks, TimeSpan.Zero));
    }

    /// <summary>Whether within the hour of a date a second is a second: no change of the clocks, no other day or year by the present time.</summary>
    /// <param name="fields">The parts of the date.</param>
    /// <param name="time">What they were resolved to just now.</param>
    /// <param name="present">The current time as it was then.</param>
    /// <param name="zone">The zone as it was then.</param>
    /// <param name="begin">When the hour began.</param>
    public bool TryHour(DateFields fields, DateTimeOffset time, DateTimeOffset present, ZoneOffset? zone, out DateTimeOffset begin)
    {
        long offset = _clock.LastOffset;
        begin = time.AddTicks(-(fields.Minute * TimeSpan.TicksPerMinute + fields.Second * TimeSpan.TicksPerSecond));
        (fields.Minute, fields.Second) = (0, 0);
        DateReading first = Resolve(fields, present, zone);
        _clock.LastOffset = offset;
        (fields.Minute, fields.Second) = (59, 59);
        DateReading last = Resolve(fields, present, zone);
        _clock.LastOffset = offset;
        return first.Fault == DateFault.None && last.Fault == DateFault.None && first.Time == begin && last.Time - begin == TimeSpan.FromSeconds(3599);
    }

    private const int NoDay = int.MinValue;

    // From a week number and a weekday, as strptime of Python does it; day 1 is January 1, others may be in another year.
    private static int DayOfYear(in DateFields fields, int year)
    {
        if (fields.Week < 0 || fields.Weekday < 0) return NoDay;

        // Days since the begin of the week: of January 1, and of the day that is asked for.
        int first = ((int)new DateTime(year, 1, 1).DayOfWeek + (fields.WeekBeginsOnMonday ? 6 : 0)) % 7;
        int asked = fields.WeekBeginsOnMonday ? fields.Weekday : (fields.Weekday + 1) % 7;
        return fields.Week == 0 ? 1 + asked - first : 1 + (7 - first) % 7 + 7 * (fields.Week - 1) + asked;
    }

    private static bool TryDate(int inYear, int dayOfYear, out int year, out int month, out int day)
    {
        long ticks = new DateTime(inYear, 1, 1).Ticks + (dayOfYear - 1) * TimeSpan.TicksPerDay;
        bool fits = ticks >= 0 && ticks <= DateTime.MaxValue.Ticks;
        var date = new DateTime(fits ? ticks : 0);
        (year, month, day) = (date.Year, date.Month, date.Day);
        return fits;
    }

    private static bool TryDay(int year, int month, int day, out long ticks)
    {
        bool exists = year is >= 1 and <= 9999 && month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year, month);
        ticks = exists ? new DateTime(year, month, day).Ticks : 0;
        return exists;
    }
}
