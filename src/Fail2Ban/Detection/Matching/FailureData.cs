using System.Collections.Immutable;

namespace Fail2Ban.Detection.Matching;

/// <summary>The fields that a pattern captured, in the order in which they became known.</summary>
/// <remarks>
/// A value is a string, null (the group did not take part in the match), a <c>PythonTuple</c> (tuple_ groups) or a
/// <c>PythonSet</c> (<c>users</c>).
/// </remarks>
public sealed class FailureData
{
    /// <summary>No field at all.</summary>
    public static FailureData Empty { get; } = new([]);

    private readonly ImmutableArray<KeyValuePair<string, object?>> _fields;

    /// <summary>Takes the fields as they are; a name occurs once.</summary>
    public FailureData(ImmutableArray<KeyValuePair<string, object?>> fields) => _fields = fields;

    /// <summary>Every field, in order.</summary>
    public ImmutableArray<KeyValuePair<string, object?>> Fields => _fields;

    /// <summary>A field's value; null where it is absent or did not take part.</summary>
    public object? this[string name]
    {
        get
        {
            foreach ((string key, object? value) in _fields)
                if (key == name) return value;
            return null;
        }
    }
}
