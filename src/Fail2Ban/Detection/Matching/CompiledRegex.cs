using System.Text;
using System.Text.RegularExpressions;
using Fail2Ban.Patterns;
using Fail2Ban.Values;

namespace Fail2Ban.Detection.Matching;

/// <summary>A regex of a filter, ready to be searched, and the fields that its groups fill.</summary>
/// <remarks>Not thread-safe: holds the spans of its last match.</remarks>
internal sealed partial class CompiledRegex : IDisposable
{
    private const string Flag = "1";

    private static readonly string[] IdGroups = ["fid", "ip4", "ip6", "dns", "mlfid"];

    private readonly Group[] _groups;
    private readonly Derived[] _derived; // sorted by group name, since later ones only fill what is still empty

    private CompiledRegex(FilterRegex regex, Pattern pattern)
    {
        Regex = regex;
        Pattern = pattern;
        string[] names = [.. pattern.GroupNames.OrderBy(group => group.Number).Select(group => group.Name)];
        _derived = [.. names.Order(StringComparer.Ordinal).Select(Derive).OfType<Derived>()];
        _groups = [.. names.Select(name => new Group(name, Fields.SlotOf(name), pattern.GroupNumber(name), IsText(name)))];
        SkippedGroups = [.. names.Where(name => name.StartsWith("skiplines", StringComparison.Ordinal)).Select(pattern.GroupNumber)];
        ContentGroup = pattern.GroupNumber("content");
        IdentifiesFailure = names.Any(name => IdGroups.Contains(name));
    }

    public FilterRegex Regex { get; }

    public Pattern Pattern { get; }

    /// <summary>The numbers of the groups that <c>&lt;SKIPLINES&gt;</c> made.</summary>
    public int[] SkippedGroups { get; }

    /// <summary>The number of the group <c>content</c>, or -1.</summary>
    public int ContentGroup { get; }

    /// <summary>Whether some group can say who failed, or to which connection the line belongs.</summary>
    public bool IdentifiesFailure { get; }

    /// <summary>When this regex was last reported for exceeding its budget; null if never.</summary>
    public OncePerDay? Limit { get; set; }

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
    /// <param name="flagsOnly">Of most groups only whether they are empty is wanted.</param>
    public Fields Capture(ReadOnlySpan<byte> subject, bool flagsOnly)
    {
        var fields = new Fields(_groups.Length + 2); // with users and ip
        foreach (ref readonly Group group in _groups.AsSpan()) fields.Add(group.Name, group.Slot, Value(group, subject, flagsOnly));
        foreach (Derived derived in _derived) derived.Apply(fields);
        return fields;
    }

    /// <summary>The groups of the last match without content, for those of a failregex to be added.</summary>
    /// <param name="subject">The text of that match.</param>
    /// <param name="flagsOnly">As in <see cref="Capture"/>.</param>
    /// <param name="room">How many fields will be added.</param>
    public Fields CapturePrefix(ReadOnlySpan<byte> subject, bool flagsOnly, int room)
    {
        var fields = new Fields(_groups.Length + room + 2);
        foreach (ref readonly Group group in _groups.AsSpan())
        {
            if (group.Slot == FieldSlot.Content && Pattern.Group(group.Number) is (int start, int end) && start < end) continue;
            fields.Add(group.Name, group.Slot, Value(group, subject, flagsOnly));
        }

        foreach (Derived derived in _derived) derived.Apply(fields);
        return fields;
    }

    /// <summary>Puts the groups that took part in the last match over the fields of a prefregex.</summary>
    public void CaptureOver(Fields fields, ReadOnlySpan<byte> subject, bool flagsOnly)
    {
        if (_derived.Length > 0)
        {
            fields.Update(Capture(subject, flagsOnly));
            return;
        }

        foreach (ref readonly Group group in _groups.AsSpan())
            if (Value(group, subject, flagsOnly) is { } value) fields.Set(group.Name, group.Slot, value);
    }

    /// <summary>How many fields a match gives at most.</summary>
    public int FieldCount => _groups.Length + _derived.Length;

    public void Dispose() => Pattern.Dispose();

    private string? Value(in Group group, ReadOnlySpan<byte> subject, bool flagsOnly)
    {
        (int start, int end) = Pattern.Group(group.Number);
        if (start < 0) return null;
        if (start == end) return "";
        return flagsOnly && !group.IsText ? Flag : Encoding.UTF8.GetString(subject[start..end]);
    }

    // What connections, names and derived fields are made of.
    private bool IsText(string name) =>
        Fields.SlotOf(name) is FieldSlot.MlfId or FieldSlot.User or FieldSlot.Dns || _derived.Any(derived => name == derived.Source || name == derived.Target);

    private static Derived? Derive(string group) =>
        DerivedName().Match(group) is { Success: true } name
            ? new Derived(group, TagExpander.GroupOf(name.Groups[2].Value), IsTuple: name.Groups[1].ValueSpan is "tuple")
            : null;

    private readonly record struct Group(string Name, FieldSlot Slot, int Number, bool IsText);

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
