using System.Text;
using CsCheck;
using Fail2Ban.Patterns;

namespace Fail2Ban.Tests.Patterns;

/// <summary>A pattern that is held to take every line is not run on lines that nothing else asks for.</summary>
public sealed class WholeLineTests
{
    private static readonly Gen<string> Piece = OneOf(
        "^", "$", ".+", ".*", ".+?", ".++", ".", ".{2,}", "(?P<content>.+)", "(?:.*)", @"\s*", @"(?:\S+\s+)?", "(x)?", "(x)?+", "x*+", "(?>x?)", "(?:a|b)*?", "[^x]*", "x", "(?=x)?",
        "(?!x)", @"\b", @"\Z", @"(?:x+y?)?", "(?s:.+)", "(?:x|)", @"(?:\n)?", "(?:^)?", "(?:(x)?y?)?");

    private static readonly Gen<string> PatternText = Gen.Select(Piece.Array[1, 6], OneOf("", "^", "(?s)", "(?m)"), (pieces, head) => head + string.Concat(pieces));

    private static readonly Gen<string> Line = OneOf("x", "y", "a", " ", "é", "xx", "\r", "\u2028", "\0").Array[1, 8].Select(string.Concat);

    [Fact]
    public void What_is_held_to_take_every_line_takes_each()
    {
        int held = 0, others = 0;
        Gen.Select(PatternText, Line.Array[1, 20]).Sample((text, lines) =>
        {
            Pattern pattern;
            try
            {
                pattern = Pattern.Compile(text);
            }
            catch (PatternException)
            {
                return true;
            }

            using Pattern made = pattern;
            Interlocked.Increment(ref pattern.Facts.TakesEveryLine ? ref held : ref others);
            return !pattern.Facts.TakesEveryLine || Array.TrueForAll(lines, line => pattern.Match(Encoding.UTF8.GetBytes(line + "\n")) == MatchOutcome.Match);
        }, iter: 3000, threads: 1, print: sample => $"{sample.Item1} on {string.Join(" ; ", sample.Item2)}");
        Assert.True(held > 100 && others > 100, $"{held} held to take every line, {others} not");
    }

    [Theory]
    [InlineData(@"^(?P<mlfid>(?:\[\])?\s*(?:<[^.]+\.[^.]+>\s+)?(?:\S+\s+)?)(?:(?:error|fatal): (?:PAM: )?)?(?P<content>.+)$", true)]
    [InlineData(@"^\s*(.+)$", true)]
    [InlineData(".*", true)]
    [InlineData(@"^(?:\S+\s+)?+(.+)$", false)] // "a " is taken and not given back
    [InlineData("^sshd: (.+)$", false)]
    [InlineData("^(.+) $", false)]
    [InlineData(@"^(.+)\Z", false)] // the line end stands between
    [InlineData("^(?!x)(.+)$", false)]
    [InlineData("", false)]
    public void Only_what_may_leave_out_everything_else_is_held_to(string text, bool expected)
    {
        using Pattern pattern = Pattern.Compile(text);
        Assert.Equal(expected, pattern.Facts.TakesEveryLine);
    }

    private static Gen<string> OneOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);
}
