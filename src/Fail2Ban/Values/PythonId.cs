namespace Fail2Ban.Values;

/// <summary>An address or other id in an answer: printed as a string, sent as the original sends its address objects.</summary>
/// <param name="Text">The id as it is printed.</param>
public sealed record PythonId(string Text)
{
    /// <inheritdoc/>
    public override string ToString() => Text;
}
