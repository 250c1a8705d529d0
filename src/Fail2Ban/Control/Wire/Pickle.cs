namespace Fail2Ban.Control.Wire;

/// <summary>Python's pickle as a closed format of plain data: nothing is ever constructed or called by a name from the wire.</summary>
public static class Pickle
{
    /// <summary>Reads one value in any protocol from 0 to 5.</summary>
    /// <param name="data">The pickle; bytes after its end are ignored, as Python does.</param>
    /// <param name="value">
    /// null, bool, long, <see cref="System.Numerics.BigInteger"/>, double, string, byte[], <see cref="List{T}"/> of objects,
    /// <c>PythonTuple</c>, <c>PythonDict</c>, <c>PythonSet</c> or <c>PythonError</c>, at most 100 levels deep.
    /// </param>
    /// <param name="error">Python's own words where it has some, such as <c>pickle data was truncated</c>.</param>
    public static bool TryDecode(ReadOnlySpan<byte> data, out object? value, out string error) => throw new NotImplementedException();

    /// <summary>Writes a value in protocol 5, byte for byte as Python's C pickler does for values without shared parts.</summary>
    /// <param name="value">One of the kinds of <see cref="TryDecode"/>, int, a <c>PythonId</c>, any other IEnumerable (a list), or anything else by its ToString() (an id).</param>
    /// <exception cref="ArgumentException">Nested deeper than 100 levels.</exception>
    public static byte[] Encode(object? value) => throw new NotImplementedException();
}
