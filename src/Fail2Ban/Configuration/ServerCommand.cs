using Fail2Ban.Values;

namespace Fail2Ban.Configuration;

/// <summary>One command of the stream that configures the server.</summary>
/// <param name="Words">The words and arguments, of the kinds that <see cref="PythonText"/> names; nested lists are <see cref="List{T}"/> of objects.</param>
public sealed record ServerCommand(IReadOnlyList<object?> Words)
{
    /// <summary>The command as a line of <c>-d</c>: Python's repr of the list.</summary>
    public override string ToString() => PythonText.Repr(Words);
}
