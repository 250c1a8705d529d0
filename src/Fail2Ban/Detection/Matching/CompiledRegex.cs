using System.Text;
using System.Text.RegularExpressions;
using Fail2Ban.Patterns;
using Fail2Ban.Values;

namespace Fail2Ban.Detection.Matching;

/// <summary>A regex of a filter, ready to be searched, and the fields that its groups fill.</summary>
/// <remarks>Not thread-safe: holds the spans of its last match.</remarks>
internal sealed partial class CompiledRegex : IDisposable
{
    private static readonly string[] IdGroups = ["fid", "ip4", "ip6", "dns", "mlfid"];

    private readonly (string Name, int Number)[] _groups;
    private readonly Derived[] _derived; // sorted by group name, since later ones only fill what is still empty

    private CompiledRegex(FilterRegex regex, Pattern pattern)
    {
        Regex = regex;
        Pattern = pattern;
        _groups = [.. pattern.GroupNames.OrderBy(group => group.Number)];
        _derived = [.. _groups.Select(group => group.Name).Order(StringComparer.Ordinal).Select(Derive).OfType<Derived>()];
        SkippedGroups = [.. _groups.Where(group => group.Name.StartsWith("skiplines", StringComparison.Ordinal)).Select(group => group.Number)];
        ContentGroup = pattern.GroupNumber("content");
        IdentifiesFailure = _groups.Any(group => IdGroups.Contains(group.Name));
    }

    public FilterRegex Regex { get; }

    public Pattern Pattern { get; }

    /// <summary>The numbers of the groups that <c>&lt;SKIPLINES&gt;</c> made.</summary>
    public int[] SkippedGroups { get; }

    /// <summary>The number of the group <c>content</c>, or -1.</summary>
    public int ContentGroup { get; }

    /// <summary>Whether some group can say who failed, or to which connection the line belongs.</summary>
    public bool IdentifiesFailure { get; }

    /// <summary>Whether this regex was already reported for exceeding its budget.</summary>
    public bool LimitReported { get; set; }

    /// <exception cref="FilterException">Empty, or not compilable.</exception>
    public static CompiledRegex Compile(string text, UseDns useDns, bool multiLine)
    {
        string trimmed = text.TrimStart();
        if (trimmed.Length == 0) throw new FilterException("Cannot add empty regex");

        string expanded = TagExpander.Expand(text, useDns);
        try
        {
            return new CompiledRegex(new FilterRegex(text, expanded), Pattern.Compile(expanded, multiLine));
        }
        catch (PatternException e)
        {
            throw new FilterException($"Unable to compile regular expression '{expanded}':\n{e.Message}", e);
        }
    }

    /// <summary>The groups of the last match with what <c>alt_</c> and <c>tuple_</c> groups add.</summary>
    /// <param name="subject">The text of that match.</param>
    public Fields Capture(ReadOnlySpan<byte> subject)
    {
        var fields = new Fields();
        foreach ((string name, int number) in _groups)
        {
            (int start, int end) = Pattern.Group(number);
            fields[name] = start < 0 ? null : Encoding.UTF8.GetString(subject[start..end]);
        }

        foreach (Derived derived in _derived) derived.Apply(fields);
        return fields;
    }

    public void Dispose() => Pattern.Dispose();

    private static Derived? Derive(string group) =>
        DerivedName().Match(group) is { Success: true } name
            ? new Derived(group, TagExpander.GroupOf(name.Groups[2].Value), IsTuple: name.Groups[1].ValueSpan is "tuple")
            : null;

    private sealed record Derived(string Source, string Target, bool IsTuple)
    {
        public void Apply(Fields fields)
        {
            object? value = fields[Source];
            if (IsTuple)
                fields[Target] = fields[Target] is PythonTuple tuple ? new PythonTuple([.. tuple, value]) : new PythonTuple(fields[Target], value);
            else if (fields.IsSet(Source) && !fields.IsSet(Target))
                fields[Target] = value;
        }
    }

    [GeneratedRegex(@"^(alt|tuple)_(.+?)(?:_\d+)?$", RegexOptions.CultureInvariant)]
    private static partial Regex DerivedName();
}
