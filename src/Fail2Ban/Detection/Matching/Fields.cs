using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Fail2Ban.Values;

namespace Fail2Ban.Detection.Matching;

/// <summary>The fields of a failure while it is put together: Python's dict, in the order of first assignment.</summary>
/// <remarks>
/// Captured text is kept as bytes and becomes a string when somebody asks for it: of most lines nobody does. The object
/// is used again and again (<see cref="Reset"/>). A failure that spans several lines of one connection lives on in the
/// connection cache. Not thread-safe.
/// </remarks>
internal sealed class Fields
{
    private const int Slots = (int)FieldSlot.Users + 1;
    private const string UsersField = "users";

    // What is larger is given up by Reset, in bytes.
    private const int LargestKept = 4096;

    /// <summary>None; shared, and never added to.</summary>
    public static readonly IReadOnlyList<MatchedLine> NoLines = [];

    // A handful of names: a list is smaller and faster than a hash table, and what is asked for often has its place noted.
    private Field[] _items = new Field[8];
    private SlotPlaces _places;
    private byte[] _text = new byte[128];
    private int _textEnd;
    private List<MatchedLine>? _noFailMatches;
    private List<Captured>? _users;
    private byte[] _key = [];
    private int _keyLength;

    /// <summary>The lines that are reported with the failure; replaced as a whole.</summary>
    public IReadOnlyList<MatchedLine> Matches { get; set; } = NoLines;

    /// <summary>Lines of the connection that are no failure of their own; reported with the next one that is.</summary>
    public List<MatchedLine> NoFailMatches => _noFailMatches ??= [];

    /// <summary>Whether there are such lines.</summary>
    public bool HasNoFailMatches => _noFailMatches is { Count: > 0 };

    /// <summary>Whether a failure of the connection waits for its address.</summary>
    public bool IsPending { get; set; }

    /// <summary>How many different users the connection has named.</summary>
    public int UserCount => _users?.Count ?? 0;

    /// <summary>What the connection is known by; set by the connection cache, as is the next.</summary>
    public ReadOnlySpan<byte> Key => _key.AsSpan(0, _keyLength);

    /// <summary>Whether the connection cache holds it.</summary>
    public bool IsRemembered { get; set; }

    public int Count { get; private set; }

    /// <summary>For tests: how many bytes there is room for.</summary>
    internal int TextRoom => _text.Length;

    /// <summary>A field; null where it is absent or did not take part.</summary>
    public object? this[string name]
    {
        get => Find(name) is >= 0 and int position ? ValueAt(position) : null;
        set => Set(name, SlotOf(name), value);
    }

    /// <summary>A field; null where it is absent or did not take part.</summary>
    public object? this[FieldSlot slot] => _places[(int)slot] is > 0 and var place ? ValueAt(place - 1) : null;

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
    public void AddText(string name, FieldSlot slot, ReadOnlySpan<byte> text) => Put(ref Append(name, slot).Content, text);

    /// <summary>Adds a field that is not there yet and did not take part.</summary>
    public void AddNone(string name, FieldSlot slot) => Append(name, slot);

    /// <summary>Adds or replaces a field.</summary>
    public void SetText(string name, FieldSlot slot, ReadOnlySpan<byte> text) => Put(ref Place(name, slot), text);

    /// <summary>Adds or replaces a field.</summary>
    public void Set(string name, FieldSlot slot, object? value) => Place(name, slot) = new Captured { Value = value };

    /// <summary>Gives a field the value of another one.</summary>
    public void Copy(string from, string to)
    {
        int source = Find(from);
        if (source < 0 || !_items[source].Content.IsText) this[to] = source < 0 ? null : ValueAt(source);
        else SetText(to, SlotOf(to), TextOf(_items[source].Content));
    }

    /// <summary>Whether a field was captured, be it empty.</summary>
    public bool Has(FieldSlot slot) => _places[(int)slot] is > 0 and var place && !_items[place - 1].Content.IsNone;

    /// <summary>Whether a field was captured and is not empty: what "set" means for flags.</summary>
    public bool IsSet(string name) => Find(name) is >= 0 and int position && IsSet(_items[position].Content);

    /// <summary>Whether a field was captured and is not empty: what "set" means for flags.</summary>
    public bool IsSet(FieldSlot slot) => _places[(int)slot] is > 0 and var place && IsSet(_items[place - 1].Content);

    /// <summary>The text of a field as bytes.</summary>
    /// <returns>False where the field is absent, or no captured text.</returns>
    public bool TryText(FieldSlot slot, out ReadOnlySpan<byte> text)
    {
        bool isText = _places[(int)slot] is > 0 and var place && _items[place - 1].Content.IsText;
        text = isText ? TextOf(_items[_places[(int)slot] - 1].Content) : [];
        return isText;
    }

    /// <summary>Removes a field.</summary>
    /// <returns>Whether it was set.</returns>
    public bool Take(FieldSlot slot)
    {
        int position = _places[(int)slot] - 1;
        if (position < 0) return false;
        bool wasSet = IsSet(_items[position].Content);
        Count--;
        for (; position < Count; position++)
        {
            _items[position] = _items[position + 1];
            if (_items[position].Slot is not FieldSlot.None and var moved) _places[(int)moved]--;
        }

        _items[Count] = default;
        _places[(int)slot] = 0;
        return wasSet;
    }

    /// <summary>Overlays everything of the other that took part in its match.</summary>
    public void Update(Fields other)
    {
        foreach (ref readonly Field item in other._items.AsSpan(0, other.Count))
        {
            if (item.Content.IsText) SetText(item.Name, item.Slot, other.TextOf(item.Content));
            else if (item.Content.Value is not null) Set(item.Name, item.Slot, item.Content.Value);
        }
    }

    /// <summary>Adds the user of a line, possibly this one, unless the user is known already.</summary>
    public void AddUserOf(Fields line)
    {
        if (!line.IsSet(FieldSlot.User)) return;
        Captured user = line._items[line._places[(int)FieldSlot.User] - 1].Content;
        if (user.IsText) AddUser(line.TextOf(user));
        else if (!IsKnown(user.Value)) AddUser(user);
    }

    private void AddUser(ReadOnlySpan<byte> user)
    {
        if (user.IsEmpty || IsKnown(user)) return;
        var added = default(Captured);
        Put(ref added, user);
        AddUser(added);
    }

    public FailureData ToData()
    {
        var fields = ImmutableArray.CreateBuilder<KeyValuePair<string, object?>>(Count);
        for (int i = 0; i < Count; i++) fields.Add(new(_items[i].Name, ValueAt(i)));
        return new FailureData(fields.MoveToImmutable());
    }

    /// <summary>Makes it empty, for another line.</summary>
    public void Reset()
    {
        _items.AsSpan(0, Count).Clear();
        Count = _textEnd = _keyLength = 0;
        _places = default;
        _noFailMatches?.Clear();
        _users?.Clear();
        Matches = NoLines;
        IsPending = IsRemembered = false;
        if (_text.Length > LargestKept) _text = new byte[128];
        if (_key.Length > LargestKept) _key = [];
        if (_noFailMatches?.Capacity > LargestKept / sizeof(long)) _noFailMatches = null;
        if (_users?.Capacity > LargestKept / sizeof(long)) _users = null;
    }

    /// <summary>Sets what the connection is known by.</summary>
    public void SetKey(ReadOnlySpan<byte> key)
    {
        if (_key.Length < key.Length) _key = new byte[Math.Max(32, key.Length)];
        key.CopyTo(_key);
        _keyLength = key.Length;
    }

    private void AddUser(in Captured user)
    {
        (_users ??= []).Add(user);
        if (_places[(int)FieldSlot.Users] == 0) Append(UsersField, FieldSlot.Users);
    }

    private object? ValueAt(int position)
    {
        ref Field field = ref _items[position];
        if (field.Slot == FieldSlot.Users && _users is { Count: > 0 } users) return new PythonSet([.. users.Select(ValueOf)]);
        return ValueOf(ref field.Content);
    }

    private object? ValueOf(Captured item) => ValueOf(ref item);

    private object? ValueOf(ref Captured item) => item.IsText ? item.Value ??= Encoding.UTF8.GetString(TextOf(item)) : item.Value;

    private ReadOnlySpan<byte> TextOf(in Captured item) => _text.AsSpan(item.Start, item.Length);

    private bool IsKnown(ReadOnlySpan<byte> user)
    {
        if (_users is null) return false;
        foreach (Captured known in _users)
            if (known.IsText && TextOf(known).SequenceEqual(user)) return true;
        return false;
    }

    // On its own: the closure would be made for every line.
    private bool IsKnown(object? user) => _users?.Exists(known => !known.IsText && Equals(known.Value, user)) == true;

    private ref Field Append(string name, FieldSlot slot)
    {
        if (Count == _items.Length) Array.Resize(ref _items, 2 * Count);
        ref Field field = ref _items[Count++];
        field.Name = name;
        field.Slot = slot;
        if (slot != FieldSlot.None) _places[(int)slot] = (ushort)Count;
        return ref field;
    }

    private ref Captured Place(string name, FieldSlot slot)
    {
        int position = slot == FieldSlot.None ? Find(name) : _places[(int)slot] - 1;
        return ref position < 0 ? ref Append(name, slot).Content : ref _items[position].Content;
    }

    // Where a longer text replaces another one, or a field is taken out, the place of that one is lost until room is made.
    private void Put(ref Captured item, ReadOnlySpan<byte> text)
    {
        if (item.Room < text.Length)
        {
            int room = item.Room == 0 ? text.Length : 2 * text.Length;
            if (_text.Length - _textEnd < room) MakeRoom(room);
            (item.Start, item.Room) = (_textEnd, room);
            _textEnd += room;
        }

        text.CopyTo(_text.AsSpan(item.Start));
        item.Length = text.Length;
        item.IsText = true;
        if (item.Value is not null) item.Value = null;
    }

    // In another array, since the text that is to be put may stand in this one.
    private void MakeRoom(int room)
    {
        Span<Captured> users = CollectionsMarshal.AsSpan(_users);
        int kept = 0;
        foreach (ref readonly Field field in _items.AsSpan(0, Count)) kept += field.Content.Room;
        foreach (ref readonly Captured user in users) kept += user.Room;
        byte[] old = _text;
        _text = new byte[Math.Max(old.Length, 2 * (kept + room))];
        _textEnd = 0;
        foreach (ref Field field in _items.AsSpan(0, Count)) Move(old, ref field.Content);
        foreach (ref Captured user in users) Move(old, ref user);
    }

    private void Move(byte[] from, ref Captured item)
    {
        from.AsSpan(item.Start, item.Room).CopyTo(_text.AsSpan(_textEnd));
        item.Start = _textEnd;
        _textEnd += item.Room;
    }

    private static bool IsSet(in Captured item) => item.IsText ? item.Length > 0 : item.Value is not (null or "");

    private int Find(string name)
    {
        for (int i = 0; i < Count; i++)
            if (_items[i].Name == name) return i;
        return -1;
    }

    // A text in _text and, once it was asked for, its string; or another value.
    private struct Captured
    {
        public object? Value;
        public int Start, Length, Room;
        public bool IsText;

        public readonly bool IsNone => !IsText && Value is null;
    }

    private struct Field
    {
        public string Name;
        public Captured Content;
        public FieldSlot Slot;
    }

    // A position plus one; 0 where the field is absent.
    [InlineArray(Slots)]
    private struct SlotPlaces
    {
        private ushort _first;
    }
}
