using Fail2Ban.Detection.Dates;

namespace Fail2Ban.Tests.Detection.Dates;

public sealed class DatePatternsTests
{
    private static readonly DefaultTemplates Defaults = DefaultTemplates.For(2026);

    [Theory]
    [InlineData("%Y", @"(?=^|\b|\W)((?P<Y>\d{4}))(?=\b|\W|$)")]
    [InlineData("^%Y", @"^((?P<Y>\d{4}))(?=\b|\W|$)")]
    [InlineData("%Y$", @"(?=^|\b|\W)((?P<Y>\d{4}))$")]
    [InlineData("{UNB}%Y", @"((?P<Y>\d{4}))")]
    [InlineData("**%Y**", @"((?P<Y>\d{4}))")]
    [InlineData(@"^[^\[]*\[(%Y)", @"^[^\[]*\[((?P<Y>\d{4}))(?=\b|\W|$)")]
    [InlineData("{^LN-BEG}%Y", @"^(?:\W{0,2})?((?P<Y>\d{4}))(?=\b|\W|$)")]
    [InlineData("{^LN-BEG}^%Y", @"^((?P<Y>\d{4}))(?=\b|\W|$)")]
    [InlineData("(^%Y)", @"(^(?P<Y>\d{4}))(?=\b|\W|$)")]
    [InlineData("(?:^%Y)", @"((?:^(?P<Y>\d{4})))(?=\b|\W|$)")]
    [InlineData(@"%Y\b", @"(?=^|\b|\W)((?P<Y>\d{4})\b)")]
    [InlineData(@"%Y\s", @"(?=^|\b|\W)((?P<Y>\d{4})\s)")]
    [InlineData("(?i)%Y", @"(?i)(?=^|\b|\W)((?P<Y>\d{4}))(?=\b|\W|$)")]
    [InlineData("^(?i)%Y", @"(?i)^((?P<Y>\d{4}))(?=\b|\W|$)")]
    [InlineData("%p", @"(?iu)(?=^|\b|\W)((?P<p>am|pm))(?=\b|\W|$)")]
    [InlineData("%%b", @"(?=^|\b|\W)(%b)(?=\b|\W|$)")]
    [InlineData("%ExY", @"(?=^|\b|\W)((?P<Y>20[012]\d))(?=\b|\W|$)")]
    [InlineData("{NONE}", "^()")]
    [InlineData("(%Y**)", @"(?=^|\b|\W)((?P<Y>\d{4}))")]
    [InlineData("(?P<x>a)%Y", @"(?=^|\b|\W)((?P<x>a)(?P<Y>\d{4}))(?=\b|\W|$)")]
    public void A_pattern_becomes_a_regex_with_boundaries(string pattern, string regex) =>
        Assert.Equal(regex, Assert.Single(DatePatterns.Read([pattern], Defaults)).Expression.Regex);

    [Theory]
    [InlineData(2026, "20[012]")]
    [InlineData(2027, "20[0123]")]
    [InlineData(2005, "200")]
    [InlineData(2098, "(?:20[0123456789]|210)")]
    public void Years_are_those_of_near_decades(int year, string expected) => Assert.Equal(expected, DateTokens.NearYears(year));

    [Theory]
    [InlineData("%Y-%m-%d %H:%M:%S", "Year-Month-Day 24hour:Minute:Second")]
    [InlineData("{^LN-BEG}%b %d %k:%M:%S(?:\\.%f)?", "{^LN-BEG}MON Day %k:Minute:Second(?:\\.Microseconds)?")]
    [InlineData("{UNB}%Y", "Year")]
    [InlineData("%%Y%Y", "%YYear")]
    [InlineData("epoch", "Epoch")]
    [InlineData("^EPOCH", "{^LN-BEG}Epoch")]
    [InlineData("LEPOCH", "LongEpoch")]
    [InlineData("tai64n", "TAI64N")]
    [InlineData("x{Epoch}", "x{EPOCH}")]
    public void A_template_is_called_as_its_tokens_read(string pattern, string name) =>
        Assert.Equal(name, Assert.Single(DatePatterns.Read([pattern], Defaults)).Name);

    [Fact]
    public void There_are_31_default_templates()
    {
        IReadOnlyList<TemplateDefinition> all = DatePatterns.Read(null, Defaults);
        Assert.Equal(31, all.Count);
        Assert.All(all.Take(14), template => Assert.StartsWith("{^LN-BEG}", template.Name, StringComparison.Ordinal));
        Assert.All(all.Take(14), template => Assert.Equal(100, template.BaseWeight));
        Assert.Equal("{^LN-BEG}24hour:Minute:Second", all[22].Name);
        Assert.Same(all, DatePatterns.Read([], Defaults));
        Assert.Same(all, DatePatterns.Read(["{DEFAULT}"], Defaults));
    }

    [Theory]
    [InlineData("{^LN-BEG}", 17)]
    [InlineData("{^ln-beg}", 17)]
    [InlineData("{DATE}", 17)]
    [InlineData("{date}", 17)]
    [InlineData("%b{date}", 1)]
    [InlineData("^\\[{DATE}\\]", 17)]
    [InlineData("{DEFAULT}", 31)]
    public void Some_patterns_stand_for_several_templates(string pattern, int count) =>
        Assert.Equal(count, DatePatterns.Read([pattern], Defaults).Count);

    [Theory]
    [InlineData("%Q", "Failed to set datepattern '%Q' (may be an invalid format or unescaped percent char): unsupported format character 'Q' (0x51) at index 1")]
    [InlineData("x%", "Failed to set datepattern 'x%' (may be an invalid format or unescaped percent char): incomplete format")]
    [InlineData("%ExQ", "Failed to set datepattern '%ExQ' (may be an invalid format or unescaped percent char): unsupported format character 'E' (0x45) at index 1")]
    public void A_percent_sign_without_a_token_is_refused(string pattern, string message) =>
        Assert.Equal(message, Assert.Throws<DatePatternException>(() => DatePatterns.Read([pattern], Defaults)).Message);

    [Fact]
    public void Two_patterns_with_one_name_are_refused() => Assert.Equal(
        "There is already a template with name Year",
        Assert.Throws<DatePatternException>(() => DatePatterns.Read(["%Y", "{UNB}%Y"], Defaults)).Message);

    [Fact]
    public void A_pattern_that_is_no_regex_is_refused_where_it_is_set()
    {
        DatePatternException problem = Assert.Throws<DatePatternException>(() => new DetectorUnderTest("(%Y"));
        Assert.StartsWith("Failed to set datepattern '(%Y' (may be an invalid format or unescaped percent char): ", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "Default Detectors")]
    [InlineData("{^LN-BEG}", "Default Detectors")]
    [InlineData("Epoch", "Epoch")]
    [InlineData("^Epoch", "{^LN-BEG}Epoch")]
    [InlineData("{NONE}", "{UNB}^ (^)")]
    [InlineData("%Y", "%Y (Year)")]
    [InlineData(" %Y \n\n %m", "%Y (Year)")]
    [InlineData("%Y\n%m\n%d", "Default Detectors")]
    public void A_detector_describes_its_pattern(string? option, string expected)
    {
        using var detector = new DetectorUnderTest([.. DateDetector.SplitPatterns(option)]);
        Assert.Equal(expected, detector.Detector.Description);
    }

    [Fact]
    public void A_datepattern_is_split_at_line_ends() =>
        Assert.Equal(["%Y", "%m %d"], DateDetector.SplitPatterns("\n  %Y \n\n%m %d\n"));
}
