using Fail2Ban.EndToEnd.Tests.Enforcement;
using Fail2Ban.Tracking.Bans;

namespace Fail2Ban.EndToEnd.Tests.ShippedActions;

/// <summary>What somebody runs who takes away what an action made; the action's <c>actioncheck</c> must fail then.</summary>
/// <param name="Command">A command for <c>/bin/sh</c>: for the real program as for its stand-in.</param>
/// <param name="Foreign">What makes the thing that the check looks for, where it is not the action's and no repair brings it back; null otherwise.</param>
internal sealed record Loss(string Command, string? Foreign = null)
{
    /// <summary>It happens.</summary>
    public void Happen() => NetworkNamespace.Run(["sh", "-c", Command]);

    /// <summary>Makes what is not the action's; nothing where all is.</summary>
    public void Prepare()
    {
        if (Foreign is not null) NetworkNamespace.Run(["sh", "-c", Foreign]);
    }

    /// <summary>
    /// Of an action that has banned: its check succeeds; fails after the loss; and succeeds again when the bans were seen
    /// again, since the server has repaired it. Of an action without a check: there is none.
    /// </summary>
    /// <param name="text">The action as a jail has it.</param>
    /// <param name="action">The same, started.</param>
    /// <param name="ids">Whom it has banned.</param>
    public static async Task HappenToAsync(string text, ShippedAction action, IEnumerable<string> ids)
    {
        if (!Catalogue.Losses.TryGetValue(text.Split('[')[0], out Loss? loss))
        {
            Assert.Empty(await action.CheckAsync());
            return;
        }

        AssertWell(text, await action.CheckAsync());
        loss.Happen();
        AssertFailed(text, await action.CheckAsync());
        Ban[] bans = [.. ids.Select(id => ShippedAction.Ban(id))];
        foreach (Ban ban in bans) action.InForce.Enqueue(ban);
        foreach (Ban ban in bans) await action.Jail.SeenAgainAsync(ban);
        string errors = action.TakeErrors();
        Assert.Contains("Invariant check failed. Trying to restore a sane environment", errors, StringComparison.Ordinal);
        Assert.True(loss.Foreign is not null == errors.Contains("Unable to restore environment", StringComparison.Ordinal), $"{text}: {errors}");
        if (loss.Foreign is not null) AssertFailed(text, await action.CheckAsync());
        loss.Prepare();
        AssertWell(text, await action.CheckAsync());
    }

    /// <summary>There was a check, and it succeeded for every family.</summary>
    public static void AssertWell(string text, IReadOnlyList<int> codes) =>
        Assert.True(codes.Count > 0 && codes.All(static code => code == 0), $"{text}: its check fails where nothing is lost: {string.Join(", ", codes)}");

    /// <summary>There was a check, and it failed for every family; 126 and more would only mean that the shell has not found its program.</summary>
    public static void AssertFailed(string text, IReadOnlyList<int> codes) =>
        Assert.True(codes.Count > 0 && codes.All(static code => code is > 0 and < 126), $"{text}: its check does not see the loss: {string.Join(", ", codes)}");
}
