using System.Collections;

namespace Fail2Ban.Values;

/// <summary>A Python tuple. A plain <see cref="List{T}"/> of objects is a Python list.</summary>
/// <param name="items">The members, in order; each is one of the kinds that <see cref="PythonText"/> names.</param>
public sealed class PythonTuple(params object?[] items) : IReadOnlyList<object?>
{
    /// <inheritdoc/>
    public object? this[int index] => items[index];

    /// <inheritdoc/>
    public int Count => items.Length;

    /// <inheritdoc/>
    public IEnumerator<object?> GetEnumerator() => ((IEnumerable<object?>)items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
