using System.Text;
using CsCheck;
using Fail2Ban.Native.Pcre2;
using Fail2Ban.Patterns;

namespace Fail2Ban.Tests.Patterns;

/// <summary>Machine code finds what the library finds without it.</summary>
public sealed class MachineCodeTests
{
    // PCRE2_NO_START_OPTIMIZE: without it the library misses (?=b)a?b in "xb", seen with version 10.42.
    private const Pcre2Options NoStartOptimize = (Pcre2Options)0x00010000;

    private static readonly string[] Pieces =
    [
        "a", "b", "x", " ", ".", ".+", ".*", @"\S+", @"\w+", "[bx]+", "[^x]*", "(?:ab|a)", "(a|ab)", "(?:b|bx|x)?", "a?", "b*", "x+", "(?<!x)", "(?<=b)", "(?=b)", "(?!x)",
        @"\b", "(?:a+|b)+", "x{1,2}", "(?:.b)*", "$", @"\d*", ".+?", "(?:ab?)+", "[ab]+?",
    ];

    private static readonly Gen<string> Text = Gen.Select(Gen.Int[0, 3], Gen.Int[0, Pieces.Length - 1].Array[2, 5])
        .Select(pick => (pick.Item1 == 0 ? "^" : "") + string.Concat(pick.Item2.Select(piece => Pieces[piece])));

    private static readonly Gen<byte[]> Subject = Gen.Select(Gen.Int[0, 4].Array[0, 9], Gen.Bool)
        .Select(pick => Encoding.ASCII.GetBytes(string.Concat(pick.Item1.Select(sign => "abx b"[sign])) + (pick.Item2 ? "\n" : "")));

    [Theory]
    [InlineData("(?:ab|a).+b", "abbx", 0, 3)]
    [InlineData(@"(ab|a)\w+b", "zabbx", 1, 4)]
    [InlineData("(?:ab|a)[bx]+(?<=b)", "abx", 0, 2)]
    [InlineData("(?:ab|a).+[bx]+.*b", " b bbabbb b", 5, 11)]
    [InlineData("(?=b)a?b", "xb", 1, 2)]
    [InlineData(@"(?:error|error:)\S* from (?:a|ab)\S+b$", "x error: from abb\n", 2, 17)]
    public void A_repetition_that_went_in_vain_from_one_place_is_tried_from_another(string text, string subject, int start, int end)
    {
        using Pattern pattern = Pattern.Compile(text);
        foreach (bool isAscii in new[] { true, false })
        {
            Assert.Equal(MatchOutcome.Match, pattern.Match(Encoding.ASCII.GetBytes(subject), 0, isAscii));
            Assert.Equal((start, end), pattern.Group(0));
        }
    }

    [Fact]
    public void It_finds_what_is_found_without_it()
    {
        int found = 0, missed = 0;
        Gen.Select(Text, Subject.Array[12]).Sample((text, subjects) =>
        {
            using Pcre2Code? machine = Pcre2Code.Compile(Encoding.ASCII.GetBytes(text), Pcre2Options.None, useJit: true, out _, out _);
            using Pcre2Code? plain = Pcre2Code.Compile(Encoding.ASCII.GetBytes(text), NoStartOptimize, useJit: false, out _, out _);
            if (machine is null || plain is null) return machine == plain;
            using var spans = new Pcre2Spans(machine.GroupCount);
            using var expected = new Pcre2Spans(machine.GroupCount);
            foreach (byte[] subject in subjects)
            {
                Pcre2Result result = Pcre2Workspace.Current.Match(machine, spans, subject, 0, 1_000_000);
                if (result != Pcre2Workspace.Current.Match(plain, expected, subject, 0, 1_000_000)) return false;
                if (!spans.Pairs.SequenceEqual(expected.Pairs)) return false;
                Interlocked.Increment(ref result == Pcre2Result.Match ? ref found : ref missed);
            }

            return true;
        }, iter: 20_000);
        Assert.True(found > 20_000 && missed > 20_000, $"{found} found, {missed} missed");
    }
}
