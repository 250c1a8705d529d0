using System.Text;
using CsCheck;
using Fail2Ban.Patterns;

namespace Fail2Ban.Tests.Patterns;

/// <summary>Which digits a pattern tells apart, and that it does not care about the others.</summary>
public sealed class DigitClassesTests
{
    private static readonly Gen<string> Piece = OneOf(
        "a", "b", "1", "3", "42", @"\d", @"\d+", @"\w", @"\S+", @"\D", @"\W", @"\s", ".", ".*", "[0-9]", "[^0-9]", "[1-4]+", "[^2]", "[a-z7]", "(?:1|2)", @"\b", @"\x35", "(?!3)", "(?=[0-4])",
        @"(?<=\d)", "(?i:B9)", "(?>6*)", "(8)?(?(1)a|b)", "5{2}", "[+-:]");

    private static readonly Gen<string> PatternText = Gen.Select(Piece.Array[1, 5], OneOf("", "^"), (pieces, head) => head + string.Concat(pieces));

    [Theory]
    [InlineData(@"^\d+ \w+ \S [^\W_] . [\d.] [^ ]\b$", "0000000000")]
    [InlineData("a3b", "0003000000")]
    [InlineData("[1-4]", "0111100000")]
    [InlineData("[^1-4]", "0111100000")]
    [InlineData("1|2", "0120000000")]
    [InlineData("[0-4][3-9]", "0003355555")]
    [InlineData(@"\x37(?:\D|[\d])", "0000000700")]
    [InlineData("(?i:(?=9)(?<!8)(a)?(?(1)7|[^6]))", "0000006789")]
    [InlineData("(?P<x>0)?(?>[+-:])", "0111111111")]
    public void Digits_are_alike_that_no_set_tells_apart(string pattern, string expected)
    {
        using Pattern compiled = Pattern.Compile(pattern);
        Assert.Equal(expected, Show(compiled.Facts.Digits!));
    }

    [Theory]
    [InlineData(@"(\d)\1")]
    [InlineData(@"(?P<a>x)(?P=a)")]
    public void Nothing_is_known_where_characters_are_compared_with_each_other(string pattern)
    {
        using Pattern compiled = Pattern.Compile(pattern);
        Assert.Null(compiled.Facts.Digits);
    }

    [Fact]
    public void What_several_patterns_tell_apart_is_told_apart()
    {
        using Pattern one = Pattern.Compile("[0-4]"), other = Pattern.Compile("[3-6]"), all = Pattern.Compile(@"\d");
        Assert.Equal("0003355777", Show(one.Facts.Digits!.And(other.Facts.Digits!)));
        Assert.Equal("0003355777", Show(other.Facts.Digits!.And(one.Facts.Digits!).And(all.Facts.Digits!)));
        Assert.True(all.Facts.Digits!.AreOne);
        Assert.True(DigitClasses.One.AreOne);
        Assert.False(one.Facts.Digits!.AreOne);
    }

    [Fact]
    public void A_subject_with_other_digits_of_the_same_classes_is_matched_alike()
    {
        (int matched, int changed) = (0, 0);
        Gen.Select(PatternText, Gen.Char["ab0123456789 .-"].Array[0, 10], Gen.Int[0, 9].Array[10]).Sample((text, characters, picks) =>
        {
            using Pattern pattern = Pattern.Compile(text);
            using Pattern same = Pattern.Compile(text);
            DigitClasses digits = pattern.Facts.Digits!;
            char[] other = [.. characters.Select((character, i) => char.IsAsciiDigit(character) ? Alike(digits, character - '0', picks[i]) : character)];
            byte[] subject = Encoding.ASCII.GetBytes(characters), replaced = Encoding.ASCII.GetBytes(other);
            MatchOutcome outcome = pattern.Match(subject);
            Interlocked.Add(ref matched, outcome == MatchOutcome.Match ? 1 : 0);
            Interlocked.Add(ref changed, subject.SequenceEqual(replaced) ? 0 : 1);
            return outcome == same.Match(replaced) && Enumerable.Range(0, pattern.GroupCount + 1).All(group => pattern.Group(group) == same.Group(group));
        }, iter: 8_000, print: sample => $"{sample.Item1} on {new string(sample.Item2)} and {string.Join(' ', sample.Item3)}");
        Assert.True(matched > 1000 && changed > 1000, $"{matched} matched, {changed} subjects were changed");
    }

    private static char Alike(DigitClasses digits, int digit, int pick)
    {
        int[] alike = [.. Enumerable.Range(0, DigitClasses.Digits).Where(other => digits.SmallestLike(other) == digits.SmallestLike(digit))];
        return (char)('0' + alike[pick % alike.Length]);
    }

    private static string Show(DigitClasses digits) => string.Concat(Enumerable.Range(0, DigitClasses.Digits).Select(digit => digits.SmallestLike(digit)));

    private static Gen<string> OneOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);
}
