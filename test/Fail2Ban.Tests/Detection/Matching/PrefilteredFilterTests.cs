using System.Text;
using CsCheck;
using Fail2Ban.Detection.Lines;
using Fail2Ban.Detection.Matching;

namespace Fail2Ban.Tests.Detection.Matching;

/// <summary>A server that skips lines finds what one finds that looks at all of them.</summary>
public sealed class PrefilteredFilterTests
{
    private static readonly string[] Regexes =
    [
        @"^ \[\] \[error\] from <ADDR>$", @"failed\] from <ADDR>", "^[] ]*(?:bad|worse) <ADDR>", @"x\[\]y <ADDR>", @"(?i)denied <ADDR>", "é <ADDR>", "ab <ADDR>$",
    ];

    private static readonly Gen<string> Date = Gen.Select(Gen.Int[0, 59], Gen.Int[0, 4], (second, form) => form switch
    {
        0 => $"Aug 14 09:59:{second:00}",
        1 => $"2005-08-14 09:59:{second:00}",
        2 => $"14/Aug/2005:09:59:{second:00} +0000",
        3 => $"[14/Aug/2005:09:59:{second:00} +0000]",
        _ => "",
    });

    // The date may cut a required text in two.
    private static readonly Gen<string> Line = Gen.Select(
        OneOf("", "[", " [", "x[", "fai", "a", "é "), Date,
        OneOf("] [error] from 1.2.3.4", "] bad 1.2.3.4", "]y 1.2.3.5", "led] from 1.2.3.6", "b 1.2.3.7", " DENIED 1.2.3.8", " \u017F denied 1.2.3.9", " é 1.2.3.4", " other", "", " b 1.2.3.4"),
        (before, date, after) => before + date + after);

    [Fact]
    public void Skipping_changes_no_failure()
    {
        (int skipped, int found) = (0, 0);
        Gen.Select(Line.Array[1, 30], Gen.Int[1, 127]).Sample((lines, chosen) =>
        {
            string[] regexes = [.. Regexes.Where((_, i) => (chosen >> i & 1) != 0)];
            using var skipping = new FilterBench(regexes);
            using var plain = new FilterBench(regexes);
            plain.Filter.Prefilters = false;
            skipping.Progress.InOperation = plain.Progress.InOperation = chosen % 2 == 0;
            foreach (string line in lines.SelectMany(line => new[] { line, line }))
            {
                string[] expected = [.. plain.Read(line).Select(Describe)];
                if (!expected.SequenceEqual(skipping.Read(line).Select(Describe))) return false;
                Interlocked.Add(ref found, expected.Length);
                if (skipping.Last is { Verdict: LineVerdict.NoMatch, Time: null }) Interlocked.Increment(ref skipped);
            }

            return plain.Filter.Dates.Templates.SequenceEqual(skipping.Filter.Dates.Templates);
        }, iter: 60, threads: 1);
        Assert.True(skipped > 50 && found > 50, $"{skipped} lines skipped, {found} failures");
    }

    [Fact]
    public void Passing_over_many_lines_at_once_changes_no_failure()
    {
        (int passed, int found) = (0, 0);
        // Many lines that are alike, and a few of the others between them; also more than are searched at once.
        Gen<string> often = Gen.Int[0, 59].Select(second => $"Aug 14 09:59:{second:00} srv nothing at all");
        Gen<string> inside = Gen.Int[0, 59].Select(second => $"1.2.{second}.4 - [14/Aug/2005:09:59:{second:00} +0000] nothing at all");
        Gen.Select(Gen.OneOf(Gen.OneOf(often, often, often, Line).Array[1, 400], Gen.OneOf(inside, inside, Line).Array[1, 400]), Gen.Int[1, 127], Gen.Bool).Sample((lines, chosen, hasPattern) =>
        {
            string[] regexes = [.. Regexes.Where((_, i) => (chosen >> i & 1) != 0)];
            using var passing = new FilterBench(regexes);
            using var plain = new FilterBench(regexes);
            plain.Filter.Prefilters = false;
            if (hasPattern) passing.Filter.DatePattern = plain.Filter.DatePattern = "^[^\\[]*\\[({DATE})\n{^LN-BEG}";
            passing.Progress.InOperation = plain.Progress.InOperation = chosen % 2 == 0;
            string[] expected = [.. lines.SelectMany(line => plain.Read(line)).Select(Describe)];

            byte[] block = Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n")));
            var failures = new List<Failure>();
            int clear = 0, count = 0;
            for (int start = 0; start < block.Length;)
            {
                int next = passing.Filter.PassOver(block, start, ref clear, ref count);
                if (next > start) Interlocked.Increment(ref passed);
                start = next;
                if (start == block.Length) break;
                int end = Array.IndexOf(block, (byte)'\n', start) + 1;
                passing.Filter.Process(new LogLine(block.AsSpan(start, end - start)), passing.Progress, failures);
                start = end;
                count++;
            }

            if (count != lines.Length) return false;
            Interlocked.Add(ref found, expected.Length);
            return expected.SequenceEqual(failures.Select(Describe)) && plain.Filter.Dates.Templates.SequenceEqual(passing.Filter.Dates.Templates);
        }, iter: 60, threads: 1);
        Assert.True(passed > 50 && found > 50, $"{passed} times lines were passed over, {found} failures");
    }

    [Fact]
    public void A_text_that_only_stands_there_without_the_date_is_not_passed_over()
    {
        using var bench = new FilterBench(@"a \[\]x <ADDR>");
        bench.Filter.DatePattern = @"^[^\[]*\[({DATE})";
        bench.Read("b [14/Aug/2005:09:59:01 +0000]y");
        string first = "bc [14/Aug/2005:09:59:02 +0000]y\n";
        byte[] block = Encoding.UTF8.GetBytes(first + "a [14/Aug/2005:09:59:03 +0000]x 1.2.3.4\n");
        int clear = 0, count = 0;
        Assert.Equal(first.Length, bench.Filter.PassOver(block, 0, ref clear, ref count));
        Assert.Equal(1, count);
        Assert.Single(bench.Read("a [14/Aug/2005:09:59:03 +0000]x 1.2.3.4"));
    }

    [Fact]
    public void A_line_that_is_skipped_lends_its_date_to_one_without()
    {
        using var bench = new FilterBench("fail <ADDR>");
        bench.Read("Aug 14 09:59:01 x fail 1.2.3.4");
        bench.Read("Aug 14 09:59:31 x nothing");
        Assert.Equal(LineVerdict.NoMatch, bench.Last.Verdict);
        Assert.Null(bench.Last.Time);
        Failure failure = Assert.Single(bench.Read("fail 1.2.3.5"));
        Assert.Equal(31, failure.Time.Second);
        Assert.Equal("Aug 14 09:59:31", Assert.Single(failure.Matches).Date);
    }

    [Fact]
    public void A_journal_entry_that_is_skipped_lends_its_date_too()
    {
        using var bench = new FilterBench("fail <ADDR>");
        var failures = new List<Failure>();
        DateTimeOffset time = bench.Clock.GetUtcNow().AddSeconds(-5);
        bench.Filter.Process(new LogLine("D "u8, "nothing\n"u8, time), bench.Progress, failures);
        Failure failure = Assert.Single(bench.Read("fail 1.2.3.5"));
        Assert.Equal(time, failure.Time);
    }

    private static Gen<string> OneOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);

    private static string Describe(Failure failure) => $"{failure.Id} {failure.Time:O} {string.Join('|', failure.Matches.Select(line => $"{line.Before}<{line.Date}>{line.After}"))}";
}
