using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Fail2Ban.Values;

namespace Fail2Ban.Detection.Matching;

/// <summary>The fields of a failure while it is put together: Python's dict, in the order of first assignment.</summary>
/// <remarks>Not thread-safe. A failure that spans several lines of one connection lives on in the connection cache.</remarks>
internal sealed class Fields
{
    private const int Slots = (int)FieldSlot.Users + 1;

    /// <summary>None; shared, and never added to.</summary>
    public static readonly IReadOnlyList<MatchedLine> NoLines = [];

    // A handful of names: a list is smaller and faster than a hash table, and what is asked for often has its place noted.
    private Field[] _items;
    private SlotPlaces _places;
    private List<MatchedLine>? _noFailMatches;

    /// <param name="capacity">How many fields to have room for.</param>
    public Fields(int capacity = 4) => _items = new Field[capacity];

    /// <summary>The lines that are reported with the failure; replaced as a whole.</summary>
    public IReadOnlyList<MatchedLine> Matches { get; set; } = NoLines;

    /// <summary>Lines of the connection that are no failure of their own; reported with the next one that is.</summary>
    public List<MatchedLine> NoFailMatches => _noFailMatches ??= [];

    /// <summary>Whether there are such lines.</summary>
    public bool HasNoFailMatches => _noFailMatches is { Count: > 0 };

    /// <summary>Whether a failure of the connection waits for its address.</summary>
    public bool IsPending { get; set; }

    /// <summary>All users of the connection, in order of appearance; null until the first.</summary>
    public List<object?>? Users { get; private set; }

    public int Count { get; private set; }

    /// <summary>A field; null where it is absent or did not take part.</summary>
    public object? this[string name]
    {
        get
        {
            int position = Find(name);
            return position < 0 ? null : _items[position].Value;
        }
        set => Set(name, SlotOf(name), value);
    }

    /// <summary>A field; null where it is absent or did not take part.</summary>
    public object? this[FieldSlot slot]
    {
        get
        {
            int position = _places[(int)slot] - 1;
            return position < 0 ? null : _items[position].Value;
        }
    }

    /// <summary>The slot of a name.</summary>
    public static FieldSlot SlotOf(string name) => name switch
    {
        "ip4" => FieldSlot.Ip4,
        "ip6" => FieldSlot.Ip6,
        "dns" => FieldSlot.Dns,
        "cidr" => FieldSlot.Cidr,
        "fid" => FieldSlot.Fid,
        "content" => FieldSlot.Content,
        "mlfid" => FieldSlot.MlfId,
        "mlfforget" => FieldSlot.MlfForget,
        "mlfgained" => FieldSlot.MlfGained,
        "nofail" => FieldSlot.NoFail,
        "user" => FieldSlot.User,
        UsersField => FieldSlot.Users,
        _ => FieldSlot.None,
    };

    /// <summary>Adds a field that is not there yet.</summary>
    public void Add(string name, FieldSlot slot, object? value)
    {
        if (Count == _items.Length) Array.Resize(ref _items, Math.Max(4, 2 * Count));
        _items[Count++] = new Field(name, slot, value);
        if (slot != FieldSlot.None) _places[(int)slot] = (ushort)Count;
    }

    /// <summary>Adds or replaces a field.</summary>
    public void Set(string name, FieldSlot slot, object? value)
    {
        int position = slot == FieldSlot.None ? Find(name) : _places[(int)slot] - 1;
        if (position < 0) Add(name, slot, value);
        else _items[position].Value = value;
    }

    /// <summary>Whether a field was captured and is not empty: what "set" means for flags.</summary>
    public bool IsSet(string name) => IsSet(this[name]);

    /// <summary>Whether a field was captured and is not empty: what "set" means for flags.</summary>
    public bool IsSet(FieldSlot slot) => IsSet(this[slot]);

    /// <summary>Removes a field.</summary>
    /// <returns>Whether it was set.</returns>
    public bool Take(FieldSlot slot)
    {
        int position = _places[(int)slot] - 1;
        if (position < 0) return false;
        bool wasSet = IsSet(_items[position].Value);
        Count--;
        Array.Copy(_items, position + 1, _items, position, Count - position);
        _items[Count] = default;
        for (int i = 0; i < Slots; i++)
            if (_places[i] > position) _places[i]--;
        _places[(int)slot] = 0;
        return wasSet;
    }

    /// <summary>Overlays everything of the other that took part in its match.</summary>
    public void Update(Fields other)
    {
        foreach (ref readonly Field item in other._items.AsSpan(0, other.Count))
            if (item.Value is not null) Set(item.Name, item.Slot, item.Value);
    }

    public void AddUser(object? user)
    {
        if (user is null or "") return;
        Users ??= [];
        if (!Users.Contains(user)) Users.Add(user);
        if (_places[(int)FieldSlot.Users] == 0) Add(UsersField, FieldSlot.Users, Users);
    }

    public FailureData ToData()
    {
        var fields = ImmutableArray.CreateBuilder<KeyValuePair<string, object?>>(Count);
        foreach (ref readonly Field item in _items.AsSpan(0, Count))
            fields.Add(new(item.Name, item.Value is List<object?> users ? new PythonSet([.. users]) : item.Value));
        return new FailureData(fields.MoveToImmutable());
    }

    private const string UsersField = "users";

    private static bool IsSet(object? value) => value switch
    {
        null => false,
        string text => text.Length > 0,
        _ => true,
    };

    private int Find(string name)
    {
        for (int i = 0; i < Count; i++)
            if (_items[i].Name == name) return i;
        return -1;
    }

    private record struct Field(string Name, FieldSlot Slot, object? Value);

    // A position plus one; 0 where the field is absent.
    [InlineArray(Slots)]
    private struct SlotPlaces
    {
        private ushort _first;
    }
}
