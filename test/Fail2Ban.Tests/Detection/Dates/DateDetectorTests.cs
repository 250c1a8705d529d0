using Fail2Ban.Detection.Dates;

namespace Fail2Ban.Tests.Detection.Dates;

public sealed class DateDetectorTests
{
    [Theory]
    [InlineData("2005-01-23T21:59:59.981746+02:00 x", "2005-01-23T19:59:59")]
    [InlineData("2005-01-23 21:59:59 x", "2005-01-23T21:59:59")]
    [InlineData("Sun Jan 23 21:59:59.011 2005 x", "2005-01-23T21:59:59")]
    [InlineData("Jan 23 2005 21:59:59 x", "2005-01-23T21:59:59")]
    [InlineData("23/01/05 21:59:59 x", "2005-01-23T21:59:59")]
    [InlineData("31/Oct/2006:09:22:55 -0000 x", "2006-10-31T09:22:55")]
    [InlineData("05/20/2008:01:57:39 x", "2008-05-20T01:57:39")]
    [InlineData("01-27-2012 16:22:44.252 x", "2012-01-27T16:22:44")]
    [InlineData("1138049999 x", "2006-01-23T20:59:59")]
    [InlineData("[1138049999.123] x", "2006-01-23T20:59:59.123")]
    [InlineData("type=X msg=audit(1138049999.000:12): x", "2006-01-23T20:59:59")]
    [InlineData("[21:59:59] x", "2005-08-13T21:59:59")]
    [InlineData("<09/16/08@05:03:30> x", "2008-09-16T05:03:30")]
    [InlineData("130322 11:46:11 x", "2013-03-22T11:46:11")]
    [InlineData("Apr 14, 2005 1:05:06 PM x", "2005-04-14T13:05:06")]
    [InlineData("Apr-27-13 02:33:06 x", "2013-04-27T02:33:06")]
    [InlineData("20050123T215959 x", "2005-01-23T21:59:59")]
    [InlineData("20050123-21:59:59 x", "2005-01-23T21:59:59")]
    [InlineData("PDT Apr 16 21:05:29 x", "2005-04-17T04:05:29")]
    [InlineData("+02:00 Jan 23 21:59:59 x", "2005-01-23T19:59:59")]
    [InlineData("@4000000043d5c8d23b9aca00 x", "2006-01-24T06:27:30")]
    public void Default_templates_read_their_examples(string line, string expected)
    {
        using var detector = new DetectorUnderTest();
        Assert.Equal(expected, detector.Read(line));
    }

    [Theory]
    [InlineData("Aug 15 09:59:59 x", "2005-08-15T09:59:59")]
    [InlineData("Aug 15 10:00:01 x", "2004-08-15T10:00:01")]
    [InlineData("21:59:59 x", "2005-08-13T21:59:59")]
    [InlineData("09:59:59 x", "2005-08-14T09:59:59")]
    [InlineData("01-02-2012 16:22:44 x", "2012-02-01T16:22:44")]
    [InlineData("1999-01-01 00:00:00 x", "none")]
    [InlineData("2030-01-01 00:00:00 x", "none")]
    [InlineData("no date", "none")]
    [InlineData("", "none")]
    public void Missing_parts_are_guessed_from_the_clock(string line, string expected)
    {
        using var detector = new DetectorUnderTest();
        Assert.Equal(expected, detector.Read(line));
    }

    [Theory]
    [InlineData("[2005-01-23 21:59:59] x", "[] x")]
    [InlineData("Jan 23 21:59:59 srv x", " srv x")]
    [InlineData("[Thu Jan 23 21:59:59.1 2005] [error]", "[] [error]")]
    public void Only_the_date_is_cut(string line, string rest)
    {
        using var detector = new DetectorUnderTest();
        Assert.Equal(rest, detector.Rest(line));
    }

    [Theory]
    [InlineData("^a x(%Y-%m-%d)", "a x2005-01-23 y", "a x y")]
    [InlineData("^a x%Y-%m-%d", "a x2005-01-23 y", " y")]
    [InlineData("{^LN-BEG}%Y-%m-%d", "[[2005-01-23 y", "[[ y")]
    [InlineData("{^LN-BEG}%Y-%m-%d", "[[[2005-01-23 y", null)]
    [InlineData(@"^<\d+>\d+\s+{DATE}", "<34>1 2005-01-23T21:59:59Z srv", " srv")]
    [InlineData("x={EPOCH};", "a x=1138049999; b", "a  b")]
    [InlineData("x=({EPOCH});", "a x=1138049999; b", "a x=; b")]
    [InlineData("ISO8601", "2005-01-23T21:59:59Z", null)]
    public void What_is_cut_depends_on_the_pattern(string pattern, string line, string? rest)
    {
        using var detector = new DetectorUnderTest(pattern);
        Assert.Equal(rest, detector.Rest(line));
    }

    [Theory]
    [InlineData("%b %d", "Feb 30", "Unreadable")]
    [InlineData("%Y-%m-%d %H:%M:%S", "2005-01-01 10:00:61", "Unreadable")]
    [InlineData("%Y-%m-%d %k:%M", "2005-01-01 25:00", "Unreadable")]
    [InlineData("%Z %b %d", "XYZ Apr 16", "Failed")]
    [InlineData("%Z %b %d", "est Apr 16", "Unreadable")]
    [InlineData("%Y-%m", "2005-01", "Failed")]
    [InlineData("LEPOCH", "1138049999123", "2006-01-23T20:59:59.123")]
    [InlineData("LEPOCH", "1138049999123456", "2006-01-23T20:59:59.123456")]
    [InlineData("LEPOCH", "1138049999123.5", "2006-01-23T20:59:59.1235")]
    [InlineData("^Epoch", "1138049999", "2006-01-23T20:59:59")]
    [InlineData("{^LN-BEG}TAI64N", "@4000000043d5c8d23b9aca00", "2006-01-24T06:27:30")]
    [InlineData("%Y %j", "2004 366", "2004-12-31T00:00:00")]
    [InlineData("%Y %W %w", "2005 10 3", "2005-03-09T00:00:00")]
    [InlineData("%I:%M %p", "12:30 am", "2005-08-14T00:30:00")]
    [InlineData("%Y-%m-%d", "٢٠٠٥-01-02", "2005-01-02T00:00:00")]
    public void Texts_become_times(string pattern, string text, string expected)
    {
        using var detector = new DetectorUnderTest(pattern);
        Assert.Equal(expected, detector.Read(text));
    }

    [Fact]
    public void An_unreadable_date_is_logged_each_time()
    {
        using var detector = new DetectorUnderTest();
        detector.Detect("Feb 30 10:00:00 x");
        detector.Detect("Feb 30 10:00:00 x");
        Assert.Equal(Enumerable.Repeat("Error findFailure failed to parse timeText: Feb 30 10:00:00", 2), detector.Logged);
    }

    [Fact]
    public void An_unknown_zone_is_named_as_the_original_does()
    {
        using var detector = new DetectorUnderTest("%Z %b %d");
        Assert.Equal(DateFault.Failed, detector.Detect("XYZ Apr 16").Fault);
        Assert.Equal("KeyError('XYZ')", detector.Detector.FailureReason);
        Assert.Empty(detector.Logged);
    }

    [Fact]
    public void Without_a_date_by_wish_the_empty_text_matches()
    {
        using var detector = new DetectorUnderTest("{NONE}");
        DateMatch match = detector.Detect("fail");
        Assert.Equal(new DateMatch(true, 0, 0, null, DateFault.None, 0), match);
        Assert.True(match.IsEmpty);
    }

    [Fact]
    public void Equal_text_is_read_again_when_the_guess_may_change()
    {
        using var detector = new DetectorUnderTest();
        Assert.Equal("2005-08-13T10:00:01", detector.Read("10:00:01 x"));
        detector.Time.Now += TimeSpan.FromSeconds(1);
        Assert.Equal("2005-08-14T10:00:01", detector.Read("10:00:01 x"));
    }

    [Fact]
    public void Equal_cut_text_does_not_hide_another_time_beside_it()
    {
        using var detector = new DetectorUnderTest("^(%Y-%m-%d) at %H");
        Assert.Equal("2005-01-02T03:00:00", detector.Read("2005-01-02 at 03"));
        Assert.Equal("2005-01-02T04:00:00", detector.Read("2005-01-02 at 04"));
    }

    [Fact]
    public void The_default_zone_may_change()
    {
        using var detector = new DetectorUnderTest(new TestTime(), "CET+0100");
        Assert.Equal("2005-01-02T01:04:05", detector.Read("2005-01-02 03:04:05 x"));
        detector.Detector.DefaultZone = new ZoneOffset(-60);
        Assert.Equal("2005-01-02T04:04:05", detector.Read("2005-01-02 03:04:05 x"));
        detector.Detector.DefaultZone = null;
        Assert.Equal("2005-01-02T03:04:05", detector.Read("2005-01-02 03:04:05 x"));
    }

    [Theory]
    [InlineData("2005-07-01 12:00:00", "2005-07-01T10:00:00")]
    [InlineData("2005-01-01 12:00:00", "2005-01-01T11:00:00")]
    [InlineData("2005-03-27 02:30:00", "2005-03-27T01:30:00")]
    [InlineData("2005-10-30 02:30:00", "2005-10-30T01:30:00")]
    public void Local_times_know_summer_time(string text, string expected)
    {
        using var detector = new DetectorUnderTest(new TestTime(TimeZoneInfo.FindSystemTimeZoneById("Europe/Zurich")), null);
        Assert.Equal(expected, detector.Read(text));
    }

    [Fact]
    public void The_hour_that_occurs_twice_stays_in_the_season_before()
    {
        using var detector = new DetectorUnderTest(new TestTime(TimeZoneInfo.FindSystemTimeZoneById("Europe/Zurich")), null);
        Assert.Equal("2005-10-29T23:59:00", detector.Read("2005-10-30 01:59:00"));
        Assert.Equal("2005-10-30T00:30:00", detector.Read("2005-10-30 02:30:00"));
        Assert.Equal("2005-10-30T02:00:00", detector.Read("2005-10-30 03:00:00"));
        Assert.Equal("2005-10-30T01:30:00", detector.Read("2005-10-30 02:30:00"));
    }

    [Fact]
    public void The_log_s_template_moves_to_the_front_and_counts()
    {
        using var detector = new DetectorUnderTest();
        for (int i = 0; i < 3; i++) detector.Detect($"Jan 23 21:59:0{i} srv x");
        DateTemplateHits first = detector.Detector.Templates[0];
        Assert.Equal(@"{^LN-BEG}(?:DAY )?MON Day %k:Minute:Second(?:\.Microseconds)?(?: ExYear)?", first.Name);
        Assert.Equal(3, first.Hits);
        Assert.Equal(300, first.Weight);
        Assert.Equal(31, detector.Detector.Templates.Count);
        Assert.Equal(3, detector.Detector.Templates.Sum(template => template.Hits));
    }

    [Fact]
    public void Detecting_allocates_nothing()
    {
        using var detector = new DetectorUnderTest();
        byte[][] lines = [.. Enumerable.Range(0, 60).Select(i => System.Text.Encoding.UTF8.GetBytes($"Jan 23 21:59:{i:00} srv sshd[1]: x\n"))];
        foreach (byte[] line in lines) detector.Detector.Detect(line);
        long before = GC.GetAllocatedBytesForCurrentThread();
        foreach (byte[] line in lines) detector.Detector.Detect(line);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }
}
