using System.Collections.Immutable;
using Fail2Ban.Values;

namespace Fail2Ban.Detection.Matching;

/// <summary>The fields of a failure while it is put together: Python's dict, in the order of first assignment.</summary>
/// <remarks>Not thread-safe. A failure that spans several lines of one connection lives on in the connection cache.</remarks>
internal sealed class Fields
{
    // A handful of names: a list is smaller and faster than a hash table.
    private readonly List<KeyValuePair<string, object?>> _items = [];

    /// <summary>The lines that are reported with the failure.</summary>
    public List<MatchedLine> Matches { get; set; } = [];

    /// <summary>Lines of the connection that are no failure of their own; reported with the next one that is.</summary>
    public List<MatchedLine> NoFailMatches { get; } = [];

    /// <summary>Whether a failure of the connection waits for its address.</summary>
    public bool IsPending { get; set; }

    /// <summary>All users of the connection, in order of appearance; null until the first.</summary>
    public List<object?>? Users { get; private set; }

    public int Count => _items.Count;

    /// <summary>A field; null where it is absent or did not take part.</summary>
    public object? this[string name]
    {
        get
        {
            int position = Find(name);
            return position < 0 ? null : _items[position].Value;
        }
        set
        {
            int position = Find(name);
            if (position < 0) _items.Add(new(name, value));
            else _items[position] = new(name, value);
        }
    }

    /// <summary>Whether a field was captured and is not empty: what "set" means for flags.</summary>
    public bool IsSet(string name) => this[name] switch
    {
        null => false,
        string text => text.Length > 0,
        _ => true,
    };

    /// <summary>Removes a field.</summary>
    /// <returns>Whether it was set.</returns>
    public bool Take(string name)
    {
        int position = Find(name);
        if (position < 0) return false;
        bool wasSet = IsSet(name);
        _items.RemoveAt(position);
        return wasSet;
    }

    /// <summary>Overlays everything of the other that took part in its match.</summary>
    public void Update(Fields other)
    {
        foreach ((string name, object? value) in other._items)
            if (value is not null) this[name] = value;
    }

    public void AddUser(object? user)
    {
        if (user is null or "") return;
        Users ??= [];
        if (!Users.Contains(user)) Users.Add(user);
        if (Find(UsersField) < 0) _items.Add(new(UsersField, Users));
    }

    public Fields Clone()
    {
        var clone = new Fields();
        clone._items.AddRange(_items);
        return clone;
    }

    public FailureData ToData()
    {
        var fields = ImmutableArray.CreateBuilder<KeyValuePair<string, object?>>(_items.Count);
        foreach (KeyValuePair<string, object?> item in _items)
            fields.Add(item.Value is List<object?> users ? new(item.Key, new PythonSet([.. users])) : item);
        return new FailureData(fields.MoveToImmutable());
    }

    private const string UsersField = "users";

    private int Find(string name)
    {
        for (int i = 0; i < _items.Count; i++)
            if (_items[i].Key == name) return i;
        return -1;
    }
}
