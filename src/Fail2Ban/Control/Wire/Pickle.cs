using System.Diagnostics.CodeAnalysis;

namespace Fail2Ban.Control.Wire;

/// <summary>Python's pickle as a closed format of plain data: nothing is ever constructed or called by a name from the wire.</summary>
public static class Pickle
{
    /// <summary>How deep values may nest; requests and answers of fail2ban stay below ten.</summary>
    public const int MaximumDepth = 100;

    /// <summary>Reads one value in any protocol from 0 to 5.</summary>
    /// <param name="data">The pickle; bytes after its end are ignored, as Python does.</param>
    /// <param name="value">
    /// null, bool, long, <see cref="System.Numerics.BigInteger"/>, double, string, byte[], <see cref="List{T}"/> of objects,
    /// <c>PythonTuple</c>, <c>PythonDict</c> (keys are text, numbers or booleans), <c>PythonSet</c> or <c>PythonError</c>,
    /// at most <see cref="MaximumDepth"/> levels deep.
    /// </param>
    /// <param name="error">Empty, or what is wrong; Python's own words where it has some, such as <c>pickle data was truncated</c>.</param>
    public static bool TryDecode(ReadOnlySpan<byte> data, out object? value, [NotNullWhen(false)] out string? error)
    {
        try
        {
            value = new PickleReader(data).Read();
            PickleShape.Check(value, data.Length);
            error = null;
            return true;
        }
        catch (PickleFault fault)
        {
            value = null;
            error = fault.Message;
            return false;
        }
    }

    /// <summary>Writes a value in protocol 5, byte for byte as Python's C pickler does for values without shared parts.</summary>
    /// <param name="value">One of the kinds of <see cref="TryDecode"/>, int, a <c>PythonId</c>, any other IEnumerable (a list), or anything else by its ToString() (an id).</param>
    /// <exception cref="ArgumentException">Nested deeper than <see cref="MaximumDepth"/>.</exception>
    public static byte[] Encode(object? value) => new PickleWriter().Write(value);
}
