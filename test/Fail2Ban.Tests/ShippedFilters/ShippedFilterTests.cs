using System.Text;
using Fail2Ban.Configuration;
using Fail2Ban.Detection.Lines;
using Fail2Ban.Detection.Matching;
using Fail2Ban.Values;

namespace Fail2Ban.Tests.ShippedFilters;

/// <summary>Every shipped filter says of every line in its sample log what stands above that line.</summary>
public sealed class ShippedFilterTests
{
    public static TheoryData<string> Names => [.. ShippedFilter.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_sample_line_has_its_verdict(string name)
    {
        var faults = new List<string>();
        foreach (SampleSet set in Samples(name).Sets)
            Run(name, set, (line, _, failures, result) =>
            {
                if (Fault(set, line, failures, result) is { } fault) faults.Add($"{name}.log:{line.Number} [{set.Options}]: {fault}\n  {line.Text}");
            });
        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_failregex_has_a_sample(string name)
    {
        HashSet<string> wanted = [.. ShippedFilter.Read(name, "").FailRegexes], seen = [];
        foreach (SampleSet set in Samples(name).Sets)
        {
            FilterDefinition definition = ShippedFilter.Read(name, set.Options);
            if (!set.IsAnotherPrefix) wanted.UnionWith(definition.FailRegexes);
            Run(name, set, (_, _, _, result) => seen.UnionWith(result.Hits.Select(hit => definition.FailRegexes[hit.Regex])));
        }

        wanted.ExceptWith(seen);
        Assert.True(wanted.Count == 0, $"no sample of {name} matches\n{string.Join('\n', wanted)}");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Forgery_is_among_the_samples(string name)
    {
        SampleLog samples = Samples(name);
        Assert.True(samples.IsUnforgeable != samples.Sets.Any(set => set.Lines.Any(line => line.IsForged)),
            $"{name}.log needs a forged line, or to say why there is none");
    }

    private static SampleLog Samples(string name)
    {
        Assert.True(File.Exists(SampleLog.PathOf(name)), $"{name} has no sample log");
        return SampleLog.Read(name);
    }

    private static void Run(string name, SampleSet set, Action<SampleLine, Filter, List<Failure>, LineResult> look)
    {
        using Filter filter = ShippedFilter.Compile(ShippedFilter.Read(name, set.Options), new SampleClock());
        filter.CheckAllRegexes = true;
        foreach (SampleLine line in set.Lines)
        {
            byte[] text = Encoding.UTF8.GetBytes(line.Text + "\n");
            var failures = new List<Failure>();
            LogLine read = set.IsJournal ? new LogLine("2026-01-15T11:00:00"u8, text, SampleClock.Now.AddHours(-1)) : new LogLine(text);
            look(line, filter, failures, filter.Process(read, new LogProgress(), failures));
        }
    }

    private static string? Fault(SampleSet set, SampleLine line, List<Failure> failures, in LineResult result)
    {
        if (line.Verdict == SampleVerdict.None) return result.Hits.Count == 0 ? null : $"regex {result.Hits[0].Regex} occurs ({result.Verdict}, {Hosts(failures)})";
        LineVerdict wanted = line.Verdict switch
        {
            SampleVerdict.NoFail => LineVerdict.NoFailure,
            SampleVerdict.Pending => LineVerdict.Pending,
            _ => LineVerdict.Matched,
        };
        if (result.Verdict != wanted) return $"{result.Verdict} instead of {wanted}";
        if (result.Hits.Count != line.Regexes) return $"regexes {string.Join(", ", result.Hits.Select(hit => hit.Regex))} occur instead of {line.Regexes}";
        if (line.Verdict != SampleVerdict.Match) return null;

        foreach (Failure failure in failures)
        {
            foreach ((string name, string expected) in line.Expected)
                if (Value(failure, name) is var value && value != expected) return $"{name} is {value ?? "(none)"} instead of {expected}";
            if (!set.IsJournal && failure.Time == SampleClock.Now) return "the date was not found";
        }

        return null;
    }

    private static string? Value(Failure failure, string name) => name switch
    {
        "host" => (failure.Address ?? failure.Id).ToString(),
        "time" => failure.Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss"),
        _ => failure.Data[name] switch
        {
            null => null,
            PythonSet several => string.Join(',', several.Select(PythonText.Str).Order(StringComparer.Ordinal)),
            object one => PythonText.Str(one),
        },
    };

    private static string Hosts(List<Failure> failures) => string.Join(", ", failures.Select(failure => failure.Id.ToString()));

    /// <summary>Noon of a winter's day in UTC; samples are written for it.</summary>
    private sealed class SampleClock : TimeProvider
    {
        internal static readonly DateTimeOffset Now = new(2026, 1, 15, 12, 0, 0, TimeSpan.Zero);

        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
