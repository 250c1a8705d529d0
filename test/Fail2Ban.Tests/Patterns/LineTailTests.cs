using System.Text;
using CsCheck;
using Fail2Ban.Patterns;
using Fail2Ban.Patterns.Syntax;
using Fail2Ban.Patterns.Translation;

namespace Fail2Ban.Tests.Patterns;

public sealed class LineTailTests
{
    private static readonly string[] Pieces = ["a", "b", " ", ".", @"\s", @"\s*", @"\S", @"\S+", @"\n", @"\n?", "[^a]", "(a)", "(b)?", "(?:ab|a)", "^", @"\b", "(?=.)", "(?i:A)"];

    private static readonly string[] Tails =
        [".*$", ".+$", "(.*)$", "(.+)$", "((.+))$", "(?:.*)$", "(a.*)$", @"(\S.*)$", @"(\s.*)$", @"([^x]*.*)$", "(b?.+)$", "(?P<content>a .+)$", ".*?$", "(.+?)$", ".++$", "(?s).+$", "(?m).*$", "(?m)(.+)$", ".{2,}$", "a.*$|b"];

    private static readonly Gen<string> Text = Gen.Select(Gen.Int[0, Pieces.Length - 1].Array[0, 4], Gen.Int[0, Tails.Length - 1])
        .Select(picks => picks.Item2 is var tail && Tails[tail] is ['(', '?', 's' or 'm', ')', .. var rest]
            ? Tails[tail][..4] + string.Concat(picks.Item1.Select(pick => Pieces[pick])) + rest
            : string.Concat(picks.Item1.Select(pick => Pieces[pick])) + Tails[tail]);

    private static readonly Gen<string> Subject = Gen.Select(Gen.Int[0, 6].Array[0, 12], Gen.Int[0, 5])
        .Select(picks => string.Concat(picks.Item1.Select(pick => "ab AxB\n"[pick])) + (picks.Item2 < 4 ? "\n" : ""));

    [Fact]
    public void The_rest_of_a_line_is_what_it_is_without_knowing_of_the_line()
    {
        int lines = 0, found = 0;
        Gen.Select(Text, Subject).Sample((text, subject) =>
        {
            // With an empty group behind it nothing is known of the end, and nothing else differs.
            using Pattern known = Pattern.Compile(text), unknown = Pattern.Compile($"{text}(?:)");
            byte[] bytes = Encoding.ASCII.GetBytes(subject);
            for (int start = 0; start <= bytes.Length; start++)
            {
                MatchOutcome outcome = known.Match(bytes, start);
                if (outcome != unknown.Match(bytes, start)) return false;
                if (outcome != MatchOutcome.Match) continue;
                Interlocked.Increment(ref found);
                for (int group = 0; group <= known.GroupCount; group++)
                    if (known.Group(group) != unknown.Group(group)) return false;
            }

            if (subject.IndexOf('\n') is var end && (end < 0 || end == subject.Length - 1)) Interlocked.Increment(ref lines);
            return true;
        }, iter: 20_000);
        Assert.True(lines > 2000 && found > 20_000, $"{lines} lines, {found} found");
    }

    [Theory]
    [InlineData("^(?P<mlfid>a)(?P<content>.+)$", true)]
    [InlineData(@"^(?P<content>\S.*)$", true)]
    [InlineData("from a.*$", true)]
    [InlineData(".*$", false)]
    [InlineData(@"\s.*$", false)]
    [InlineData(@"\S?.*$", false)]
    [InlineData(".+?$", false)]
    [InlineData("(?s).+$", false)]
    [InlineData("(?s:.+)$", false)]
    [InlineData("a.+$|b", false)]
    [InlineData("a.+", false)]
    [InlineData("a.+$b", false)]
    public void It_is_known_where_a_pattern_takes_the_rest_of_a_line(string text, bool isKnown) =>
        Assert.Equal(isKnown, LineTail.Of(PatternParser.Parse(text, multiLine: false)) is not null);
}
