using Fail2Ban.Tracking.Bans;

namespace Fail2Ban.Store;

/// <summary>One change that waits to be written.</summary>
/// <param name="run">Makes it, within a transaction.</param>
internal sealed class StoreChange(Action<BanWrites> run)
{
    public Action<BanWrites> Run { get; } = run;

    /// <summary>Equal for changes of which only the last one counts (where a log was read to); null for all others.</summary>
    public object? Subject { get; init; }

    /// <summary>The jail whose rows of bans it adds or deletes; null where it does something else.</summary>
    public string? Jail { get; init; }

    /// <summary>The ban whose rows it adds.</summary>
    public Ban? Added { get; init; }

    /// <summary>The ids whose rows it deletes: none means those of all. Null: it deletes none.</summary>
    public IReadOnlyCollection<string>? Deleted { get; init; }

    /// <summary>Whether what it does depends on the rows as they are then: no deletion may be done before it that came after it.</summary>
    public bool DependsOnRows { get; init; }

    /// <summary>True when it is on disk; false when it could not be put there at once, or not at all.</summary>
    public TaskCompletionSource<bool> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
