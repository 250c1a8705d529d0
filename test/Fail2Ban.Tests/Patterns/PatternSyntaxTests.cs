using System.Text;
using Fail2Ban.Patterns;

namespace Fail2Ban.Tests.Patterns;

/// <summary>One row per row of the dialect's tables: what matches where, and what is refused with which words.</summary>
public sealed class PatternSyntaxTests
{
    // The spans are what Python's re gives, in characters: "0-3 1-2 -" is the match, group 1, an unset group 2.
    [Theory]
    [InlineData("abc", "xabcx", "1-4")]
    [InlineData("a.c", "abc", "0-3")]
    [InlineData("[a-c]+", "xabcd", "1-4")]
    [InlineData("[^[]+", "ab[c", "0-2")]
    [InlineData("[^]x]+", "ab]x", "0-2")]
    [InlineData("[]a]+", "x]a]", "1-4")]
    [InlineData(@"\d+\s\S+", "a 12 b", "2-6")]
    [InlineData(@"\bfoo\b", "a foo", "2-5")]
    [InlineData(@"\Boo", "foo", "1-3")]
    [InlineData(@"a\x1Db", "a\u001db", "0-3")]
    [InlineData(@"\""\'\(\)\*\+\,\-\.\/\:\;\<\=\>\?\[\]\{\}\|", "\"'()*+,-./:;<=>?[]{}|", "0-21")]
    [InlineData("a$", "a\n", "0-1")]
    [InlineData("a$", "a\n\n", null)]
    [InlineData("a$", "a\r\n", null)]
    [InlineData(@"a\Z", "a\n", null)]
    [InlineData(@"a\Z", "a", "0-1")]
    [InlineData("a*?b", "aab", "0-3")]
    [InlineData("a+?", "aa", "0-1")]
    [InlineData("ba??", "ba", "0-1")]
    [InlineData("a{2}", "aaa", "0-2")]
    [InlineData("a{2,}", "aaa", "0-3")]
    [InlineData("a{1,2}", "aaa", "0-2")]
    [InlineData("xa{,2}", "xaaa", "0-3")]
    [InlineData("xa{,}", "xaaa", "0-4")]
    [InlineData(@"a\{,3}", "a{,3}", "0-5")]
    [InlineData("[{,3}]+", "a{,3}", "1-5")]
    [InlineData("a{x}", "a{x}", "0-4")]
    [InlineData("a{}", "a{}", "0-3")]
    [InlineData("a{1,x}", "a{1,x}", "0-6")]
    [InlineData("({{a},b})", "{{a},b}", "0-7 0-7")]
    [InlineData("a]}", "a]}", "0-3")]
    [InlineData("(a|)b", "b", "0-1 0-0")]
    [InlineData("(?P<x>a)(?:b)(c)", "abc", "0-3 0-1 2-3")]
    [InlineData("(?P<q>['\"])x(?P=q)", "'x\" \"x\"", "4-7 4-5")]
    [InlineData(@"(a)\1", "aa", "0-2 0-1")]
    [InlineData(@"(a)?\1b", "b", null)]
    [InlineData("(<)?a(?(1)>|$)", "<a>", "0-3 0-1")]
    [InlineData("(<)?a(?(1)>|$)", "a", "0-1 -")]
    [InlineData("(?P<o><)?a(?(o)>)", "<a>", "0-3 0-1")]
    [InlineData("(?P<o><)?a(?(o)>|)", "<a", "1-2 -")]
    [InlineData("(?(1)x|a)(b)", "ab", "0-2 1-2")]
    [InlineData("a(?=b)", "acab", "2-3")]
    [InlineData("a(?!c)", "acab", "2-3")]
    [InlineData("(?<=x)a", "axa", "2-3")]
    [InlineData("(?<!x)a", "xaya", "3-4")]
    [InlineData(@"(?<=^\[)a", "[a", "1-2")]
    [InlineData("(?<=ab|cd)e", "cde", "2-3")]
    [InlineData(@"(a)(?<=\1)b", "ab", "0-2 0-1")]
    [InlineData("(?i:a)b", "Ab", "0-2")]
    [InlineData("(?i:a)b", "AB", null)]
    [InlineData("(?i)a(?-i:b)c", "AbC", "0-3")]
    [InlineData("(?i)a(?-i:b)c", "ABC", null)]
    [InlineData("(?iu)jan", "JAN", "0-3")]
    [InlineData("(?s)a.b", "a\nb", "0-3")]
    [InlineData("(?s)(?-s:.)b", "\nb", null)]
    [InlineData("a(?s:.)b", "a\nb", "0-3")]
    [InlineData("(?m)^b$", "a\nb\nc", "2-3")]
    [InlineData("a\n(?m:^)", "a\n", "0-2")]
    [InlineData("(?m)x$", "x\r\n", null)]
    [InlineData("(?x) a b # c \n c", "abc", "0-3")]
    [InlineData(@"(?x)[ ]a\ b", " a b", "0-4")]
    [InlineData("(?x: a b )c", "abc", "0-3")]
    [InlineData("(?x)a(?-x: )b", "a b", "0-3")]
    [InlineData("(?x)a *", "aaa", "0-3")]
    [InlineData("(?x)b|( a )", "a", "0-1 0-1")]
    [InlineData("a(?#b)c", "ac", "0-2")]
    [InlineData("(?#x)(?i)a", "A", "0-1")]
    [InlineData("(?i)(?s)a.", "A\n", "0-2")]
    [InlineData("(?>a+)a", "aaa", null)]
    [InlineData("a++a", "aaa", null)]
    [InlineData("a*+b", "aab", "0-3")]
    [InlineData("a?+a", "aa", "0-2")]
    [InlineData("a{1,2}+a", "aaa", "0-3")]
    [InlineData("(ab)*+a", "aba", "0-3 0-2")]
    [InlineData("(?:ab?c)?+a", "aca", "0-3")]
    [InlineData("(?:a+){2}+", "aa", null)]
    [InlineData("(?:)*a", "a", "0-1")]
    [InlineData("(?=a)*b", "b", "0-1")]
    [InlineData(@"\101\0\01\x41", "A\0\u0001A", "0-4")]
    [InlineData(@"[\b]", "\b", "0-1")]
    [InlineData(@"\a\f\r\t\v", "\a\f\r\t\v", "0-5")]
    [InlineData(@"a\vb", "a\u0085b", null)]
    [InlineData(@"\u0041\U00000042", "AB", "0-2")]
    [InlineData(@"[\u0041-\x43]+", "ABCD", "0-3")]
    [InlineData("[[:alpha:]]", ":]", "0-2")]
    [InlineData("[[:alpha:]]", "b", null)]
    [InlineData("[a[.x.]]", "[]", "0-2")]
    [InlineData("[a&&b]+", "a&b", "0-3")]
    [InlineData(@"[\w-]+", "a-b c", "0-3")]
    [InlineData(@"[\d\s]+", "a1 2b", "1-4")]
    [InlineData(@"[^\W\d]+", "12ab", "2-4")]
    [InlineData(@"[\S\n]+", " a\nb", "1-4")]
    [InlineData(@"\_\é", "_é", "0-2")]
    [InlineData("é+", "aéé", "1-3")]
    [InlineData("é?a", "a", "0-1")]
    [InlineData("[^é]", "éa", "1-2")]
    [InlineData("[^é]", "a", "0-1")]
    [InlineData("^.$", "😀", "0-1")]
    [InlineData(".", "\u2028", "0-1")]
    [InlineData(".", "\n", null)]
    [InlineData(@"\s", "\u001c", "0-1")]
    [InlineData(@"\s", "\u2003", "0-1")]
    [InlineData(@"\s", "\u180e", null)]
    [InlineData(@"\s", "\u200b", null)]
    [InlineData(@"\S", "\u001fé", "1-2")]
    [InlineData(@"(?a)\s", "\u001c", null)]
    [InlineData(@"(?a)\s", "\u2003", null)]
    [InlineData(@"(?a)\S+", "\u001c\u2003", "0-2")]
    [InlineData(@"\d", "²٣", "1-2")]
    [InlineData(@"(?a)\d", "٣", null)]
    [InlineData(@"(?a)\D", "٣", "0-1")]
    [InlineData(@"\w+", "-²Ⅷé_", "1-5")]
    [InlineData(@"\w", "\u0301", null)]
    [InlineData(@"\w", "‿", null)]
    [InlineData(@"(?a)\w+", "éa", "1-2")]
    [InlineData(@"(?a)\W+", "aé-", "1-3")]
    [InlineData(@"(?a)a\b", "aé", "0-1")]
    [InlineData(@"a\b", "aé", null)]
    [InlineData(@"(?a)a\B.", "aé", null)]
    [InlineData(@"\B", "", null)]
    [InlineData("(?a:\\w)(?u:\\w)", "aé", "0-2")]
    [InlineData("(?i)k", "\u212a", "0-1")]
    [InlineData("(?i)\u212a", "k", "0-1")]
    [InlineData("(?i)[^k]", "\u212a", null)]
    [InlineData("(?ia)k", "\u212a", null)]
    [InlineData("(?ia)K", "é k", "2-3")]
    [InlineData("(?ia)É", "é", null)]
    [InlineData("(?i)\u017f", "S", "0-1")]
    [InlineData("(?i)i", "ı", "0-1")]
    [InlineData("(?i)[h-j]", "İ", "0-1")]
    [InlineData("(?i)İ", "i", "0-1")]
    [InlineData("(?i)ﬅ", "ﬆ", "0-1")]
    [InlineData("(?i)ß", "ẞ", "0-1")]
    [InlineData("(?i)ß", "ss", null)]
    [InlineData("(?i)É", "é", "0-1")]
    [InlineData("[\ud7ff-\\udfff]", "\ud7ff", "0-1")]
    [InlineData(@"x\ud800?", "xé", "0-1")]
    [InlineData("a\0b", "a\0b", "0-3")]
    [InlineData("(?P<größe>a)", "a", "0-1 0-1")]
    [InlineData("(?P<a123456789012345678901234567890123456789>a)", "a", "0-1 0-1")]
    [InlineData("(a|b)*", "abx", "0-2 1-2")]
    [InlineData("(?:(a)|b)*", "ab", "0-2 0-1")]
    [InlineData("(a*)*", "b", "0-0 0-0")]
    [InlineData("(a*)+", "b", "0-0 0-0")]
    [InlineData("(?!(a))b", "b", "0-1 -")]
    [InlineData("a{70000}", "a", null)]
    [InlineData("xa{0,70000}", "xaa", "0-3")]
    public void Finds_what_Python_finds(string pattern, string subject, string? spans)
    {
        using Pattern compiled = Pattern.Compile(pattern);
        Assert.Equal(spans, Spans(compiled, subject, 0));

        // A character beyond ASCII at the end selects the other form; no row is about what follows its match but these.
        if (spans is not null && !pattern.Contains('$', StringComparison.Ordinal) && !pattern.Contains('\\', StringComparison.Ordinal))
            Assert.Equal(spans, Spans(compiled, subject + "-\u20ac", 0));
    }

    [Theory]
    [InlineData("a(?i)b", "global flags not at the start of the expression", 1)]
    [InlineData("^(?x)a", "global flags not at the start of the expression", 1)]
    [InlineData("(a|(?i)b)", "global flags not at the start of the expression", 3)]
    [InlineData("(?L)a", "bad inline flags: cannot use 'L' flag with a str pattern", 3)]
    [InlineData("(?au)a", "bad inline flags: flags 'a', 'u' and 'L' are incompatible", 4)]
    [InlineData("(?i-i:a)", "bad inline flags: flag turned on and off", 5)]
    [InlineData("(?-u:a)", "bad inline flags: cannot turn off flags 'a', 'u' and 'L'", 4)]
    [InlineData("(?iy)a", "unknown flag", 3)]
    [InlineData("(?i", "missing -, : or )", 3)]
    [InlineData("(?i-", "missing flag", 4)]
    [InlineData("(?-i)a", "missing :", 4)]
    [InlineData(@"\h", @"bad escape \h", 0)]
    [InlineData(@"a\Qb\E", @"bad escape \Q", 1)]
    [InlineData(@"\z", @"bad escape \z", 0)]
    [InlineData(@"\pL", @"bad escape \p", 0)]
    [InlineData(@"[\A]", @"bad escape \A", 1)]
    [InlineData(@"[\8]", @"bad escape \8", 1)]
    [InlineData(@"\x{41}", @"incomplete escape \x", 0)]
    [InlineData(@"\xA", @"incomplete escape \xA", 0)]
    [InlineData(@"\u12", @"incomplete escape \u12", 0)]
    [InlineData(@"\U00110000", @"bad escape \U00110000", 0)]
    [InlineData(@"\N", "missing {", 2)]
    [InlineData(@"é\400", @"octal escape value \400 outside of range 0-0o377", 1)]
    [InlineData("a\\", "bad escape (end of pattern)", 1)]
    [InlineData(@"\1(a)", "invalid group reference 1", 1)]
    [InlineData(@"\8", "invalid group reference 8", 1)]
    [InlineData(@"(a\1)", "cannot refer to an open group", 2)]
    [InlineData(@"(?<=(a)\1)b", "cannot refer to group defined in the same lookbehind subpattern", 9)]
    [InlineData("(?(2)a)(b)", "invalid group reference 2", 3)]
    [InlineData("(?(0)a)", "bad group number", 3)]
    [InlineData("(?(x)a)", "unknown group name 'x'", 3)]
    [InlineData("(?P=x)", "unknown group name 'x'", 4)]
    [InlineData("(a)(?(1)b|c|d)", "conditional backref with more than two branches", 11)]
    [InlineData("(?P<a>x)(?P<a>y)", "redefinition of group name 'a' as group 2; was group 1", 12)]
    [InlineData("(?P<a-b>x)", "bad character in group name 'a-b'", 4)]
    [InlineData("(?P<1a>x)", "bad character in group name '1a'", 4)]
    [InlineData("(?P<>x)", "missing group name", 4)]
    [InlineData("(?P<a", "missing >, unterminated name", 4)]
    [InlineData("(?P>a)", "unknown extension ?P>", 1)]
    [InlineData("(?<a>x)", "unknown extension ?<a", 1)]
    [InlineData("(?'a'x)", "unknown extension ?'", 1)]
    [InlineData("(?|a)", "unknown extension ?|", 1)]
    [InlineData("(?R)", "unknown extension ?R", 1)]
    [InlineData("(?1)", "unknown extension ?1", 1)]
    [InlineData("(?&a)", "unknown extension ?&", 1)]
    [InlineData("(?C)", "unknown extension ?C", 1)]
    [InlineData("(*NO_JIT)a", "nothing to repeat", 1)]
    [InlineData("(*UTF)a", "nothing to repeat", 1)]
    [InlineData("*a", "nothing to repeat", 0)]
    [InlineData("^*", "nothing to repeat", 1)]
    [InlineData(@"\b*", "nothing to repeat", 2)]
    [InlineData("a|*", "nothing to repeat", 2)]
    [InlineData("a**", "multiple repeat", 2)]
    [InlineData("a{1}{2}", "multiple repeat", 4)]
    [InlineData("a{2,1}", "min repeat greater than max repeat", 2)]
    [InlineData("[z-a]", "bad character range z-a", 1)]
    [InlineData(@"[a-\d]", @"bad character range a-\d", 1)]
    [InlineData(@"[\d-x]", @"bad character range \d-x", 1)]
    [InlineData("[a--b]", "bad character range a--", 1)]
    [InlineData("a[bc", "unterminated character set", 1)]
    [InlineData("[]", "unterminated character set", 0)]
    [InlineData("(a", "missing ), unterminated subpattern", 0)]
    [InlineData("a)", "unbalanced parenthesis", 1)]
    [InlineData("(?#a", "missing ), unterminated comment", 0)]
    [InlineData("(?", "unexpected end of pattern", 2)]
    [InlineData("(?<=a|bc)d", "look-behind requires fixed-width pattern", 0)]
    [InlineData("x(?<!a*)d", "look-behind requires fixed-width pattern", 1)]
    [InlineData("(a+)(?<=\\1)", "look-behind requires fixed-width pattern", 4)]
    [InlineData("a{4294967295}", "the repetition number is too large", 2)]
    [InlineData("😀é(", "missing ), unterminated subpattern", 2)]
    [InlineData(@"\N{DIGIT ONE}", @"characters by name are not supported: write \N{DIGIT ONE} as \uXXXX", 0)]
    public void Refuses_with_the_words_and_the_position_of_Python(string pattern, string reason, int position)
    {
        PatternException error = Assert.Throws<PatternException>(() => Pattern.Compile(pattern));
        Assert.Equal($"{reason} at position {position}", error.Message);
        Assert.Equal(position, error.Position);
    }

    [Fact]
    public void What_only_PCRE2_refuses_is_told_at_its_place()
    {
        PatternException error = Assert.Throws<PatternException>(() => Pattern.Compile("ab(?:cdefghij){60000}"));
        Assert.Contains("too large", error.Message, StringComparison.Ordinal);
        Assert.InRange(error.Position, 0, 21);
    }

    [Fact]
    public void Deep_nesting_is_refused_and_not_fatal()
    {
        Assert.Throws<PatternException>(() => Pattern.Compile(new string('(', 100_000)));
        using Pattern deep = Pattern.Compile(new string('(', 190) + "a" + new string(')', 190));
        Assert.Equal(190, deep.GroupCount);
    }

    [Fact]
    public void Names_stand_in_the_order_of_definition()
    {
        using Pattern pattern = Pattern.Compile("(?P<zeta>a)(b)(?P<größe>c(?P<alpha>d))");
        Assert.Equal([("zeta", 1), ("größe", 3), ("alpha", 4)], pattern.GroupNames);
        Assert.Equal(4, pattern.GroupNumber("alpha"));
        Assert.Equal(-1, pattern.GroupNumber("beta"));
    }

    [Theory]
    [InlineData("((?i)X)", "(?i:X)")]
    [InlineData("a(?:(?i)X)b", "a(?i:X)b")]
    [InlineData("((?i)a)(b)", "(?i:a)(b)")]
    [InlineData(@"\((?i)X)", @"\((?i)X)")]
    [InlineData("(?i)X", "(?i)X")]
    [InlineData("(((?im)X))", "((?im:X))")]
    [InlineData("((?-i)X)((?I)Y)", "((?-i)X)((?I)Y)")]
    [InlineData("((?i)a|((?s)b))", "(?i:a|(?s:b))")]
    [InlineData("((?i))", "(?i:)")]
    public void Flags_at_the_head_of_a_group_become_local(string pattern, string expected) =>
        Assert.Equal(expected, PythonSyntax.LocaliseLeadingFlags(pattern));

    internal static string? Spans(Pattern pattern, string subject, int start)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(subject);
        MatchOutcome outcome = pattern.Match(bytes, start);
        Assert.NotEqual(MatchOutcome.LimitExceeded, outcome);
        if (outcome == MatchOutcome.NoMatch) return null;
        return string.Join(' ', Enumerable.Range(0, pattern.GroupCount + 1).Select(pattern.Group)
            .Select(span => span.Start < 0 ? "-" : $"{Characters(bytes, span.Start)}-{Characters(bytes, span.End)}"));
    }

    private static int Characters(byte[] bytes, int length) => Encoding.UTF8.GetString(bytes, 0, length).EnumerateRunes().Count();
}
