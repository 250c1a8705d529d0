using System.Collections;

namespace Fail2Ban.Values;

/// <summary>A Python set; its printed order is that of insertion (the original's is random).</summary>
/// <param name="items">The members, without doubles.</param>
public sealed class PythonSet(params object?[] items) : IReadOnlyCollection<object?>
{
    /// <inheritdoc/>
    public int Count => items.Length;

    /// <inheritdoc/>
    public IEnumerator<object?> GetEnumerator() => ((IEnumerable<object?>)items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
