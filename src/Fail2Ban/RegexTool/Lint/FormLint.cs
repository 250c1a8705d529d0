using System.Text;
using Fail2Ban.Configuration;
using Fail2Ban.Detection.Matching;

namespace Fail2Ban.RegexTool.Lint;

/// <summary>Looks for faults in a filter with certain parameters.</summary>
/// <param name="file">The filter.</param>
/// <param name="filter">The same, compiled.</param>
/// <param name="samples">Of it.</param>
/// <param name="known">Texts of patterns that were looked at for themselves.</param>
internal sealed class FormLint(FilterFile file, LintedFilter filter, SampleSearch samples, IReadOnlySet<string> known)
{
    // A sample or two of a pattern are enough to grow.
    private const int MeasuredSamples = 2;

    /// <summary>The failregexes that have a comment for a sample.</summary>
    public IEnumerable<PatternPlace> Sampled => Enumerable.Range(0, filter.Fail.Count).Where(index => samples.Of(index).Any(sample => sample.IsWritten)).Select(Place);

    /// <summary>All faults.</summary>
    public IEnumerable<Finding> Look() =>
        Enumerable.Range(0, filter.Fail.Count).SelectMany(LookAt)
            .Concat(new ForgeryCheck(filter, samples.Samples, index => known.Contains(filter.Fail[index].Regex.Text)).Find().Select(forgery => Forgery(Place(forgery.Regex), forgery.Line)))
            .Concat(MeasureOthers())
            .OfType<Finding>();

    private IEnumerable<Finding?> LookAt(int index)
    {
        CompiledRegex regex = filter.Fail[index];
        PatternPlace place = Place(index);
        Sample[] own = [.. samples.Of(index)];
        yield return OpenHostCheck.Look(regex, filter.IsMultiLine, place);
        yield return Measure(regex, filter.IsMultiLine, place, own.Take(MeasuredSamples).Select(sample => filter.Content(sample.Text, out _)!));
        if (samples.IsExcluded(index))
        {
            yield return new Finding(place, FaultKind.Excluded, "No line that the prefregex lets through can match it.", "Let the prefregex take such lines, or remove the pattern.");
            yield break;
        }

        if (!own.Any(sample => sample.IsWritten))
            yield return new Finding(place, FaultKind.Unsampled, "No comment of the file is a line that it matches.", "Write one above it, as the program logs it.");
        yield return Shadow(place, own, index);
    }

    private static Finding? Shadow(PatternPlace place, Sample[] own, int index)
    {
        if (own.Length == 0 || own.Any(sample => sample.First.Regex == index)) return null;
        return new Finding(place, FaultKind.Shadowed,
            $"All its samples match failregex {own[0].First.Regex + 1} before it.", "Remove one of the two, or put the narrower one first.");
    }

    private static Finding Forgery(PatternPlace place, string line) => new(place, FaultKind.Forgeable,
        "In this line a text that its pattern takes at will has another host found.",
        "Let the text before the host be as long as it can (.*) and fix the end with $, or take no such text.", line);

    private IEnumerable<Finding?> MeasureOthers()
    {
        byte[][] lines = [.. samples.Samples.Select(sample => sample.Text).Take(1)];
        if (filter.Prefix is { } prefix) yield return Measure(prefix, false, Place(prefix, "prefregex", 0), lines);
        foreach ((int index, CompiledRegex regex) in filter.Ignore.Index()) yield return Measure(regex, false, Place(regex, "ignoreregex", index + 1), [.. SampleSearch.Examples(regex).Select(Encoding.UTF8.GetBytes), .. lines]);
    }

    private Finding? Measure(CompiledRegex regex, bool isMultiLine, PatternPlace place, IEnumerable<byte[]> texts)
    {
        if (known.Contains(regex.Regex.Text) || SlowPatternCheck.Look(regex, isMultiLine, texts) is not { } slow) return null;
        string shown = slow.Grown.Length > 40 ? slow.Grown[..40] + "..." : slow.Grown;
        return new Finding(place, FaultKind.Slow,
            $"A line of {slow.Text.Length} bytes that repeats \"{shown}\" takes it {slow.Steps} steps or more.",
            "Let no two repetitions next to each other take the same text.", Encoding.ASCII.GetString(slow.Text)[..120] + "...");
    }

    private PatternPlace Place(int failRegex) => Place(filter.Fail[failRegex], "failregex", failRegex + 1);

    private PatternPlace Place(CompiledRegex regex, string option, int number) =>
        new(file.Locate(option, regex.Regex.Text), file.Parameters.Length > 0 ? $"{file.Definition.Name}[{file.Parameters}]" : file.Definition.Name, option, number);
}
