using Fail2Ban.Values;

namespace Fail2Ban.Configuration;

/// <summary>One command of the stream that configures the server.</summary>
/// <param name="Words">The words and arguments, of the kinds that <see cref="PythonText"/> names; nested lists are <see cref="List{T}"/> of objects.</param>
public sealed record ServerCommand(IReadOnlyList<object?> Words)
{
    /// <summary>The jail that the command is about; null where it is about the server.</summary>
    public string? Jail { get; init; }

    /// <summary>Finds where an option and one of its values stand; not asked for before something is wrong with it.</summary>
    internal Func<string, string, ConfigurationPlace?>? Locate { get; init; }

    /// <summary>Where in the files a value of the command stands, to the line if possible.</summary>
    /// <param name="option">The option, or property of an action.</param>
    /// <param name="value">The value, everything put in.</param>
    /// <returns>Null where it comes of no file.</returns>
    public ConfigurationPlace? PlaceOf(string option, string value) => Locate?.Invoke(option, value);

    /// <summary>The command as a line of <c>-d</c>: Python's repr of the list.</summary>
    public override string ToString() => PythonText.Repr(Words);
}
