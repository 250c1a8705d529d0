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
    private readonly (FieldSlot Slot, int Number)[] _deciding;
    private readonly (FieldSlot Slot, int[] Before, int Number)[] _standIns; // for a slot, where none of those before has a text
    private readonly int[] _identifying;
    private readonly Derived[] _derived; // sorted by group name, since later ones only fill what is still empty

    private CompiledRegex(FilterRegex regex, Pattern pattern)
    {
        Regex = regex;
        Pattern = pattern;
        string[] names = [.. pattern.GroupNames.OrderBy(group => group.Number).Select(group => group.Name)];
        _derived = [.. names.Order(StringComparer.Ordinal).Select(Derive).OfType<Derived>()];
        _groups = [.. names.Select(name => new Group(name, Fields.SlotOf(name), pattern.GroupNumber(name)))];
        _deciding = [.. _groups.Where(group => group.Slot is not (FieldSlot.None or FieldSlot.Content)).Select(group => (group.Slot, group.Number))];
        _standIns = [.. _derived.Where(derived => Fields.SlotOf(derived.Target) is not (FieldSlot.None or FieldSlot.Content)).Select(derived => (
            Fields.SlotOf(derived.Target),
            _derived.TakeWhile(before => before != derived).Where(before => before.Target == derived.Target).Select(before => before.Source).Append(derived.Target).Select(pattern.GroupNumber).Where(number => number > 0).ToArray(),
            pattern.GroupNumber(derived.Source)))];
        CountsPlainly = !Array.Exists(_derived, derived => derived.IsTuple || Derive(derived.Target) is not null);
        SkippedGroups = [.. names.Where(name => name.StartsWith("skiplines", StringComparison.Ordinal)).Select(pattern.GroupNumber)];
        ContentGroup = pattern.GroupNumber("content");
        IdentifiesFailure = names.Any(name => IdGroups.Contains(name));
        _identifying = [.. names.Where(name => IdGroups.Contains(Derive(name)?.Target ?? name)).Select(pattern.GroupNumber)];
    }

    private CompiledRegex(CompiledRegex same)
    {
        Regex = same.Regex;
        Pattern = same.Pattern.Again();
        (_groups, _deciding, _standIns, _identifying, _derived) = (same._groups, same._deciding, same._standIns, same._identifying, same._derived);
        (SkippedGroups, ContentGroup, IdentifiesFailure, CountsPlainly, Limit) = (same.SkippedGroups, same.ContentGroup, same.IdentifiesFailure, same.CountsPlainly, same.Limit);
    }

    public FilterRegex Regex { get; }

    public Pattern Pattern { get; }

    /// <summary>The numbers of the groups that <c>&lt;SKIPLINES&gt;</c> made.</summary>
    public int[] SkippedGroups { get; }

    /// <summary>The number of the group <c>content</c>, or -1.</summary>
    public int ContentGroup { get; }

    /// <summary>Whether some group can say who failed, or to which connection the line belongs.</summary>
    public bool IdentifiesFailure { get; }

    /// <summary>Whether all fields are texts of groups, as <see cref="PutPlaces"/> takes them.</summary>
    public bool CountsPlainly { get; }

    /// <summary>Whether one of those groups took part in a match.</summary>
    public bool Identifies(GroupSpans groups)
    {
        foreach (int group in _identifying)
            if (groups[group].Start >= 0) return true;
        return false;
    }

    /// <summary>Lets it be reported that this regex has exceeded its budget.</summary>
    public OncePerDay Limit { get; } = new();

    /// <summary>The same regex for another thread.</summary>
    public CompiledRegex Again() => new(this);

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

    /// <summary>Notes for each slot where its text stands, of the groups that took part in a match. Only where it <see cref="CountsPlainly"/>.</summary>
    /// <param name="places">Start and end of each slot's text; -1 where it has none.</param>
    /// <param name="groups">Where the groups stand in what the regex was tried on.</param>
    /// <param name="offset">Where that begins, in what the places are counted in.</param>
    public void PutPlaces(Span<int> places, GroupSpans groups, int offset)
    {
        foreach ((FieldSlot slot, int number) in _deciding)
        {
            if (groups[number] is not (>= 0 and int start, int end)) continue;
            places[2 * (int)slot] = offset + start;
            places[2 * (int)slot + 1] = offset + end;
        }

        // What stands there of the prefregex counts no more than nothing: a group fills in for those of its own regex only.
        foreach ((FieldSlot slot, int[] own, int number) in _standIns)
        {
            if (groups[number] is not (>= 0 and int start, int end) || start == end || IsFilled(own, groups)) continue;
            places[2 * (int)slot] = offset + start;
            places[2 * (int)slot + 1] = offset + end;
        }
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

    private static bool IsFilled(int[] numbers, GroupSpans groups)
    {
        foreach (int number in numbers)
            if (groups[number] is var (start, end) && start < end) return true;
        return false;
    }

    private static Derived? Derive(string group) =>
        group[0] is 'a' or 't' && DerivedName().Match(group) is { Success: true } name
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
