using System.Text;
using Fail2Ban.RegexTool;
using Fail2Ban.Tests.Detection.Matching;

namespace Fail2Ban.Tests.RegexTool;

public sealed class TerminalTests
{
    private const string Hostile = "Aug 14 09:59:58 srv \e]0;owned\a \u009b31m x\u202ey 1.2.3.4";

    [Theory]
    [InlineData("-o", "msg")]
    [InlineData("--print-all-matched")]
    [InlineData("--print-no-missed", "-v")]
    [InlineData("-D", "--print-all-matched")]
    public void No_control_character_of_a_line_reaches_a_terminal(params string[] options)
    {
        string text = Run(colours: false, [.. options, Hostile, @"<F-USER>\S+</F-USER> <ADDR>"]);
        Assert.DoesNotContain(text, c => char.IsControl(c) && c != '\n' && c != '\t');
        Assert.DoesNotContain('\u202e', text);
    }

    [Fact]
    public void Control_characters_are_shown_by_number()
    {
        Assert.Equal("Aug 14 09:59:58 srv \\x1b]0;owned\\x07 \\x9b31m x\\u202ey 1.2.3.4\n", Run(colours: true, "-o", "msg", Hostile, "<ADDR>"));
    }

    [Fact]
    public void What_is_no_terminal_gets_the_bytes_of_the_log() =>
        Assert.Equal(Hostile + "\n", Run(colours: true, terminal: false, "-o", "msg", Hostile, "<ADDR>"));

    [Fact]
    public void Colours_are_around_headings_and_counts_only()
    {
        string text = Run(colours: true, Hostile, "<ADDR>");
        Assert.Contains("\e[1mResults\n=======\e[0m\n", text, StringComparison.Ordinal);
        Assert.Contains("0 ignored, \e[32m1 matched\e[0m, \e[31m0 missed\e[0m\n", text, StringComparison.Ordinal);
        string plain = text.Replace("\e[1m", "", StringComparison.Ordinal).Replace("\e[32m", "", StringComparison.Ordinal)
            .Replace("\e[31m", "", StringComparison.Ordinal).Replace("\e[0m", "", StringComparison.Ordinal);
        Assert.Equal(Run(colours: false, Hostile, "<ADDR>"), plain);
    }

    [Fact]
    public void Progress_tells_share_rate_and_time_left_and_goes()
    {
        var clock = new TestClock();
        var error = new StringWriter();
        var progress = new ReadingProgress(error, 40_000_000, clock);
        progress.Add(5_000_000);
        Assert.Equal("", error.ToString());
        clock.Advance(TimeSpan.FromSeconds(1));
        progress.Add(5_000_000);
        Assert.Equal("\r 25 %  10.0 MB/s  00:00:03 left \e[K", error.ToString());
        progress.End();
        Assert.EndsWith("\r\e[K", error.ToString(), StringComparison.Ordinal);
    }

    private static string Run(bool colours, params string[] arguments) => Run(colours, terminal: true, arguments);

    private static string Run(bool colours, bool terminal, params string[] arguments)
    {
        using var output = new MemoryStream();
        var host = new RegexToolHost(Stream.Null, output, Stream.Null, new TestClock(), _ => []) { OutIsTerminal = terminal, UseColours = colours };
        Assert.Equal(0, Fail2Ban.RegexTool.RegexTool.Run(arguments, host));
        return Encoding.UTF8.GetString(output.ToArray());
    }
}
