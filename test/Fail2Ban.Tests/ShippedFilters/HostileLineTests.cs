using System.Text;
using Fail2Ban.Detection.Lines;
using Fail2Ban.Detection.Matching;

namespace Fail2Ban.Tests.ShippedFilters;

/// <summary>What an attacker can make of the sample lines that match.</summary>
public sealed class HostileLineTests
{
    private const string Forged = "203.0.113.66";

    public static TheoryData<string> Names => [.. ShippedFilter.Names.Where(name => File.Exists(SampleLog.PathOf(name)))];

    [Theory]
    [MemberData(nameof(Names))]
    public void No_user_name_has_another_address_banned(string name)
    {
        var framed = new List<string>();
        foreach (SampleSet set in SampleLog.Read(name).Sets)
        {
            using Filter filter = ShippedFilter.Compile(ShippedFilter.Read(name, set.Options), TimeProvider.System);
            foreach (SampleLine line in set.Lines.Where(line => line.Verdict == SampleVerdict.Match))
                foreach (string forgery in Forgeries(line))
                {
                    (_, List<Failure> failures) = Run(filter, set, forgery);
                    if (failures.Any(failure => (failure.Address ?? failure.Id).ToString() == Forged)) framed.Add($"{name}.log:{line.Number} [{set.Options}]\n  {forgery}");
                }
        }

        Assert.True(framed.Count == 0, string.Join('\n', framed));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_long_line_is_judged_within_the_budget(string name)
    {
        foreach (SampleSet set in SampleLog.Read(name).Sets)
        {
            using Filter filter = ShippedFilter.Compile(ShippedFilter.Read(name, set.Options), TimeProvider.System);
            filter.CheckAllRegexes = true;
            foreach (SampleLine line in set.Lines.Where(line => line.Verdict == SampleVerdict.Match))
                foreach (string text in Stretched(line))
                {
                    (LineVerdict verdict, _) = Run(filter, set, text);
                    Assert.True(verdict != LineVerdict.LimitExceeded, $"{name}.log:{line.Number} [{set.Options}] is given up where it is {text.Length} characters long");
                }
        }
    }

    private static IEnumerable<string> Forgeries(SampleLine line)
    {
        string host = Expected(line, "host")!;
        if (!line.Text.Contains(host, StringComparison.Ordinal)) yield break;
        string whole = line.Text.Replace(host, Forged, StringComparison.Ordinal);
        if (Expected(line, "user") is not { Length: > 0 } user) yield break;
        int at = line.Text.IndexOf(user, StringComparison.Ordinal);
        if (at < 0) yield break;
        string before = line.Text[..(at + user.Length)], after = line.Text[(at + user.Length)..];
        string forgedEnd = after.Replace(host, Forged, StringComparison.Ordinal);
        yield return before + forgedEnd + after;
        yield return before + forgedEnd + " " + after;
        yield return before + whole + after;
        yield return before + " " + whole + " " + after;
        yield return before + forgedEnd + whole + after;
    }

    // Much of the same, where it hurts a pattern that looks for the end of something: in the middle and at the end.
    private static IEnumerable<string> Stretched(SampleLine line)
    {
        string text = line.Text;
        yield return text + string.Concat(Enumerable.Repeat(" " + text, 40));
        for (int part = 1; part < 4; part++)
        {
            int at = text.Length * part / 4;
            yield return text[..at] + new string(text[at], 4000) + text[at..];
            yield return text[..at] + string.Concat(Enumerable.Repeat(text[(at / 2)..at], 60)) + text[at..];
        }
    }

    private static string? Expected(SampleLine line, string field) => line.Expected.Where(entry => entry.Key == field).Select(entry => entry.Value).FirstOrDefault();

    private static (LineVerdict Verdict, List<Failure> Failures) Run(Filter filter, SampleSet set, string line)
    {
        byte[] text = Encoding.UTF8.GetBytes(line + "\n");
        var failures = new List<Failure>();
        LogLine read = set.IsJournal ? new LogLine("2026-01-15T11:00:00"u8, text, DateTimeOffset.UnixEpoch) : new LogLine(text);
        return (filter.Process(read, new LogProgress(), failures).Verdict, failures);
    }
}
