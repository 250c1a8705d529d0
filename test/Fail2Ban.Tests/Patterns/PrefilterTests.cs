using System.Text;
using CsCheck;
using Fail2Ban.Patterns;
using Fail2Ban.Patterns.Prefilter;

namespace Fail2Ban.Tests.Patterns;

/// <summary>A prefilter may let too much pass, never too little.</summary>
public sealed class PrefilterTests
{
    // Pieces of patterns, with texts that they take among others; joined, repeated and made optional at random.
    private static readonly Gen<string> Piece = OneOf(
        "Failed", "for", " user ", "[aA]uth", "x", "k", "s", "é", @"\d+", @"\S+", ".*", ".", "(?i:fail)", "(?i)", "(?:invalid|illegal) ", "(?P<a>root)?",
        "(?=F)", "^", "$", @"\n", @"\b", "(?:)", "(?!x)", "a{2}", "(?:ab){0,2}", "[^x]", @"(?<=\])", "(?a:(?i:k))", "(?i:s)t", "(x)?(?(1)y|z)", "from|by");

    private static readonly Gen<string> PatternText = Gen.Select(Piece.Array[1, 6], OneOf("", "^", "(?i)"), (pieces, head) => head + string.Concat(pieces.Where(piece => piece != "(?i)")));

    private static readonly Gen<string> Subject = OneOf(
        "Failed", "FAILED", "for", " user ", "auth", "Auth", "x", "k", "K", "\u212A", "s", "\u017F", "st", "é", "12", "root", "invalid ", "illegal ",
        "aa", "abab", "y", "z", "from", "by", "]", " ", "\n", "").Array[0, 8].Select(string.Concat);

    [Fact]
    public void A_pattern_that_matches_is_selected_and_its_line_passes()
    {
        (int matched, int notSelected, int excluded) = (0, 0, 0);
        Gen.Select(PatternText.Array[1, 20], Subject.Array[1, 12]).Sample((texts, subjects) =>
        {
            Pattern[] patterns = [.. texts.Select(Compile).OfType<Pattern>()];
            var selector = new PatternSelector(patterns);
            foreach (string text in subjects)
            {
                byte[] subject = Encoding.UTF8.GetBytes(text + "\n");
                bool isAscii = Ascii.IsValid(subject);
                var selected = new HashSet<int>();
                for (int i = selector.Next(subject, isAscii, 0); i >= 0; i = selector.Next(subject, isAscii, i + 1)) selected.Add(i);
                for (int i = 0; i < patterns.Length; i++)
                {
                    bool matches = patterns[i].Match(subject) != MatchOutcome.NoMatch;
                    Interlocked.Add(ref matched, matches ? 1 : 0);
                    Interlocked.Add(ref notSelected, selected.Contains(i) ? 0 : 1);
                    if (matches && !selected.Contains(i)) return false;
                    if (LiteralGate.Of([patterns[i]]) is not { } gate || !gate.Excludes(subject)) continue;
                    Interlocked.Increment(ref excluded);
                    if (matches) return false;

                    // Nor does it match a part of the line with a line end behind, as a prefregex cuts one out.
                    byte[] part = [.. subject.AsSpan(0, subject.Length / 2), (byte)'\n'];
                    if (Ascii.IsValid(subject) && patterns[i].Match(part) != MatchOutcome.NoMatch) return false;
                }

                bool any = patterns.Any(pattern => pattern.Match(subject) != MatchOutcome.NoMatch);
                if (any && LiteralGate.Of(patterns)?.Excludes(subject) == true) return false;
            }

            foreach (Pattern pattern in patterns) pattern.Dispose();
            return true;
        }, iter: 40, threads: 1, print: sample => $"{string.Join(" ; ", sample.Item1)} on {string.Join(" ; ", sample.Item2)}");
        Assert.True(matched > 100 && notSelected > 100 && excluded > 100, $"{matched} matched, {notSelected} not selected, {excluded} excluded");
    }

    [Theory]
    [InlineData("^Failed (?:a|b)", "Failed a|Failed b")]
    [InlineData("^[iI]nvalid", "Invalid|invalid")]
    [InlineData("(?:from|by) x", "by x|from x")]
    [InlineData("a?b", "ab|b")]
    [InlineData("a*b", "")]
    [InlineData(@"pam_\w+", "pam_")]
    [InlineData("(?i)ab", "ab")]
    [InlineData("a|", "")]
    public void Heads_are_what_a_match_begins_with(string text, string expected)
    {
        using Pattern pattern = Pattern.Compile(text);
        Assert.Equal(expected, string.Join('|', pattern.Facts.Heads.Select(head => Encoding.UTF8.GetString(head.Text.Span)).Order(StringComparer.Ordinal)));
    }

    private static Gen<string> OneOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);

    private static Pattern? Compile(string text)
    {
        try
        {
            return Pattern.Compile(text);
        }
        catch (PatternException)
        {
            return null;
        }
    }

    // A line that is left out is an attack that nobody sees.
    [Theory]
    [InlineData("ANMELDUNG für x von 192.0.2.1", "^(?i:anmeldung) für \\S+ von")]
    [InlineData("di\u017Fk 192.0.2.1", "(?ai)disk \\S+", "(?i)disk \\S+")]
    [InlineData("bac\u212Aup 192.0.2.1", "(?i:b)ac\\S+x", "(?i)backup \\S+")]
    public void What_one_of_several_patterns_matches_is_not_excluded(string line, params string[] texts)
    {
        Pattern[] patterns = [.. texts.Select(text => Pattern.Compile(text))];
        byte[] subject = Encoding.UTF8.GetBytes(line + "\n");
        Assert.Contains(patterns, pattern => pattern.Match(subject) == MatchOutcome.Match);
        LiteralGate? gate = LiteralGate.Of(patterns);
        Assert.False(gate?.Excludes(subject) == true);
        Assert.True(gate is null || gate.NextCandidate(subject, 0) < subject.Length);
    }
}
