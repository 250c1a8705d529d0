using Fail2Ban.Detection.Dates;

namespace Fail2Ban.Tests.Detection.Dates;

/// <summary>Within an hour that is plain, a date is the hour's begin and the minutes and seconds of the line.</summary>
public sealed class DateReaderTests
{
    // Summer time from the last Sunday of March, 01:00 UTC, to that of October, as in Berlin.
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.CreateCustomTimeZone("B", TimeSpan.FromHours(1), "B", "B", "B",
    [
        TimeZoneInfo.AdjustmentRule.CreateAdjustmentRule(DateTime.MinValue.Date, DateTime.MaxValue.Date, TimeSpan.FromHours(1),
            TimeZoneInfo.TransitionTime.CreateFloatingDateRule(new DateTime(1, 1, 1, 2, 0, 0), 3, 5, DayOfWeek.Sunday),
            TimeZoneInfo.TransitionTime.CreateFloatingDateRule(new DateTime(1, 1, 1, 3, 0, 0), 10, 5, DayOfWeek.Sunday)),
    ]);

    // A zone whose clocks change in the middle of an hour.
    private static readonly TimeZoneInfo HalfPast = TimeZoneInfo.CreateCustomTimeZone("H", TimeSpan.FromHours(10.5), "H", "H", "H",
    [
        TimeZoneInfo.AdjustmentRule.CreateAdjustmentRule(DateTime.MinValue.Date, DateTime.MaxValue.Date, TimeSpan.FromMinutes(30),
            TimeZoneInfo.TransitionTime.CreateFloatingDateRule(new DateTime(1, 1, 1, 2, 30, 0), 10, 1, DayOfWeek.Sunday),
            TimeZoneInfo.TransitionTime.CreateFloatingDateRule(new DateTime(1, 1, 1, 2, 30, 0), 4, 1, DayOfWeek.Sunday)),
    ]);

    public static TheoryData<string, int, int, int> Hours => new()
    {
        { "Berlin", 8, 14, 9 },
        { "Berlin", 3, 27, 1 },
        { "Berlin", 3, 27, 2 }, // is left out
        { "Berlin", 3, 27, 3 },
        { "Berlin", 10, 30, 2 }, // comes twice
        { "HalfPast", 8, 14, 9 },
        { "HalfPast", 4, 3, 2 }, // its first half comes twice
        { "HalfPast", 10, 2, 2 }, // its second half is left out
    };

    [Theory]
    [MemberData(nameof(Hours))]
    public void Plain_hour_gives_what_reading_each_second_gives(string zone, int month, int day, int hour)
    {
        TimeZoneInfo local = zone == "Berlin" ? Berlin : HalfPast;
        var present = new DateTimeOffset(2005, 12, 1, 0, 0, 0, TimeSpan.Zero);
        var fields = new DateFields { Year = 2005, Month = month, Day = day, Hour = hour, Minute = 10, Second = 7 };
        var reader = new DateReader(new TestTime(local));
        DateTimeOffset time = reader.Resolve(fields, present, null).Time;
        if (reader.TryHour(fields, time, present, null, out DateTimeOffset begin)) AssertEachSecond(reader, fields, present, begin);
        else Assert.NotEqual(8, month);
    }

    [Fact]
    public void Hour_in_which_the_year_of_a_date_without_one_changes_is_not_plain()
    {
        // More than a day ahead means last year: at half past, here.
        var present = new DateTimeOffset(2005, 8, 14, 9, 30, 0, TimeSpan.Zero);
        var reader = new DateReader(new TestTime());
        Assert.False(IsPlain(reader, present, day: 15, out _));
        Assert.True(IsPlain(reader, present, day: 14, out DateTimeOffset begin));
        AssertEachSecond(reader, Fields(14), present, begin);
        Assert.True(IsPlain(reader, present, day: 17, out begin));
        Assert.Equal(2004, begin.Year);
        AssertEachSecond(reader, Fields(17), present, begin);
    }

    [Fact]
    public void Hour_in_which_a_time_without_a_day_becomes_yesterdays_is_not_plain()
    {
        var reader = new DateReader(new TestTime());
        var present = new DateTimeOffset(2005, 8, 14, 9, 30, 0, TimeSpan.Zero);
        var fields = new DateFields { Hour = 9, Minute = 1, Second = 2 };
        DateTimeOffset time = reader.Resolve(fields, present, null).Time;
        Assert.False(reader.TryHour(fields, time, present, null, out _));
    }

    [Fact]
    public void Trying_changes_nothing_for_later_dates()
    {
        // 02:10 of the night in which it comes twice: the offset of the conversion before decides.
        var reader = new DateReader(new TestTime(Berlin));
        var present = new DateTimeOffset(2005, 12, 1, 0, 0, 0, TimeSpan.Zero);
        var summer = new DateFields { Year = 2005, Month = 10, Day = 30, Hour = 1, Minute = 0, Second = 0 };
        DateTimeOffset before = reader.Resolve(summer, present, null).Time;
        var winter = new DateFields { Year = 2005, Month = 12, Day = 1, Hour = 1, Minute = 0, Second = 0 };
        var twice = summer;
        twice.Hour = 2;
        twice.Minute = 10;
        DateTimeOffset first = reader.Resolve(twice, present, null).Time;
        _ = reader.TryHour(winter, before, present, null, out _);
        Assert.Equal(first, reader.Resolve(twice, present, null).Time);
    }

    private static DateFields Fields(int day) => new() { Month = 8, Day = day, Hour = 9, Minute = 10, Second = 7 };

    private static bool IsPlain(DateReader reader, DateTimeOffset present, int day, out DateTimeOffset begin) =>
        reader.TryHour(Fields(day), reader.Resolve(Fields(day), present, null).Time, present, null, out begin);

    private static void AssertEachSecond(DateReader reader, DateFields fields, DateTimeOffset present, DateTimeOffset begin)
    {
        for (int second = 0; second < 3600; second++)
        {
            (fields.Minute, fields.Second) = (second / 60, second % 60);
            Assert.Equal(begin.AddSeconds(second), reader.Resolve(fields, present, null).Time);
        }
    }
}
