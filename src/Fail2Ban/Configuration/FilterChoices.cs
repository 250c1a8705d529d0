using System.Text.RegularExpressions;
using Fail2Ban.Configuration.Ini;

namespace Fail2Ban.Configuration;

/// <summary>Finds the values of parameters that put one of several options into a filter.</summary>
internal static partial class FilterChoices
{
    // Puts another head before the same patterns.
    private const string LogType = "logtype";

    /// <summary>Each parameter with each value, but for those that hold already.</summary>
    /// <param name="files">The filter's.</param>
    /// <param name="given">Parameters that were given: they stay.</param>
    public static IReadOnlyList<KeyValuePair<string, string>> Of(IniFileSet files, IReadOnlyDictionary<string, string> given)
    {
        IniSection[] sections = [files.Defaults, .. files.Sections.Values];
        string[] names = [.. sections.SelectMany(section => section.Options.Keys.Concat(section.Options.Keys.Select(option => $"{section.Name}/{option}"))).Distinct()];
        var choices = new List<KeyValuePair<string, string>>();
        foreach (IniValue value in sections.SelectMany(section => section.Options.Values))
            foreach (Match use in Choice().Matches(value.Text))
            {
                string parameter = use.Groups["parameter"].Value, before = use.Groups["before"].Value, after = use.Groups["after"].Value;
                if (parameter == LogType || given.ContainsKey(parameter)) continue;

                // Among names of which only a _ is known there are others than those that are meant.
                if (!before.Concat(after).Any(char.IsLetter)) continue;
                string? current = sections.Select(section => section.Options.GetValueOrDefault(parameter)?.Text).LastOrDefault(text => text is not null);
                choices.AddRange(names
                    .Where(name => name.Length > before.Length + after.Length && name.StartsWith(before, StringComparison.Ordinal) && name.EndsWith(after, StringComparison.Ordinal))
                    .Select(name => new KeyValuePair<string, string>(parameter, name[before.Length..^after.Length]))
                    .Where(choice => choice.Value != current && !choice.Value.Contains('/', StringComparison.Ordinal)));
            }

        return [.. choices.Distinct()];
    }

    [GeneratedRegex(@"<(?<before>[\w\-/.]*)<(?<parameter>\w+)>(?<after>[\w\-/.]*)>")]
    private static partial Regex Choice();
}
