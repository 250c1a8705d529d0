using Fail2Ban.Configuration;

namespace Fail2Ban.RegexTool.Lint;

/// <summary>Which pattern is meant.</summary>
/// <param name="Place">Where its text stands; null where that is not known.</param>
/// <param name="Filter">The filter's name, with the parameters that put the pattern there.</param>
/// <param name="Option"><c>failregex</c> and so on.</param>
/// <param name="Number">From 1; 0 where there is only one.</param>
internal sealed record PatternPlace(ConfigurationPlace? Place, string Filter, string Option, int Number)
{
    /// <summary>The same for what stands in the same place.</summary>
    public string Where => Place?.ToString() ?? $"{Filter} {Option} {Number}";

    public override string ToString() => $"{Place?.ToString() ?? Filter}: {Option}{(Number > 0 ? $" {Number}" : "")} of {Filter}";
}
