using Fail2Ban.Tracking.Bans;

namespace Fail2Ban.Enforcement.Actions;

/// <summary>The ordered actions of one jail, and its lane: what was asked for is done in order, one after the other.</summary>
/// <remarks>
/// Thread safety: any thread may call; order is that of the calls. Each returned task ends when the enforcement actions
/// have done it (notifications go on by themselves) and never faults for what an action does: failures are logged.
/// It may be dropped: nobody has to wait.
/// </remarks>
public sealed class JailActions
{
    /// <summary>A jail without actions.</summary>
    public JailActions(ActionContext context, Enforcer enforcer) => throw new NotImplementedException();

    /// <summary>The actions in configuration order.</summary>
    public IReadOnlyList<CommandAction> All => throw new NotImplementedException();

    /// <summary>An action by its name, or null.</summary>
    public CommandAction? Find(string name) => throw new NotImplementedException();

    /// <summary>Adds an action at the end; null where one of that name exists (<c>Action A already exists</c>).</summary>
    public CommandAction? Add(string name) => throw new NotImplementedException();

    /// <summary>Ends the action's bans, stops it and takes it out; false where there is none (<c>Invalid Action name: A</c>).</summary>
    public Task<bool> RemoveAsync(string name) => throw new NotImplementedException();

    /// <summary>Starts all actions in order, except those that start on demand.</summary>
    public Task StartAsync() => throw new NotImplementedException();

    /// <summary>Stops all actions in reverse order. Bans in force are to be flushed before.</summary>
    public Task StopAsync() => throw new NotImplementedException();

    /// <summary>Bans, by every action in order (restored: not by those with <c>norestored</c>).</summary>
    public Task BanAsync(Ban ban) => throw new NotImplementedException();

    /// <summary>Ends a ban, by every action in order.</summary>
    public Task UnbanAsync(Ban ban) => throw new NotImplementedException();

    /// <summary>Tells the actions that define <c>actionprolong</c> that a ban now lasts longer.</summary>
    public Task ProlongAsync(Ban ban) => throw new NotImplementedException();

    /// <summary>
    /// A banned id was seen again after more than 3 s: actions with <c>actioncheck</c> are checked (at most every 3 s)
    /// and those that were repaired since this ban get it again (ban.md §2).
    /// </summary>
    public Task SeenAgainAsync(Ban ban) => throw new NotImplementedException();

    /// <summary>Ends all these bans: by <c>actionflush</c> once per family where an action has it, one by one elsewhere.</summary>
    /// <param name="bans">Every ban in force.</param>
    public Task FlushAsync(IReadOnlyList<Ban> bans) => throw new NotImplementedException();

    /// <summary>Runs <c>actionreload</c> of each action for the families it is started for, after a reload of properties.</summary>
    public Task ReloadAsync(CommandAction action) => throw new NotImplementedException();
}
