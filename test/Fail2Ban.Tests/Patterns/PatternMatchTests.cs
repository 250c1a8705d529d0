using System.Diagnostics;
using System.Text;
using CsCheck;
using Fail2Ban.Native.Pcre2;
using Fail2Ban.Patterns;

namespace Fail2Ban.Tests.Patterns;

public sealed class PatternMatchTests
{
    private static readonly string[] s_units = ["(", ")", "[", "]", "{", "}", "?", "*", "+", "\\", "|", "^", "$", ".", "a", "1", "P", "<", ">", "=", "!", ":", "i", "x", "-", ",", "é", "😀", "\ud800", "\n", " ", "#", "N", "u", "U"];

    /// <summary>Signs of the dialect, put together in any order.</summary>
    internal static Gen<string> Texts { get; } = Gen.Int[0, s_units.Length - 1].Array[0, 14].Select(picks => string.Concat(picks.Select(pick => s_units[pick])));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Runaway_search_is_given_up_and_is_no_verdict(bool isAscii)
    {
        using Pattern pattern = Pattern.Compile(@"^(?:(?:a|aa|[ab])+)+$");
        byte[] subject = Encoding.ASCII.GetBytes(new string('a', 60) + "!\n");
        TimeSpan best = TimeSpan.MaxValue; // of several: the machine may be busy with other things
        for (int run = 0; run < 5; run++)
        {
            var clock = Stopwatch.StartNew();
            Assert.Equal(MatchOutcome.LimitExceeded, pattern.Match(subject, 0, isAscii));
            if (clock.Elapsed < best) best = clock.Elapsed;
        }

        Assert.True(best < TimeSpan.FromMilliseconds(500), $"took {best}");
        Assert.Equal(MatchOutcome.Match, pattern.Match("aab\n"u8, 0, isAscii));
    }

    [Fact]
    public void Search_that_needs_more_than_the_first_budget_gets_the_second()
    {
        // Backtracks some 2^19 times, which lies between the two budgets.
        using Pattern pattern = Pattern.Compile(@"^(?:a|a)+!?$");
        var outcomes = new List<MatchOutcome>();
        for (int length = 10; length < 26; length++)
            outcomes.Add(pattern.Match(Encoding.ASCII.GetBytes(new string('a', length) + "?")));
        Assert.Equal(MatchOutcome.NoMatch, outcomes[0]);
        Assert.Equal(MatchOutcome.LimitExceeded, outcomes[^1]);
        Assert.Equal(outcomes.Order(), outcomes);
        using Pcre2Code code = Pcre2Code.Compile("^(?:a|a)+!?$"u8, Pcre2Options.None, useJit: true, out _, out _)!;
        byte[] last = Encoding.ASCII.GetBytes(new string('a', 10 + outcomes.LastIndexOf(MatchOutcome.NoMatch)) + "?");
        using var spans = new Pcre2Spans(code.GroupCount);
        Assert.Equal(Pcre2Result.MatchLimit, Pcre2Workspace.Current.Match(code, spans, last, 0, 200_000 + 20 * 1024));
    }

    [Fact]
    public void Search_beyond_the_stack_of_machine_code_still_finds()
    {
        // Each pass of a group with a capture keeps a frame; a megabyte of passes does not fit in 8 MB.
        using Pattern pattern = Pattern.Compile("^(?:(a)|b)*$");
        byte[] subject = Encoding.ASCII.GetBytes(new string('a', 100_000));
        Assert.Equal(MatchOutcome.Match, pattern.Match(subject));
        Assert.Equal((99_999, 100_000), pattern.Group(1));

        byte[] longer = Encoding.ASCII.GetBytes(new string('a', 2_000_000) + "!");
        Assert.NotEqual(MatchOutcome.Match, pattern.Match(longer));
        Assert.Equal(MatchOutcome.Match, pattern.Match("ab"u8));
    }

    [Fact]
    public void Without_machine_code_the_verdict_is_the_same()
    {
        using Pcre2Code code = Pcre2Code.Compile(@"(\d+)-(x)?"u8, Pcre2Options.None, useJit: false, out _, out _)!;
        Assert.False(code.IsJitCompiled);
        Pcre2Workspace workspace = Pcre2Workspace.Current;
        using var spans = new Pcre2Spans(code.GroupCount);
        Assert.Equal(Pcre2Result.Match, workspace.Match(code, spans, "ab 12-"u8, 0, 1000));
        Assert.Equal([(3, 6), (3, 5), (-1, -1)], Enumerable.Range(0, 3).Select(spans.Group));
        Assert.Equal(Pcre2Result.NoMatch, workspace.Match(code, spans, "ab"u8, 0, 1000));
        Assert.Equal((-1, -1), spans.Group(0));
    }

    [Fact]
    public void Bytes_that_are_no_UTF_8_are_not_searched()
    {
        using Pattern pattern = Pattern.Compile("a.");
        Assert.Equal(MatchOutcome.LimitExceeded, pattern.Match([(byte)'a', 0xf0, 0x9f]));
        Assert.Equal(MatchOutcome.Match, pattern.Match("é a!"u8));
    }

    [Fact]
    public void Spans_outlive_the_matches_of_other_patterns()
    {
        using Pattern first = Pattern.Compile("(b)(c)?"), second = Pattern.Compile("x");
        Assert.Equal((-1, -1), first.Group(0));
        Assert.Equal(MatchOutcome.Match, first.Match("abd"u8));
        Assert.Equal(MatchOutcome.Match, second.Match("x"u8));
        Assert.Equal([(1, 2), (1, 2), (-1, -1)], Enumerable.Range(0, 3).Select(first.Group));
    }

    [Fact]
    public void Search_from_within_sees_what_stands_before()
    {
        using Pattern caret = Pattern.Compile("^b"), behind = Pattern.Compile("(?<=a)b"), boundary = Pattern.Compile(@"\bb");
        Assert.Equal(MatchOutcome.NoMatch, caret.Match("ab"u8, 1));
        Assert.Equal(MatchOutcome.Match, behind.Match("ab"u8, 1));
        Assert.Equal(MatchOutcome.NoMatch, boundary.Match("ab"u8, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => caret.Match("ab"u8, 3));
    }

    [Fact]
    public void MultiLine_is_taken_from_the_caller()
    {
        using Pattern one = Pattern.Compile("^b$"), many = Pattern.Compile("^b$", multiLine: true), end = Pattern.Compile(@"^\Z", multiLine: true);
        Assert.Equal(MatchOutcome.NoMatch, one.Match("a\nb\nc\n"u8));
        Assert.Equal(MatchOutcome.Match, many.Match("a\nb\nc\n"u8));
        Assert.Equal(MatchOutcome.Match, end.Match("a\n"u8));
        Assert.False(many.Facts.AnchoredAtStart);
        Assert.True(one.Facts.AnchoredAtStart);
    }

    [Fact]
    public void Empty_pattern_and_empty_subject_match()
    {
        using Pattern pattern = Pattern.Compile("");
        Assert.Equal(MatchOutcome.Match, pattern.Match([]));
        Assert.Equal((0, 0), pattern.Group(0));
    }

    [Theory]
    [InlineData(@"^Failed \w+ for .* from (?P<h>\S+)$", "Failed ", true, 20)]
    [InlineData(@"foo(?:bar)?\d", "foo foobar", false, 4)]
    [InlineData("(?:abc|xyz)+", "abc xyz", false, 3)]
    [InlineData(@"\d+(?i:Error)", "error/", false, 6)]
    [InlineData("[Ff]ailed", "Failed failed", false, 6)]
    [InlineData(@"a?\d*", "", false, 0)]
    [InlineData(@"(?=abc)\w+", "", false, 2)]
    [InlineData("(?:abc|.*)", "", false, 0)]
    [InlineData("(?!abc)def", "def", false, 3)]
    [InlineData("(?i)ask", "ask/a", false, 3)]
    [InlineData("(?ia)ask", "ask/", false, 3)]
    [InlineData("(?i)é+abc", "abc/", false, 4)]
    [InlineData("^a|b", "a b", false, 1)]
    [InlineData("(?:^a|^b)c", "ac bc", true, 2)]
    [InlineData("(^)?a", "a", false, 1)]
    [InlineData(@"(?:a{3}|b)\s*xy", "xy", false, 3)]
    public void Facts_name_required_literals_anchor_and_length(string pattern, string literals, bool anchored, int length)
    {
        using Pattern compiled = Pattern.Compile(pattern);
        PatternFacts facts = compiled.Facts;
        string[] found = [.. facts.RequiredLiterals.Select(literal => Encoding.UTF8.GetString(literal.Text.Span) + (literal.IgnoreCase ? "/" : "") + (literal.AsciiSubjectsOnly ? "a" : ""))];
        string[] expected = literals.Length == 0 ? [] : literals.EndsWith(' ') ? [literals] : literals.Split(' ');
        Assert.Equal(expected.Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
        Assert.Equal((anchored, length), (facts.AnchoredAtStart, facts.MinimalLength));
    }

    [Fact]
    public void No_text_makes_the_parser_throw_anything_but_its_own_error()
    {
        Texts.Sample(pattern =>
        {
            try
            {
                using Pattern compiled = Pattern.Compile(pattern);
                _ = compiled.Match("a1é\n"u8);
            }
            catch (PatternException error)
            {
                Assert.InRange(error.Position, 0, pattern.Length);
            }
        }, iter: 4000, threads: 1);
    }

    [Fact]
    public void Library_is_new_enough() => Assert.True(Pcre2Library.Version >= new Version(10, 40), $"{Pcre2Library.Version}");
}
