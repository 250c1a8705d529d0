using System.Text;

namespace Fail2Ban.Tags;

/// <summary>
/// Replaces <c>&lt;tag&gt;</c> in a set of properties by other properties of the same set, innermost first, so that
/// <c>&lt;x-&lt;mode&gt;&gt;</c> composes a name. Used when a filter or action is read, and by actions for their properties.
/// </summary>
public static class RecursiveTags
{
    // One tag may be replaced so often within one value; more means that definitions refer to each other.
    private const int MostReplacements = 25;

    // Values that double each other grow without ever being circular.
    private const int LongestValue = 16 * 1024 * 1024;

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
        Func<string, string?>? lookUp = null)
    {
        // A value can gain tags from values that were substituted before it only if names are composed, so a
        // second round over what changed is needed until nothing does.
        using var text = new SpliceText();
        bool again = true;
        while (again)
        {
            again = false;
            for (int index = 0; index < properties.Count; index++)
            {
                (string name, string value) = properties.GetAt(index);
                if (!value.Contains('<', StringComparison.Ordinal) || (keep is not null && keep.Contains(name))) continue;
                text.Set(value);
                if (Expand(text, properties, name, condition, keep, lookUp, out bool isChanged) is { } error) return error;
                if (!isChanged) continue;
                properties.SetAt(index, text.ToString());
                again |= NextTag(text.Text, 0) is not null;
            }
        }

        return null;
    }

    private static string? Expand(
        SpliceText value, OrderedDictionary<string, string> properties, string name, string? condition, IReadOnlySet<string>? keep, Func<string, string?>? lookUp, out bool isChanged)
    {
        OrderedDictionary<string, int>? replaced = null;
        isChanged = false;
        for (int at = 0; NextTag(value.Text, at) is { } tag; )
        {
            string whole = new(value.Text.Slice(tag.Start, tag.Length)), inner = whole[1..^1];
            if (keep is not null && keep.Contains(inner))
            {
                at = tag.Start + tag.Length;
                continue;
            }

            int times = replaced?.GetValueOrDefault(inner) ?? 0;
            if (inner == name || times > MostReplacements) return SelfReference(name, inner, replaced, value.Text);
            string? text = condition is not null && properties.TryGetValue($"{inner}?{condition}", out string? variant) ? variant : null;
            if (text is null && !properties.TryGetValue(inner, out text)) text = lookUp?.Invoke(inner);
            if (text is null)
            {
                at = tag.Start + tag.Length;
                continue;
            }

            if (!value.TryReplace(whole, text, LongestValue)) return SelfReference(name, inner, replaced, value.Text[..Math.Min(value.Text.Length, 200)]);
            isChanged = true;
            (replaced ??= new(StringComparer.Ordinal))[inner] = times + 1;
            at = Math.Min(tag.Start, value.Text.Length);
        }

        return null;
    }

    // The next text between angle brackets that has neither blanks nor angle brackets in it.
    private static (int Start, int Length)? NextTag(ReadOnlySpan<char> value, int from)
    {
        int open = IndexOfOpen(value, from);
        while (open >= 0)
        {
            int length = value[(open + 1)..].IndexOfAny('<', '>', ' ');
            if (length < 0) return null;
            int at = open + 1 + length;
            if (value[at] == '>' && length > 0) return (open, length + 2);
            open = value[at] == '<' ? at : IndexOfOpen(value, at + 1);
        }

        return null;
    }

    private static int IndexOfOpen(ReadOnlySpan<char> value, int from) => value[from..].IndexOf('<') is >= 0 and int found ? from + found : -1;

    private static string SelfReference(string name, string tag, OrderedDictionary<string, int>? replaced, ReadOnlySpan<char> value)
    {
        var counts = new StringBuilder();
        foreach ((string key, int count) in replaced ?? []) counts.Append(counts.Length > 0 ? ", " : "").Append('\'').Append(key).Append("': ").Append(count);
        return $"properties contain self referencing definitions and cannot be resolved, fail tag: {name}, found: {tag} in {{{counts}}}, value: {value}";
    }
}
