using Fail2Ban.RegexTool;

namespace Fail2Ban.Tests.RegexTool;

public sealed class OptionParserTests
{
    [Theory]
    [InlineData("--foo", "no such option: --foo")]
    [InlineData("-x", "no such option: -x")]
    [InlineData("-vx", "no such option: -x")]
    [InlineData("-c", "-c option requires 1 argument")]
    [InlineData("--config", "--config option requires 1 argument")]
    [InlineData("-La", "option -L: invalid integer value: 'a'")]
    [InlineData("--maxlines=a", "option --maxlines: invalid integer value: 'a'")]
    [InlineData("--raw=1", "--raw option does not take a value")]
    [InlineData("--print", "ambiguous option: --print (--print-all-ignored, --print-all-matched, --print-all-missed, --print-no-ignored, --print-no-missed?)")]
    public void Says_what_is_wrong(string arg, string expected)
    {
        OptionParser.Parse([arg], out string? error);
        Assert.Equal(expected, error);
    }

    [Fact]
    public void Options_stand_anywhere_joined_shortened_or_with_their_value()
    {
        RegexToolOptions options = OptionParser.Parse(["log", "-vv", "-orow", "regex", "--conf=/x", "-d", "%Y", "--print-all-mi", "--TZ", "UTC", "-rL", "5"], out string? error);
        Assert.Null(error);
        Assert.Equal(["log", "regex"], options.Arguments);
        Assert.Equal((2, "row", "/x", "%Y", true, "UTC", true, 5), (options.Verbosity, options.Out, options.ConfigDirectory, options.DatePattern, options.PrintAllMissed, options.TimeZone, options.Raw, options.MaxLines));
    }

    [Fact]
    public void After_two_dashes_nothing_is_an_option() => Assert.Equal(["-v", "--foo"], OptionParser.Parse(["--", "-v", "--foo"], out _).Arguments);

    [Fact]
    public void A_single_dash_is_an_argument() => Assert.Equal(["-", "x"], OptionParser.Parse(["-", "x"], out _).Arguments);
}
