using System.Collections.Immutable;
using Fail2Ban.Values;

namespace Fail2Ban.Patterns.Syntax;

/// <summary>The groups met so far, and Python's rules of who may refer to whom.</summary>
internal sealed class GroupTable(SyntaxReader reader)
{
    private readonly ImmutableArray<(string Name, int Number)>.Builder _names = ImmutableArray.CreateBuilder<(string Name, int Number)>();
    private readonly Dictionary<int, int> _expected = [];

    // By number; null while the group is open. Index 0 is the whole pattern, which is never closed.
    private readonly List<Width?> _widths = [null];

    private int _groupsBeforeLookBehind = -1;
    private Look? _variableLookBehind;

    internal int Count => _widths.Count - 1;

    internal ImmutableArray<(string Name, int Number)> Names => _names.ToImmutable();

    internal int Open(string? name, int nameIndex)
    {
        int number = _widths.Count;
        if (name is not null)
        {
            int known = Find(name);
            if (known > 0) reader.Fail($"redefinition of group name {PythonText.Repr(name)} as group {number}; was group {known}", nameIndex);
            _names.Add((name, number));
        }

        _widths.Add(null);
        return number;
    }

    internal void Close(Capture capture) => _widths[capture.Number] = Width.Of(capture.Body, this);

    internal Width WidthOf(int number) => (number < _widths.Count ? _widths[number] : null) ?? Width.Any;

    internal int NumberOf(string name, int index)
    {
        int number = Find(name);
        if (number == 0) reader.Fail($"unknown group name {PythonText.Repr(name)}", index);
        return number;
    }

    /// <summary>A condition may name a group that comes later; that it came is checked at the end.</summary>
    internal void Expect(int number, int index) => _expected.TryAdd(number, index);

    // index..end is where the reference stands.
    internal void CheckReference(int number, int index, int end)
    {
        if (!IsClosed(number)) reader.Fail("cannot refer to an open group", index);
        CheckLookBehind(number, end);
    }

    internal void CheckLookBehind(int number, int end)
    {
        if (_groupsBeforeLookBehind < 0) return;
        if (!IsClosed(number)) reader.Fail("cannot refer to an open group", end);
        if (number > _groupsBeforeLookBehind) reader.Fail("cannot refer to group defined in the same lookbehind subpattern", end);
    }

    /// <returns>Whether this look-behind is in no other.</returns>
    internal bool EnterLookBehind()
    {
        if (_groupsBeforeLookBehind >= 0) return false;
        _groupsBeforeLookBehind = Count;
        return true;
    }

    internal void LeaveLookBehind() => _groupsBeforeLookBehind = -1;

    // Python finds this only after all else is found right.
    internal void CheckFixedWidth(Look look)
    {
        Width width = Width.Of(look.Body, this);
        if (width.Least != width.Most) _variableLookBehind ??= look;
    }

    internal void CheckPending()
    {
        foreach ((int number, int index) in _expected)
            if (number > Count) reader.Fail($"invalid group reference {number}", index);
        if (_variableLookBehind is { } look) reader.Fail("look-behind requires fixed-width pattern", look.Index);
    }

    private bool IsClosed(int number) => number < _widths.Count && _widths[number] is not null;

    private int Find(string name)
    {
        foreach ((string known, int number) in _names)
            if (known == name) return number;
        return 0;
    }
}
