using System.Collections;
using System.Numerics;
using Fail2Ban.Values;

namespace Fail2Ban.Control.Wire;

/// <summary>
/// Refuses values that are small on the wire and huge when walked: parts that hold themselves, and parts named again and again
/// through the memo. What passes may be printed, logged and sent without further care.
/// </summary>
internal static class PickleShape
{
    // A value may unfold to this many times its pickle (repeated names of addresses' classes and short shared words are normal).
    private const long Unfolding = 64;
    private const long AlwaysAllowed = 1 << 20;

    /// <exception cref="PickleFault">Too deep, recursive or unfolding too far.</exception>
    internal static void Check(object? value, int pickleBytes)
    {
        var known = new Dictionary<object, Shape>(ReferenceEqualityComparer.Instance);
        if (Measure(value, 0, known).Weight > AlwaysAllowed + (Unfolding * pickleBytes)) throw new PickleFault("the value unfolds to too much data");
    }

    private static Shape Measure(object? value, int depth, Dictionary<object, Shape> known)
    {
        switch (value)
        {
            case null or bool or long or double: return new(1, 0);
            case string text: return new(1 + text.Length, 0);
            case byte[] bytes: return new(1 + bytes.Length, 0);
            case BigInteger: return new(1024, 0);
            case PickleGlobal global: throw new PickleFault($"class {global.Name} as a value is forbidden");
        }

        // A part that holds itself ends here too: it is only known once it has been walked.
        bool seen = known.TryGetValue(value, out Shape shape);
        if (depth + (seen ? shape.Height : 0) >= Pickle.MaximumDepth) throw new PickleFault($"nested deeper than {Pickle.MaximumDepth} levels");
        if (seen) return shape;
        shape = new(1, 0);
        if (value is PythonError error) shape = shape.Holding(Measure(error.Arguments, depth + 1, known));
        else if (value is PythonDict dict)
            foreach ((object key, object? item) in dict) shape = shape.Holding(Measure(key, depth + 1, known)).Holding(Measure(item, depth + 1, known));
        else
            foreach (object? item in (IEnumerable)value) shape = shape.Holding(Measure(item, depth + 1, known));

        known[value] = shape;
        return shape;
    }

    /// <param name="Weight">Items and characters when everything is walked.</param>
    /// <param name="Height">Levels below.</param>
    private readonly record struct Shape(long Weight, int Height)
    {
        internal Shape Holding(Shape part) => new(Math.Min(Weight + part.Weight, long.MaxValue / 4), Math.Max(Height, part.Height + 1));
    }
}
