using Fail2Ban.Tracking.Bans;

namespace Fail2Ban.Enforcement.Actions;

/// <summary>What every kind of action does when its lane says so.</summary>
/// <remarks>
/// Called by one lane at a time. Each returns null, or the sentence about its failure; none throws for what a command,
/// a server or a program does.
/// </remarks>
internal interface IActionOperations
{
    /// <summary>The jail has started.</summary>
    Task<string?> StartAsync();

    /// <summary>The jail stops; all bans have been ended before.</summary>
    Task<string?> StopAsync();

    /// <summary>Properties were assigned anew.</summary>
    Task<string?> ReloadAsync();

    /// <summary>Ends all bans at once; only where <see cref="JailAction.HasFlush"/>.</summary>
    Task<string?> FlushAsync();

    /// <summary>Does what there is to do about one ban.</summary>
    Task<string?> ExecuteAsync(BanVerb verb, Ban ban);
}
