using Fail2Ban.Values;

namespace Fail2Ban.Enforcement.Actions;

/// <summary>What an action answers when it is asked for a property or told to do something.</summary>
/// <param name="Value">A value of the protocol; null also where there is an error.</param>
/// <param name="Error">The exception that the original would have raised; null where it went well.</param>
public sealed record ActionAnswer(object? Value, PythonError? Error = null)
{
    /// <summary>An answer that says why not.</summary>
    public static ActionAnswer Failed(string type, string message) => new(null, new PythonError(type, message));
}
