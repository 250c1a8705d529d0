using System.Text.Json;
using Fail2Ban.Detection.Matching;
using Fail2Ban.EndToEnd.Tests.Detection;
using Fail2Ban.Tests.ShippedFilters;

namespace Fail2Ban.EndToEnd.Tests.ShippedFilters;

/// <summary>Our filters, judged by the sample logs of an installed fail2ban and what their comments expect.</summary>
public sealed class AgreementTests(ITestOutputHelper output)
{
    // Reached with the samples of fail2ban 1.0.2.
    private const int KnownSame = 1377;

    // Lines that are judged otherwise, by filter; all lines of any other filter are the same. docs/filters.md has the reasons.
    private static readonly Dictionary<string, int> KnownDifferences = new() { ["sshd"] = 4 };

    // What 1.0.2 did without a mode has one in 1.1.2.
    private static readonly Dictionary<string, string> FormerDefaults = new() { ["exim"] = "mode=\"more\"" };

    [Fact]
    public void Shipped_filters_see_what_the_original_expects_of_its_sample_logs()
    {
        var tally = new SortedDictionary<string, (int Lines, int Same)>(StringComparer.Ordinal);
        var faults = new List<string>();
        HashSet<string> shipped = [.. ShippedFilter.Names];
        foreach (JsonElement item in SampleLogs.Answers().GetProperty("expectations").EnumerateArray())
        {
            string name = item.GetProperty("filter").GetString()!;
            if (name.StartsWith("zzz-", StringComparison.Ordinal)) continue; // filters that belong to the original's tests
            List<string> wrong = shipped.Contains(name) ? Judge(name, item) : [.. item.GetProperty("lines").EnumerateArray().Select(_ => "not shipped")];
            int lines = item.GetProperty("lines").GetArrayLength();
            (int Lines, int Same) before = tally.GetValueOrDefault(name);
            tally[name] = (before.Lines + lines, before.Same + lines - wrong.Count);
            if (shipped.Contains(name)) faults.AddRange(wrong);
        }

        output.WriteLine($"{"filter",-24} lines  same  different");
        foreach ((string name, (int lines, int same)) in tally) output.WriteLine($"{name,-24} {lines,5} {same,5} {lines - same,10}{(shipped.Contains(name) ? "" : "  not shipped")}");
        (int all, int agreed) = (tally.Values.Sum(entry => entry.Lines), tally.Values.Sum(entry => entry.Same));
        output.WriteLine($"{"all",-24} {all,5} {agreed,5} {all - agreed,10}");
        foreach (string fault in faults) output.WriteLine(fault);
        Assert.Empty(tally.Where(entry => shipped.Contains(entry.Key) && entry.Value.Lines - entry.Value.Same > KnownDifferences.GetValueOrDefault(entry.Key)).Select(entry => entry.Key));
        Assert.True(agreed >= KnownSame, $"{agreed} of {all} lines are judged as expected; it were {KnownSame}");
    }

    private static List<string> Judge(string name, JsonElement item)
    {
        var clock = new SampleClock();
        string options = string.Join(", ", item.GetProperty("options").EnumerateObject()
            .Where(option => !option.Name.StartsWith("test.", StringComparison.Ordinal))
            .Select(option => $"{option.Name}=\"{option.Value.GetString()}\""));
        if (options.Length == 0 && FormerDefaults.TryGetValue(name, out string? former)) options = former;
        using Filter filter = ShippedFilter.Compile(ShippedFilter.Read(name, options), clock);
        filter.CheckAllRegexes = true;
        clock.GoTo(SampleClock.Noon);
        var wrong = new List<string>();
        foreach (JsonElement line in item.GetProperty("lines").EnumerateArray())
            if (SampleLogs.Fault(filter, line, clock) is { } fault) wrong.Add($"{name}[{options}]: {fault}\n  {line.GetProperty("text")}");
        return wrong;
    }
}
