using System.Collections;

namespace Fail2Ban.Values;

/// <summary>A Python set; its printed order is that of insertion (the original's is random).</summary>
/// <remarks>Thread safety: none; built by one owner, then read.</remarks>
public sealed class PythonSet : IReadOnlyCollection<object?>
{
    private readonly List<object?> _items = [];
    private readonly HashSet<object> _seen = [];
    private bool _hasNone;

    /// <summary>A set of these members; doubles are dropped.</summary>
    public PythonSet(params object?[] items)
    {
        foreach (object? item in items) Add(item);
    }

    /// <inheritdoc/>
    public int Count => _items.Count;

    /// <summary>Adds a member unless it is there already.</summary>
    public void Add(object? item)
    {
        if (item is null ? _hasNone : !_seen.Add(item)) return;
        _hasNone |= item is null;
        _items.Add(item);
    }

    /// <inheritdoc/>
    public IEnumerator<object?> GetEnumerator() => _items.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
