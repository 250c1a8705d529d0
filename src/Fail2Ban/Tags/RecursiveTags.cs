namespace Fail2Ban.Tags;

/// <summary>
/// Replaces <c>&lt;tag&gt;</c> in a set of properties by other properties of the same set, innermost first, so that
/// <c>&lt;x-&lt;mode&gt;&gt;</c> composes a name. Used when a filter or action is read, and by actions for their properties.
/// </summary>
public static class RecursiveTags
{
    /// <summary>Substitutes every property in place; a tag that nothing resolves stays as written.</summary>
    /// <param name="properties">Name → text. Values are replaced by their substituted form, order is kept.</param>
    /// <param name="condition">
    /// Such as <c>family=inet6</c>: a tag <c>t</c> then prefers the property <c>t?family=inet6</c>; null for none.
    /// </param>
    /// <param name="keep">Names that are neither substituted themselves nor replaced in others; null for none.</param>
    /// <param name="lookUp">Asked for a tag that is no property; null as its answer leaves the tag as it is.</param>
    /// <returns>
    /// Null, or the original's sentence about a property that refers to itself (directly, in a circle, or one tag more
    /// than 25 times in one value). The properties are then half substituted.
    /// </returns>
    public static string? Substitute(
        OrderedDictionary<string, string> properties,
        string? condition = null,
        IReadOnlySet<string>? keep = null,
        Func<string, string?>? lookUp = null) => throw new NotImplementedException();
}
