using System.Collections;

namespace Fail2Ban.Values;

/// <summary>A Python dict: keys in the order of their first assignment.</summary>
/// <remarks>Thread safety: none; built by one owner, then read.</remarks>
public sealed class PythonDict : IEnumerable<KeyValuePair<object, object?>>
{
    private readonly List<KeyValuePair<object, object?>> _items = [];
    private readonly Dictionary<object, int> _positions = [];

    /// <summary>How many keys there are.</summary>
    public int Count => _items.Count;

    /// <summary>Reads a key's value, or assigns it; a new key goes to the end.</summary>
    /// <exception cref="KeyNotFoundException">Reading a key that is absent.</exception>
    public object? this[object key]
    {
        get => _items[_positions[key]].Value;
        set
        {
            if (_positions.TryGetValue(key, out int position))
            {
                _items[position] = new(key, value);
                return;
            }

            _positions[key] = _items.Count;
            _items.Add(new(key, value));
        }
    }

    /// <summary>Adds or replaces; for collection initialisers.</summary>
    public void Add(object key, object? value) => this[key] = value;

    /// <summary>Finds a key's value without an exception.</summary>
    public bool TryGetValue(object key, out object? value)
    {
        bool found = _positions.TryGetValue(key, out int position);
        value = found ? _items[position].Value : null;
        return found;
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<object, object?>> GetEnumerator() => _items.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
