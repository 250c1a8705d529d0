using Fail2Ban.Patterns;

namespace Fail2Ban.Detection.Dates;

/// <summary>A group of a template that says something about the date.</summary>
/// <param name="Field">The token's letter, which is the group's name: <c>Y</c>, <c>m</c>, <c>d</c>…</param>
/// <param name="Number">The group's number.</param>
internal readonly record struct FieldGroup(char Field, int Number)
{
    private const string Letters = "YybBmdHIpMSjUWaAwzZ";

    /// <summary>Such groups, in the order in which they stand in the pattern.</summary>
    public static FieldGroup[] Of(Pattern pattern) =>
    [
        .. pattern.GroupNames
            .Where(group => group.Name.Length == 1 && Letters.Contains(group.Name[0], StringComparison.Ordinal))
            .Select(group => new FieldGroup(group.Name[0], group.Number))
            .OrderBy(group => group.Number),
    ];
}
