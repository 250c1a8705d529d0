using Fail2Ban.Addresses;
using Fail2Ban.Tracking.Bans;

namespace Fail2Ban.Enforcement.Actions;

// Something else may empty the firewall at any time (`nft flush ruleset`, a reload of firewalld). The action's own
// actioncheck tells. The original counts epochs and bans a ticket of an older epoch again when it is seen again; here
// a repair notes the ids whose bans were lost. Where bans are plain set elements they all come back at once instead.

/// <summary>Checking and repairing.</summary>
internal sealed partial class ActionOperations
{
    private const int MostDoublings = 7; // of the pause behind a start or repair that failed: 3 s to 6 min 24 s

    private static readonly TimeSpan CheckPace = TimeSpan.FromSeconds(3);

    private readonly HashSet<FailureId> _missing = [];
    private long? _lastCheck;
    private bool _isRepairing;
    private int _failuresInARow; // of starts and repairs
    private long _repairs;
    private int _looksInARow; // that found something to repair

    /// <summary>A banned id was seen again: is the action still sane, and does it still ban this id?</summary>
    public async Task<string?> SeenAgainAsync(Ban ban)
    {
        await KeepSaneAsync().ConfigureAwait(false);

        // Where the last repair failed, a ban would fail too, and each line of an attacker would try another repair.
        if (State(FamilyOf(ban)).HasLost || !_missing.Remove(ban.Ticket.Id)) return null;
        enforcer.JailLog.Rebanning(context.Jail, ban, action.Name);
        return await ExecuteAsync(BanVerb.Reban, ban).ConfigureAwait(false);
    }

    /// <summary>
    /// Starts the action for the ban's family. Where that fails it is not tried again for every ban of a storm; what was
    /// missed is banned with the first start that succeeds.
    /// </summary>
    /// <returns>Null; or the sentence about the failure, empty where it has been told less than 3 s ago.</returns>
    public async Task<string?> StartForAsync(Ban ban)
    {
        string family = FamilyOf(ban);
        FamilyState state = State(family);
        string? error = state.FailedAt is { } failed && enforcer.Time.GetElapsedTime(failed) < CheckPace ? "" : await StartAsync(family).ConfigureAwait(false);
        if (error is not null)
        {
            if (error.Length > 0) NoteFailedStart(state);
            _missing.Add(ban.Ticket.Id);
            return error;
        }

        // What this start has made again may have been there before, with the sets of others.
        enforcer.SayStarted();
        if (state.FailedAt is not null) await CatchUpAsync(family, state, ban).ConfigureAwait(false);
        return null;
    }

    // The jail may have bans and never get another one: the start is tried again also without.
    private async Task RetryStartAsync(string family, FamilyState state)
    {
        if (await StartAsync(family).ConfigureAwait(false) is null) await CatchUpAsync(family, state, null).ConfigureAwait(false);
        else NoteFailedStart(state);
    }

    private void NoteFailedStart(FamilyState state)
    {
        state.FailedAt = enforcer.Time.GetTimestamp();
        LookAgainLater();
    }

    // What was missed while the action could not be started, but for the ban that is being made.
    private async Task CatchUpAsync(string family, FamilyState state, Ban? current)
    {
        state.FailedAt = null;
        _failuresInARow = 0;
        List<Ban> lost = [.. (await context.Bans(int.MaxValue).ConfigureAwait(false)).Where(other => FamilyOf(other) == family
            && other.Ticket.Id != current?.Ticket.Id && _missing.Contains(other.Ticket.Id) && !IsSkipped(other))];
        if (lost.Count > 0) state.HasItems = true;
        await BringBackAsync(family, lost).ConfigureAwait(false);
        foreach (Ban other in lost)
            if (_missing.Contains(other.Ticket.Id)) await ExecuteAsync(BanVerb.Reban, other).ConfigureAwait(false);
    }

    private void LookAgainLater() => enforcer.SayLostIn(CheckPace * (1 << Math.Min(_failuresInARow++, MostDoublings)));

    /// <summary>Checks every started family, at most every 3 s, and repairs those that are broken.</summary>
    public async Task KeepSaneAsync()
    {
        if (!Properties.Defines("actioncheck")) return;
        if (_lastCheck is { } last && enforcer.Time.GetElapsedTime(last) < CheckPace) return;
        _lastCheck = enforcer.Time.GetTimestamp();
        foreach ((string family, FamilyState state) in _families)
            if (state.IsStarted) await CheckAsync(family, isUnban: false).ConfigureAwait(false);
    }

    /// <summary>
    /// Another jail's set was removed, or something failed a while ago: checks at once whatever can be lost in the same
    /// way, and repairs it; starts what could not be started.
    /// </summary>
    /// <param name="isMereDoubt">There is no sign of a loss: only sets are asked for, which costs no process.</param>
    public async Task CheckNowAsync(bool isMereDoubt = false)
    {
        if (isMereDoubt && !await LacksSetAsync().ConfigureAwait(false)) return;
        long repairs = _repairs;
        foreach ((string family, FamilyState state) in _families)
        {
            if (!state.IsStarted && state.FailedAt is not null) await RetryStartAsync(family, state).ConfigureAwait(false);
            else if (state.IsStarted && Properties.Defines("actioncheck") && Properties.Command("actionban", family) is { Elements: not null } or { Batch: not null })
                await CheckAsync(family, isUnban: false).ConfigureAwait(false);
        }

        // Another jail may have looked just before the loss. Less and less often: the repair itself may be what others lose by.
        if (_repairs == repairs) _looksInARow = 0;
        else enforcer.SayLostIn(CheckPace * (1 << Math.Min(_looksInARow++, MostDoublings)));
    }

    private async Task<bool> LacksSetAsync()
    {
        foreach ((string family, FamilyState state) in _families)
        {
            if (state.IsStarted && Properties.Command("actionban", family).Elements is { } elements && !await enforcer.Elements.ExistsAsync(elements.Set).ConfigureAwait(false)) return true;
        }

        return false;
    }

    /// <summary>A flush at the stop of a jail failed: nothing is repaired for it unless the action wants that.</summary>
    public async Task CheckAfterFlushAsync()
    {
        if (!Properties.Defines("actioncheck")) return;
        foreach ((string family, FamilyState state) in _families)
        {
            if (!state.IsStarted || await RunAsync(Properties.Command("actioncheck", family), null, family).ConfigureAwait(false)) continue;
            if (Properties.Flag("actionrepair_on_unban") == true) await RepairAsync(family).ConfigureAwait(false);
            else Log.InvariantBrokenAtFlush();
        }
    }

    // Whether the family is sane, perhaps after a repair.
    private async Task<bool> CheckAsync(string family, bool isUnban)
    {
        if (await RunAsync(Properties.Command("actioncheck", family), null, family).ConfigureAwait(false))
        {
            if (State(family).HasLost) await BringBackMissingAsync(family).ConfigureAwait(false);
            return true;
        }

        if (isUnban && Properties.Flag("actionrepair_on_unban") != true)
        {
            Log.InvariantBrokenAtUnban();
            return false;
        }

        return await RepairAsync(family).ConfigureAwait(false);
    }

    private async Task<bool> RepairAsync(string family)
    {
        Log.InvariantBroken();
        Properties["banEpoch"] = (Properties["banEpoch"] as int? ?? 0) + 1;
        if (Properties.Defines("actionrepair")) await RunAsync(Properties.Command("actionrepair", family), null, family).ConfigureAwait(false);
        else
        {
            await RunAsync(Properties.Command("actionstop", family), null, family).ConfigureAwait(false);
            await RunAsync(Properties.Command("actionstart", family), null, family).ConfigureAwait(false);
        }

        if (!await RunAsync(Properties.Command("actioncheck", family), null, family).ConfigureAwait(false))
        {
            // Perhaps the firewall was emptied once more meanwhile. Nobody may ban here for long, so it is looked at again:
            // it may be well the next time, made by somebody else, but nothing is in it.
            Log.RepairFailed();
            State(family).HasLost = true;
            await NoteLostAsync(family).ConfigureAwait(false);
            LookAgainLater();
            return false;
        }

        _failuresInARow = 0;
        _repairs++;
        State(family).IsStarted = true;
        State(family).HasLost = false;
        await BringBackAsync(family, await NoteLostAsync(family).ConfigureAwait(false)).ConfigureAwait(false);
        if (_isRepairing) return true;

        // What emptied one family has most likely emptied the other one too.
        _isRepairing = true;
        foreach ((string other, FamilyState state) in _families)
            if (other != family && state.IsStarted) await CheckAsync(other, isUnban: false).ConfigureAwait(false);
        _isRepairing = false;
        return true;
    }

    // All bans of the family: nothing of them is in force any more.
    private async Task<List<Ban>> NoteLostAsync(string family)
    {
        State(family).Networks.Clear();
        List<Ban> lost = [.. (await context.Bans(int.MaxValue).ConfigureAwait(false)).Where(ban => FamilyOf(ban) == family && !IsSkipped(ban))];
        foreach (Ban ban in lost) _missing.Add(ban.Ticket.Id);
        return lost;
    }

    // Somebody else has mended what a repair could not, and may have put bans back as well: elements may come twice, while
    // a rule that is there twice would outlive its ban. Of rules, who is seen again is banned again.
    private async Task BringBackMissingAsync(string family)
    {
        State(family).HasLost = false;
        _failuresInARow = 0;
        if (CommandOf(BanVerb.Reban, family).Elements is null) return;
        List<Ban> lost = [.. (await context.Bans(int.MaxValue).ConfigureAwait(false)).Where(ban => FamilyOf(ban) == family && !IsSkipped(ban) && _missing.Contains(ban.Ticket.Id))];
        await BringBackAsync(family, lost).ConfigureAwait(false);
    }

    private bool IsSkipped(Ban ban) => ban.Restored && Properties.Flag("norestored") == true;
}
