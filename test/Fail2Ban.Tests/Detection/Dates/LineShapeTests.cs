using System.Text;
using System.Text.RegularExpressions;
using CsCheck;
using Fail2Ban.Detection.Dates;

namespace Fail2Ban.Tests.Detection.Dates;

public sealed partial class LineShapeTests
{
    private const string Named = @"^(?:[^""\\\[]|\\.)*\[(?:[^""\\]|\\.)*\[({DATE})\]\s*""";

    private static readonly string[] Fronts = ["ab 1.2 ", "é 1.2.", "x] [y ", "12 Feb "];

    private static readonly Gen<string> Lines = Gen.OneOf(
        Gen.Int[0, 59].Select(second => $"Jan 23 21:59:{second:00} srv sshd[1]: x"),
        Gen.Int[1, 31].Select(day => $"Jan {day,2} 01:02:03 2srv x"),
        Gen.Int[0, 59].Select(second => $"Jan 23 21:59:{second:00} 2005 srv x"),
        Gen.Int[0, 59].Select(second => $"[2005-01-23 21:59:{second:00}] x"),
        Gen.Int[0, 59].Select(second => $"2005-01-23 21:59:{second:00} Z x"),
        Gen.Int[0, 59].Select(second => $"2005-01-23 21:59:{second:00} u x"),
        Gen.Int[0, 59].Select(second => $"srv 23/Jan/2005:21:59:{second:00} +0200 x"),
        Gen.Int[0, 59].Select(second => $"srv 23/Jan/2005:21:59:{second:00} x"),
        Gen.Int[0, 59].Select(second => $"srv 23/Jan/2005:21:59:{second:00}.5 x"),
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 59], (i, second) => $"{Fronts[i]} 23/Jan/2005:21:59:{second:00} x"),
        Gen.Int[0, 59].Select(second => $"é 23/Jan/2005:21:59:{second:00} x"),
        Gen.Int[0, 9].Select(digit => $"114709888{digit} x [{digit}] y"),
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 59], (i, second) => $"{Fronts[i]}[23/Jan/2005:21:59:{second:00} +0200] \"x"),
        Gen.Int[0, 59].Select(second => $"::1 - é [23/Jan/2005:21:59:{second:00}] y"),
        Gen.Int[0, 59].Select(second => $"[x] [23/Jan/2005:21:59:{second:00}] y"),
        Gen.Int[0, 59].Select(second => $"1.2.3.4 [Sun Jan 23 21:59:{second:00}.011 2005] [y"),
        Gen.Int[0, 59].Select(second => $"1.2.3.4 - - [23/Jan/2005:21:59:{second:00} +0200] \"GET"),
        Gen.Int[0, 59].Select(second => $"1.2.3.4 - x [23/Jan/2005:21:59:{second:00} +0200]\"GET"),
        Gen.Int[0, 59].Select(second => $"1.2.3.4 - x [23/Jan/2005:21:59:{second:00} +0200] [\"GET"),
        Gen.Int[0, 59].Select(second => $"1.2.3.4 - x [23/Jan/2005:21:59:{second:00} +0200] \""),
        Gen.Int[0, 59].Select(second => $"1.2.3.4 - \\\" [15/Jan/2001:00:00:{second:00} +0000] \\\" [23/Jan/2005:21:59:{second:00} +0200] \"GET"),
        Gen.Int[0, 59].Select(second => $"1.2.3.4 - [ [23/Jan/2005:21:59:{second:00} +0200] \"GET"),
        Gen.Int[0, 59].Select(second => $"Jan 23 21:59:{second:00} srv nginx: ::1 - - [23/Jan/2005:21:59:{second:00} +0200] \"GET"),
        Gen.Const("no date"), Gen.Const(""), Gen.Const("Jan"));

    [Theory]
    [InlineData]
    [InlineData(@"^[^\[]*\[({DATE})", "{^LN-BEG}")]
    [InlineData(@"^[^\[]*\[({DATE})")]
    [InlineData(@"^[^\[]*\[({DATE})\]\s*""")]
    [InlineData("{^LN-BEG}", @"^[^\[]*\[({DATE})\]\s*""", Named)]
    public void Counting_leaves_the_detector_as_detecting_would(params string[] patterns)
    {
        int counted = 0;
        Lines.Array[1, 60].Sample(lines =>
        {
            using var detecting = new DetectorUnderTest(new TestTime(), null, followsShapes: false, patterns);
            using var counting = new DetectorUnderTest(patterns);
            string[] repeated = [.. lines.SelectMany(line => new[] { line, line })];
            foreach (string line in repeated)
            {
                byte[] bytes = Encoding.UTF8.GetBytes(line + "\n");
                DateMatch expected = detecting.Detector.Detect(bytes);
                if (counting.Detector.TryPlace(bytes, out int start, out int end))
                {
                    Interlocked.Increment(ref counted);
                    counting.Detector.Count(bytes, 1, counting.Time.Now);
                    if (counting.Detector.ReadLastCounted(counting.Time.Now, out ReadOnlySpan<byte> text) != expected.Time) return false;
                    if ((start, end) != (expected.Start, expected.End) || !text.SequenceEqual(bytes.AsSpan(start..end))) return false;
                }
                else if (counting.Detector.Detect(bytes) != expected) return false;
            }

            return detecting.Detector.Templates.SequenceEqual(counting.Detector.Templates);
        }, iter: 100, threads: 1);
        Assert.True(counted > 500, $"only {counted} lines were counted");
    }

    [Theory]
    [InlineData]
    [InlineData(@"^[^\[]*\[({DATE})", "{^LN-BEG}")]
    [InlineData(@"^[^\[]*\[({DATE})")]
    [InlineData(@"^[^\[]*\[({DATE})\]\s*""")]
    [InlineData("{^LN-BEG}", @"^[^\[]*\[({DATE})\]\s*""", Named)]
    public void What_one_line_taught_changes_no_date(params string[] patterns)
    {
        int followed = 0;
        Gen.Select(Lines, Gen.Int[0, 99], Gen.Int[0, 99]).Array[1, 40].Sample(lines =>
        {
            using var plain = new DetectorUnderTest(new TestTime(), null, followsShapes: false, patterns);
            using var following = new DetectorUnderTest(patterns);
            foreach ((string line, int minute, int second) in lines)
            {
                // Clocks that are none at all too.
                foreach (string clock in new[] { line, line.Replace(":59:", $":{minute:00}:", StringComparison.Ordinal), $"{line}{second}", Clocks().Replace(line, $":{minute:00}:{second:00}", 1) })
                {
                    byte[] bytes = Encoding.UTF8.GetBytes(clock + "\n");
                    DateMatch expected = plain.Detector.Detect(bytes);
                    if (following.Detector.TryPlace(bytes, out _, out _)) Interlocked.Increment(ref followed);
                    if (following.Detector.Detect(bytes) != expected) return false;
                }
            }

            return plain.Detector.Templates.SequenceEqual(following.Detector.Templates);
        }, iter: 50, threads: 1);
        Assert.True(followed > 200, $"only {followed} lines were alike");
    }

    [GeneratedRegex(":[0-9]{2}:[0-9]{2}", RegexOptions.CultureInvariant)]
    private static partial Regex Clocks();

    [Theory]
    [InlineData("Jan 23 21:59:59 srv x", "Jan 24 00:00:01 srv y", true)]
    [InlineData("Jan 23 21:59:59 srv x", "Feb 24 00:00:01 srv y", false)]
    [InlineData("Jan 23 21:59:59 srv x", "Jan 23 21:59:59 2005 y", false)]
    [InlineData("Jan 23 21:59:59 srv x", "Jan 23 21:59:59 ", false)]
    [InlineData("Jan 23 21:59:59 srv x", "", false)]
    [InlineData("2005-01-23 21:59:59 srv x", "2005-01-23 21:59:59 UTC x", false)]
    [InlineData("2005-01-23 21:59:59 srv x", "2005-01-23 21:59:59 +0100", false)]
    public void Only_a_line_of_the_same_shape_is_counted(string first, string second, bool expected)
    {
        using var detector = new DetectorUnderTest();
        detector.Detect(first);
        Assert.Equal(expected, detector.Detector.TryPlace(Encoding.UTF8.GetBytes(second + "\n"), out _, out _));
    }

    [Theory]
    [InlineData(@"^[^\[]*\[({DATE})", '[', true)]
    [InlineData(@"^[^[]*\[({DATE})", '[', true)]
    [InlineData(@"^[^""]*""({DATE})", '"', true)]
    [InlineData(@"^[^|]*\|({DATE})", '|', true)]
    [InlineData(@"^[^|]*\|({DATE})\]\s*""", '|', false)] // it needs the quote
    [InlineData(@"^[^|]*|({DATE})", '|', false)]
    [InlineData(@"^[^.]*.({DATE})", '.', false)]
    [InlineData(@"^[^[]*\[{DATE}", '[', false)]
    [InlineData(@"^[^[]*\[({DATE}\])", '[', false)]
    [InlineData(@"^[^d]*d({DATE})", 'd', false)]
    [InlineData(@"^[^\s]*\s({DATE})", ' ', false)]
    public void A_date_that_stands_behind_the_first_sign_of_its_kind_is_followed_wherever_that_is(string pattern, char sign, bool expected)
    {
        using var detector = new DetectorUnderTest(pattern);
        detector.Detect($"ab{sign}23/Jan/2005:21:59:01] x");
        bool fits = detector.Detector.TryPlace(Encoding.UTF8.GetBytes($"ábc{sign}24/Jan/2005:00:01:02] {sign} y\n"), out int start, out int end);
        Assert.Equal(expected, fits);
        if (expected) Assert.Equal((5, 25), (start, end));
    }

    [Theory]
    [InlineData("] \"GET", "] \"GET", true)]
    [InlineData("] \"GET", "] \"POST", true)]
    [InlineData("]\"GET", "]\"GET", true)]
    [InlineData("] \"GET", "] \\\" [23/Jan/2005:21:59:02] \"GET", false)]
    [InlineData("] \"GET", "] [23/Jan/2005:21:59:02] \"GET", false)]
    [InlineData("] \"GET", "]\"GET", false)]
    [InlineData("] \"GET", "]  \"GET", false)]
    [InlineData("] \"GET", "] \"", false)]
    [InlineData("] \"GET", "] ", false)]
    [InlineData("]é\"GET", "]é\"GET", false)]
    public void Where_a_quote_has_to_follow_the_date_all_up_to_it_is_compared(string tail, string nextTail, bool expected)
    {
        using var detector = new DetectorUnderTest(@"^[^\[]*\[({DATE})\]\s*""", Named);
        detector.Detect($"::1 - a [23/Jan/2005:21:59:01{tail}");
        byte[] next = Encoding.UTF8.GetBytes($"::12 - é [24/Jan/2005:00:01:02{nextTail}\n");
        bool fits = detector.Detector.TryPlace(next, out int start, out int end);
        Assert.Equal(expected, fits);
        if (!expected) return;
        Assert.Equal((11, 31), (start, end));
        detector.Detector.Count(next, 1, detector.Time.Now);
        Assert.Equal("2005-01-24T00:01:02", detector.Detector.ReadLastCounted(detector.Time.Now, out ReadOnlySpan<byte> text)?.UtcDateTime.ToString("s"));
        Assert.Equal("24/Jan/2005:00:01:02", Encoding.UTF8.GetString(text));
    }

    [Fact]
    public void A_pattern_of_the_user_s_is_never_only_counted()
    {
        using var detector = new DetectorUnderTest("%H:%M(?: [a-z]+)?");
        detector.Detect("10:00 abc x");
        Assert.False(detector.Detector.TryPlace("10:00 abc x\n"u8, out _, out _));
    }
}
