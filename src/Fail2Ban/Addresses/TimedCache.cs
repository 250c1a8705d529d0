using System.Diagnostics.CodeAnalysis;

namespace Fail2Ban.Addresses;

/// <summary>Keeps values for a time, and not more than a number of them: the oldest goes first.</summary>
/// <remarks>Not thread-safe.</remarks>
internal sealed class TimedCache<TKey, TValue>(int maxCount, TimeSpan maxTime, TimeProvider time)
    where TKey : notnull
{
    private readonly Dictionary<TKey, LinkedListNode<(TKey Key, TValue Value, long Since)>> _entries = [];

    // Invariant: the same entries as in _entries, the oldest first.
    private readonly LinkedList<(TKey Key, TValue Value, long Since)> _ages = [];

    public int Count => _entries.Count;

    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        value = default;
        if (!_entries.TryGetValue(key, out var node)) return false;
        if (time.GetElapsedTime(node.Value.Since) > maxTime)
        {
            Remove(node);
            return false;
        }

        value = node.Value.Value;
        return true;
    }

    public void Set(TKey key, TValue value)
    {
        if (_entries.TryGetValue(key, out var known)) Remove(known);
        while (_entries.Count >= maxCount && _ages.First is { } oldest) Remove(oldest);
        if (maxCount > 0) _entries[key] = _ages.AddLast((key, value, time.GetTimestamp()));
    }

    public void Clear()
    {
        _entries.Clear();
        _ages.Clear();
    }

    private void Remove(LinkedListNode<(TKey Key, TValue, long)> node)
    {
        _entries.Remove(node.Value.Key);
        _ages.Remove(node);
    }
}
