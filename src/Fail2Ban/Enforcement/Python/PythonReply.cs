using Fail2Ban.Values;

namespace Fail2Ban.Enforcement.Python;

/// <summary>How a request to a Python action ended.</summary>
/// <param name="Value">What the method returned; null where it failed.</param>
/// <param name="Error">The exception that it raised, or what happened to its process; null where it went well.</param>
internal sealed record PythonReply(object? Value, PythonError? Error)
{
    /// <summary>A failure that is no exception of the action's.</summary>
    public static PythonReply Failed(string message) => new(null, new PythonError("RuntimeError", message));
}
