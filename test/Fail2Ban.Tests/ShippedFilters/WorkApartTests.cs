using System.Text;
using Fail2Ban.Detection.Lines;
using Fail2Ban.Detection.Matching;
using Fail2Ban.Logging;

namespace Fail2Ban.Tests.ShippedFilters;

/// <summary>Whether one thread does it all or two share the work, of each line the same becomes known.</summary>
public sealed class WorkApartTests
{
    private const int LinesOfBlock = 2;

    public static TheoryData<string> Names => [.. ShippedFilter.Names.Where(name => File.Exists(SampleLog.PathOf(name)))];

    [Theory]
    [MemberData(nameof(Names))]
    public void Searching_and_concluding_apart_tells_what_one_pass_tells(string name) => Compare(name, static _ => false);

    [Theory]
    [MemberData(nameof(Names))]
    public void Searching_where_is_concluded_tells_what_one_pass_tells(string name) => Compare(name, static _ => true);

    [Theory]
    [MemberData(nameof(Names))]
    public void Searching_now_here_now_there_tells_what_one_pass_tells(string name) => Compare(name, static line => line % 3 == 0);

    [Fact]
    public void What_a_failregex_does_wrong_is_told_where_it_is_tried()
    {
        const string Text = "Aug 14 09:59:58 a aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!\nAug 14 09:59:58 nobody at all\nAug 14 09:59:58 für from 192.0.2.1\nAug 14 09:59:58 a aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa?\n";
        string[] regexes = [@"^\s*a (?:a+)+ <HOST>$", @"^\s*nobody(?: (?P<fid>\d+))?", @"^\s*für from <HOST>$"];
        (List<string> expected, List<string> told) = (Messages(leaves: false), Messages(leaves: true));
        Assert.Equal(expected, told);
        Assert.Equal(2, told.Count);

        List<string> Messages(bool leaves)
        {
            var sink = new MessageList();
            using var filter = new Filter("j", TimeProvider.System, new Log(sink, "fail2ban.filter")) { CountsOnly = true, CheckAllRegexes = true, FindTime = null };
            foreach (string regex in regexes) filter.AddFailRegex(regex);
            byte[] buffer = Encoding.UTF8.GetBytes(Text);
            var found = new FoundLines();
            found.Clear(buffer);
            found.LeavesSearch = leaves;
            foreach ((int start, int length) in Lines(buffer)) filter.Search(found, start, length, new LogProgress());
            LineVerdict[] verdicts = [.. Enumerable.Range(0, found.Count).Select(i => filter.Conclude(found, i, []).Verdict)];
            Assert.Equal([LineVerdict.LimitExceeded, LineVerdict.NoMatch, LineVerdict.Matched, LineVerdict.LimitExceeded], verdicts);
            Assert.Equal(2, filter.LimitsExceeded);
            return [.. sink.All];
        }
    }

    private static void Compare(string name, Func<int, bool> leavesSearch)
    {
        foreach (SampleSet set in SampleLog.Read(name).Sets)
        {
            foreach (bool all in new[] { true, false })
            {
                using Filter whole = Compile(name, set, all), apart = Compile(name, set, all);
                if (apart.CanWorkApart) Compare(whole, apart, set, leavesSearch);
                else Assert.NotEqual(1, apart.MaxLines);
            }
        }
    }

    private static void Compare(Filter whole, Filter apart, SampleSet set, Func<int, bool> leavesSearch)
    {
        // Twice: the second time dates and connections are known.
        byte[] buffer = Encoding.UTF8.GetBytes(string.Concat(set.Lines.Concat(set.Lines).Select(line => line.Text + "\n")));
        (LogProgress wholeProgress, LogProgress apartProgress) = (new(), new());
        (List<Failure> wholeFailures, List<Failure> apartFailures) = ([], []);
        var blocks = new List<FoundLines>();
        int searched = 0;
        foreach ((int Start, int Length)[] lines in Lines(buffer).Chunk(LinesOfBlock))
        {
            var found = new FoundLines();
            found.Clear(buffer);
            blocks.Add(found);
            foreach ((int start, int length) in lines)
            {
                found.LeavesSearch = leavesSearch(searched++);
                apart.Search(found, start, length, apartProgress);
            }
        }

        int number = 0;
        foreach ((int start, int length) in Lines(buffer))
        {
            string expected = Describe(whole.Process(new LogLine(buffer.AsSpan(start, length)), wholeProgress, wholeFailures));
            Assert.Equal(expected, Describe(apart.Conclude(blocks[number / LinesOfBlock], number % LinesOfBlock, apartFailures)));
            number++;
        }

        Assert.Equal(number, blocks.Sum(block => block.Count));
        Assert.Equal(wholeFailures.Select(failure => $"{failure.Id} {failure.Host}"), apartFailures.Select(failure => $"{failure.Id} {failure.Host}"));
        Assert.Equal(whole.Dates.Templates, apart.Dates.Templates);
    }

    private static Filter Compile(string name, SampleSet set, bool all)
    {
        Filter filter = ShippedFilter.Compile(ShippedFilter.Read(name, set.Options), TimeProvider.System);
        filter.CheckAllRegexes = all;
        filter.CountsOnly = true;
        return filter;
    }

    private static IEnumerable<(int Start, int Length)> Lines(byte[] buffer)
    {
        for (int start = 0, end; start < buffer.Length; start = end)
        {
            end = Array.IndexOf(buffer, (byte)'\n', start) + 1;
            yield return (start, end - start);
        }
    }

    private static string Describe(LineResult result) =>
        $"{result.Verdict} {result.Time:O} {result.IgnoreRegex} {result.Prefix is not null}: {string.Join(", ", result.Hits.Select(hit => $"{hit.Regex} {hit.Verdict} {hit.Failure?.Id}"))}";
}
