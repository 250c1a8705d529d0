namespace Fail2Ban.Control.Wire;

/// <summary>The stack of the pickle machine: a mark is a fence below which nothing is popped, as in CPython's C unpickler.</summary>
internal sealed class PickleStack
{
    private readonly List<object?> _items = [];
    private readonly List<int> _marks = [];

    internal int Count => _items.Count;

    private int Fence => _marks.Count == 0 ? 0 : _marks[^1];

    internal void Push(object? value) => _items.Add(value);

    internal void Mark() => _marks.Add(_items.Count);

    internal object? Pop()
    {
        if (_items.Count <= Fence) throw new PickleFault(_marks.Count > 0 ? "unexpected MARK found" : PickleFault.Underflow);
        object? value = _items[^1];
        _items.RemoveAt(_items.Count - 1);
        return value;
    }

    internal object? Peek() => _items.Count > Fence ? _items[^1] : throw new PickleFault(PickleFault.Underflow);

    // Opcode POP also takes back a mark that stands on top.
    internal void Discard()
    {
        if (_marks.Count > 0 && _marks[^1] == _items.Count) _marks.RemoveAt(_marks.Count - 1);
        else if (_items.Count <= Fence) throw new PickleFault(PickleFault.Underflow);
        else _items.RemoveAt(_items.Count - 1);
    }

    internal int TakeMark()
    {
        if (_marks.Count == 0) throw new PickleFault("could not find MARK");
        int mark = _marks[^1];
        _marks.RemoveAt(_marks.Count - 1);
        return mark;
    }

    /// <summary>Takes everything above <paramref name="start"/>, oldest first.</summary>
    internal object?[] TakeFrom(int start)
    {
        if (start < Fence || start > _items.Count) throw new PickleFault(PickleFault.Underflow);
        object?[] taken = [.. _items.Slice(start, _items.Count - start)];
        _items.RemoveRange(start, taken.Length);
        return taken;
    }

    /// <summary>The container below the items that start at <paramref name="start"/>.</summary>
    internal object? Below(int start) =>
        start <= _items.Count && start > Fence ? _items[start - 1] : throw new PickleFault(PickleFault.Underflow);
}
