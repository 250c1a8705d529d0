using Fail2Ban.Tracking.Bans;

namespace Fail2Ban.Enforcement.Actions;

/// <summary>Something a jail's lane is to do: a ban to be handled, or a step that stands alone.</summary>
internal sealed class LaneItem
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private LaneItem()
    {
    }

    /// <summary>The step; null for a ban.</summary>
    public Func<Task>? Step { get; private init; }

    /// <summary>What to do with the ban.</summary>
    public BanVerb Verb { get; private init; }

    /// <summary>The ban; null for a step.</summary>
    public Ban? Ban { get; private init; }

    /// <summary>Ends when it is done.</summary>
    public Task Done => _done.Task;

    /// <summary>A step that waits for everything before it.</summary>
    public static LaneItem Of(Func<Task> step) => new() { Step = step };

    /// <summary>A ban; several in a row may be on their way to the kernel at once.</summary>
    public static LaneItem Of(BanVerb verb, Ban ban) => new() { Verb = verb, Ban = ban };

    /// <summary>Says that it is done.</summary>
    public void Complete() => _done.TrySetResult();
}
