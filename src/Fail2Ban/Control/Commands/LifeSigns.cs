namespace Fail2Ban.Control.Commands;

/// <summary>What the process wants to know of its configuration.</summary>
/// <param name="Reloading">The configuration begins to change.</param>
/// <param name="Ready">It is in force, except for bans that are still being brought back.</param>
public sealed record LifeSigns(Action Reloading, Action Ready)
{
    /// <summary>Nobody wants to know.</summary>
    public static LifeSigns None { get; } = new(static () => { }, static () => { });
}
