using System.Text;
using Fail2Ban.Detection.Lines;
using Fail2Ban.Detection.Matching;

namespace Fail2Ban.Tests.ShippedFilters;

/// <summary>Whether one thread does it all or two share the work, of each line the same becomes known.</summary>
public sealed class WorkApartTests
{
    public static TheoryData<string> Names => [.. ShippedFilter.Names.Where(name => File.Exists(SampleLog.PathOf(name)))];

    [Theory]
    [MemberData(nameof(Names))]
    public void Searching_and_concluding_apart_tells_what_one_pass_tells(string name) => Compare(name, leavesFailRegexes: false);

    [Theory]
    [MemberData(nameof(Names))]
    public void Trying_failregexes_where_is_concluded_tells_what_one_pass_tells(string name) => Compare(name, leavesFailRegexes: true);

    private static void Compare(string name, bool leavesFailRegexes)
    {
        foreach (SampleSet set in SampleLog.Read(name).Sets)
        {
            using Filter whole = Compile(name, set), apart = Compile(name, set);
            if (!apart.CanWorkApart)
            {
                Assert.NotEqual(1, apart.MaxLines);
                continue;
            }

            // Twice: the second time dates and connections are known.
            byte[] buffer = Encoding.UTF8.GetBytes(string.Concat(set.Lines.Concat(set.Lines).Select(line => line.Text + "\n")));
            var found = new FoundLines();
            (LogProgress wholeProgress, LogProgress apartProgress) = (new(), new());
            found.Clear(buffer, leavesFailRegexes);
            foreach ((int start, int length) in Lines(buffer)) apart.Search(found, start, length, apartProgress);
            (List<Failure> wholeFailures, List<Failure> apartFailures) = ([], []);
            int index = 0;
            foreach ((int start, int length) in Lines(buffer))
            {
                string expected = Describe(whole.Process(new LogLine(buffer.AsSpan(start, length)), wholeProgress, wholeFailures));
                Assert.Equal(expected, Describe(apart.Conclude(found, index++, apartFailures)));
            }

            Assert.Equal(index, found.Count);
            Assert.Equal(wholeFailures.Select(failure => $"{failure.Id} {failure.Host}"), apartFailures.Select(failure => $"{failure.Id} {failure.Host}"));
            Assert.Equal(whole.Dates.Templates, apart.Dates.Templates);
        }
    }

    private static Filter Compile(string name, SampleSet set)
    {
        Filter filter = ShippedFilter.Compile(ShippedFilter.Read(name, set.Options), TimeProvider.System);
        filter.CheckAllRegexes = filter.CountsOnly = true;
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
