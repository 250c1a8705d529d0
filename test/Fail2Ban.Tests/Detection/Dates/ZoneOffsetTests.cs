using CsCheck;
using Fail2Ban.Detection.Dates;

namespace Fail2Ban.Tests.Detection.Dates;

public sealed class ZoneOffsetTests
{
    [Theory]
    [InlineData("", 0)]
    [InlineData("UTC", 0)]
    [InlineData("Z", 0)]
    [InlineData("CET", 60)]
    [InlineData("CET+0100", 120)]
    [InlineData("+01:00", 60)]
    [InlineData("-0730", -450)]
    [InlineData("UTC-02", -120)]
    [InlineData("Y+0100", -660)]
    [InlineData("NPT", 345)]
    [InlineData("+1960", 1200)]
    public void Zones_are_minutes_from_UTC(string text, int minutes)
    {
        Assert.True(ZoneOffset.TryParse(text, out ZoneOffset zone, out string? error), error);
        Assert.Equal(minutes, zone.Minutes);
    }

    [Theory]
    [InlineData("Europe/Zurich")]
    [InlineData("utc")]
    [InlineData("XYZ")]
    [InlineData("AB")]
    [InlineData("+1")]
    [InlineData("+25")]
    [InlineData("+01:5")]
    [InlineData("+01:")]
    [InlineData(" UTC")]
    [InlineData("ABCDEF")]
    public void Other_texts_are_refused(string text)
    {
        Assert.False(ZoneOffset.TryParse(text, out _, out string? error));
        Assert.Equal($"Unknown or unsupported time zone: '{text}'", error);
    }

    [Fact]
    public void Any_text_is_answered() => Gen.String.Sample(text => ZoneOffset.TryParse(text, out _, out string? error) == error is null);
}
