using Fail2Ban.Values;

namespace Fail2Ban.Enforcement.Python;

/// <summary>One request to a Python action.</summary>
/// <param name="Do">What the bridge does: <c>make</c>, <c>call</c>, <c>get</c>, <c>set</c> or <c>names</c>.</param>
/// <param name="Details">What it needs for that.</param>
internal sealed record PythonRequest(string Do, PythonDict Details)
{
    /// <summary>Answers what the action asks while it works: the value of a tag.</summary>
    public Func<string, Task<object?>> Ask { get; init; } = static _ => Task.FromResult<object?>(null);

    /// <summary>Told what came back, before anything else is asked; only of requests that make an action.</summary>
    public Action<object?> Made { get; init; } = static _ => { };

    /// <summary>Where the answer goes.</summary>
    public TaskCompletionSource<PythonReply> Reply { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
