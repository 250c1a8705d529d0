using Fail2Ban.Configuration;
using Fail2Ban.Detection.Dates;
using Fail2Ban.Detection.Matching;
using Fail2Ban.Logging;

namespace Fail2Ban.RegexTool.Lint;

/// <summary>Looks for faults in one filter, in each of the forms that its parameters give it.</summary>
internal sealed class FilterLint(ConfigurationReader reader, TimeProvider time, Log log)
{
    private readonly List<Finding> _findings = [];

    // A fault is told once, in the first form that has it.
    private readonly HashSet<(FaultKind, string)> _told = [];

    // The texts of patterns that an earlier form had.
    private readonly HashSet<string> _known = [];

    // A pattern that has a sample in one form needs none in another.
    private readonly HashSet<string> _sampled = [];

    /// <summary>All faults.</summary>
    /// <param name="file">The filter.</param>
    /// <exception cref="ConfigurationException">It cannot be read with other parameters.</exception>
    /// <exception cref="FilterException">A regex cannot be compiled.</exception>
    public IReadOnlyList<Finding> Look(FilterFile file)
    {
        LookAtForm(file);
        foreach (string form in file.Forms)
            if (reader.ReadFilterFile(form) is { } other) LookAtForm(other);
        return [.. _findings.Where(finding => finding.Kind != FaultKind.Unsampled || !_sampled.Contains(finding.Subject.Where))];
    }

    private void LookAtForm(FilterFile file)
    {
        if (file.Definition.FailRegexes.Count == 0) return;
        using LintedFilter filter = LintedFilter.Compile(file.Definition);
        using var dates = new DateDetector(DateDetector.SplitPatterns(file.Definition.DatePattern), null, time, log);
        var samples = new SampleSearch(filter, dates);
        samples.ReadComments(file.Files, file.Definition.MaxLines ?? 1);
        var form = new FormLint(file, filter, samples, _known);
        _findings.AddRange(form.Look().Where(finding => _told.Add((finding.Kind, finding.Subject.Where))));
        _known.UnionWith(filter.All.Select(regex => regex.Regex.Text));
        _sampled.UnionWith(form.Sampled.Select(place => place.Where));
    }
}
