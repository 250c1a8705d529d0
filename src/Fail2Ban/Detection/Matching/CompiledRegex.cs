using System.Text.RegularExpressions;
using Fail2Ban.Patterns;
using Fail2Ban.Values;

namespace Fail2Ban.Detection.Matching;

/// <summary>A regex of a filter, ready to be searched, and the fields that its groups fill.</summary>
/// <remarks>Not thread-safe: holds the spans of its last match.</remarks>
internal sealed partial class CompiledRegex : IDisposable
{
    private static readonly string[] IdGroups = ["fid", "ip4", "ip6", "dns", "mlfid"];

    private readonly Group[] _groups;
    private readonly Group[] _deciding;
    private readonly int[] _numbers = new int[(int)FieldSlot.Users + 1]; // of the group of each slot; 0 for none
    private readonly int[] _identifying;
    private readonly Derived[] _derived; // sorted by group name, since later ones only fill what is still empty

    private CompiledRegex(FilterRegex regex, Pattern pattern)
    {
        Regex = regex;
        Pattern = pattern;
        string[] names = [.. pattern.GroupNames.OrderBy(group => group.Number).Select(group => group.Name)];
        _derived = [.. names.Order(StringComparer.Ordinal).Select(Derive).OfType<Derived>()];
        _groups = [.. names.Select(name => new Group(name, Fields.SlotOf(name), pattern.GroupNumber(name)))];
        _deciding = [.. _groups.Where(group => group.Slot is not (FieldSlot.None or FieldSlot.Content))];
        foreach (Group group in _deciding) _numbers[(int)group.Slot] = group.Number;
        SkippedGroups = [.. names.Where(name => name.StartsWith("skiplines", StringComparison.Ordinal)).Select(pattern.GroupNumber)];
        ContentGroup = pattern.GroupNumber("content");
        IdentifiesFailure = names.Any(name => IdGroups.Contains(name));
        _identifying = [.. names.Where(name => IdGroups.Contains(Derive(name)?.Target ?? name)).Select(pattern.GroupNumber)];
    }

    public FilterRegex Regex { get; }

    public Pattern Pattern { get; }

    /// <summary>The numbers of the groups that <c>&lt;SKIPLINES&gt;</c> made.</summary>
    public int[] SkippedGroups { get; }

    /// <summary>The number of the group <c>content</c>, or -1.</summary>
    public int ContentGroup { get; }

    /// <summary>Whether some group can say who failed, or to which connection the line belongs.</summary>
    public bool IdentifiesFailure { get; }

    /// <summary>Whether groups fill further fields (<c>alt_</c>, <c>tuple_</c>).</summary>
    public bool Derives => _derived.Length > 0;

    /// <summary>Whether one of those groups took part in a match.</summary>
    public bool Identifies(GroupSpans groups)
    {
        foreach (int group in _identifying)
            if (groups[group].Start >= 0) return true;
        return false;
    }

    /// <summary>Lets it be reported that this regex has exceeded its budget.</summary>
    public OncePerDay Limit { get; private init; } = new();

    /// <summary>The same regex for another thread.</summary>
    public CompiledRegex Again() => new(Regex, Pattern.Again()) { Limit = Limit };

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

    /// <summary>Adds the groups of a match with what <c>alt_</c> and <c>tuple_</c> groups add.</summary>
    /// <param name="fields">Empty.</param>
    /// <param name="subject">The text of that match.</param>
    /// <param name="groups">Where the groups stand in it.</param>
    public void Capture(Fields fields, ReadOnlySpan<byte> subject, GroupSpans groups) => Capture(fields, subject, groups, withContent: true);

    /// <summary>Adds the groups of a match without content, for those of a failregex to be put over them.</summary>
    /// <param name="fields">Empty.</param>
    /// <param name="subject">The text of that match.</param>
    /// <param name="groups">Where the groups stand in it.</param>
    public void CapturePrefix(Fields fields, ReadOnlySpan<byte> subject, GroupSpans groups) => Capture(fields, subject, groups, withContent: false);

    /// <summary>Puts the groups that took part in a match over the fields of a prefregex.</summary>
    /// <param name="fields">Those.</param>
    /// <param name="subject">The text of that match.</param>
    /// <param name="groups">Where the groups stand in it.</param>
    /// <param name="scratch">Empty.</param>
    public void CaptureOver(Fields fields, ReadOnlySpan<byte> subject, GroupSpans groups, Fields scratch)
    {
        if (_derived.Length > 0)
        {
            Capture(scratch, subject, groups);
            fields.Update(scratch);
            return;
        }

        foreach (ref readonly Group group in _groups.AsSpan())
            if (groups[group.Number] is (>= 0 and int start, int end)) fields.SetText(group.Name, group.Slot, subject[start..end]);
    }

    /// <summary>
    /// Puts those groups that took part in a match over the fields of a prefregex on which it depends who failed, or whether
    /// somebody did: for whoever does not look at the fields. Not where anything <see cref="Derives"/>.
    /// </summary>
    /// <param name="fields">Those, or empty.</param>
    /// <param name="subject">The text of that match.</param>
    /// <param name="groups">Where the groups stand in it.</param>
    public void CaptureWhatDecides(Fields fields, ReadOnlySpan<byte> subject, GroupSpans groups)
    {
        foreach (ref readonly Group group in _deciding.AsSpan())
            if (groups[group.Number] is (>= 0 and int start, int end)) fields.SetText(group.Name, group.Slot, subject[start..end]);
    }

    /// <summary>The text of a group that decides, as <see cref="CaptureWhatDecides"/> would put it.</summary>
    /// <returns>False where there is no such group, or it took no part.</returns>
    public bool TryText(FieldSlot slot, ReadOnlySpan<byte> subject, GroupSpans groups, out ReadOnlySpan<byte> text)
    {
        text = [];
        if (_numbers[(int)slot] is not (> 0 and int number) || groups[number] is not (>= 0 and int start, int end)) return false;
        text = subject[start..end];
        return true;
    }

    public void Dispose() => Pattern.Dispose();

    private void Capture(Fields fields, ReadOnlySpan<byte> subject, GroupSpans groups, bool withContent)
    {
        foreach (ref readonly Group group in _groups.AsSpan())
        {
            (int start, int end) = groups[group.Number];
            if (!withContent && group.Slot == FieldSlot.Content && start < end) continue;
            if (start < 0) fields.AddNone(group.Name, group.Slot);
            else fields.AddText(group.Name, group.Slot, subject[start..end]);
        }

        foreach (Derived derived in _derived) derived.Apply(fields);
    }

    private static Derived? Derive(string group) =>
        DerivedName().Match(group) is { Success: true } name
            ? new Derived(group, TagExpander.GroupOf(name.Groups[2].Value), IsTuple: name.Groups[1].ValueSpan is "tuple")
            : null;

    private readonly record struct Group(string Name, FieldSlot Slot, int Number);

    private sealed record Derived(string Source, string Target, bool IsTuple)
    {
        public void Apply(Fields fields)
        {
            if (IsTuple)
                fields[Target] = fields[Target] is PythonTuple tuple ? new PythonTuple([.. tuple, fields[Source]]) : new PythonTuple(fields[Target], fields[Source]);
            else if (fields.IsSet(Source) && !fields.IsSet(Target))
                fields.Copy(Source, Target);
        }
    }

    [GeneratedRegex(@"^(alt|tuple)_(.+?)(?:_\d+)?$", RegexOptions.CultureInvariant)]
    private static partial Regex DerivedName();
}
