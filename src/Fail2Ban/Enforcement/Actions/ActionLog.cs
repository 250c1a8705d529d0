using Fail2Ban.Logging;
using Fail2Ban.Tracking.Bans;
using Fail2Ban.Values;

namespace Fail2Ban.Enforcement.Actions;

/// <summary>Every sentence about actions (loggers <c>fail2ban.actions</c> and <c>fail2ban.action</c>); wording as the original has it, where it has one.</summary>
internal static class ActionLog
{
    // Of one jail (fail2ban.actions).
    public static void StartFailed(this Log log, string jail, string action, string error) =>
        log.Write(LogLevel.Error, $"Failed to start jail '{jail}' action '{action}': {error}");

    public static void StopFailed(this Log log, string jail, string action, string error) =>
        log.Write(LogLevel.Error, $"Failed to stop jail '{jail}' action '{action}': {error}");

    public static void ReloadFailed(this Log log, string jail, string action, string error) =>
        log.Write(LogLevel.Error, $"Failed to reload jail '{jail}' action '{action}': {error}");

    public static void ExecutionFailed(this Log log, string verb, string jail, string action, Ban ban, string error) =>
        log.Write(LogLevel.Error, $"Failed to execute {verb} jail '{jail}' action '{action}' info '{Info(ban)}': {error}");

    public static void FlushFailed(this Log log, string jail, string action, string error)
    {
        log.Write(LogLevel.Error, $"Failed to flush bans in jail '{jail}' action '{action}': {error}");
        log.Write(LogLevel.Info, $"No flush occurred, do consistency check");
    }

    public static void Flushing(this Log log, string jail, string action) =>
        log.Write(LogLevel.Notice, $"[{jail}] Flush ticket(s) with {action}");

    public static void Rebanning(this Log log, string jail, Ban ban, string action) =>
        log.Write(LogLevel.Notice, $"[{jail}] Reban {ban.Ticket.Id}, action '{action}'");

    public static void RebannedAll(this Log log, string jail, int count, string action) =>
        log.Write(LogLevel.Notice, $"[{jail}] Reban {count} ticket(s), action '{action}'");

    public static void LaneFault(this Log log, string jail, Exception fault) =>
        log.Write(LogLevel.Critical, $"[{jail}] unexpected fault of an action, the next ones go on: {fault}");

    public static void NotificationsAreDropped(this Log log, string jail, string action, int limit) =>
        log.Write(LogLevel.Warning, $"[{jail}] Action '{action}' is too slow: {limit} notifications wait already, further ones are dropped until it has caught up");

    public static void NotificationsDropped(this Log log, string jail, string action, int count) =>
        log.Write(LogLevel.Warning, $"[{jail}] Action '{action}': {count} notification(s) dropped, too many waited");

    public static void NotificationRepeated(this Log log, string jail, string action, TimeSpan delay, int waiting) =>
        log.Write(LogLevel.Info, $"[{jail}] Action '{action}' failed, next attempt in {delay.TotalSeconds:0} s, {waiting} notification(s) wait");

    public static void NotificationsGivenUp(this Log log, string jail, string action, int count, TimeSpan age) =>
        log.Write(LogLevel.Error, $"[{jail}] Action '{action}': {count} notification(s) given up, after {age.TotalMinutes:0} min of failures");

    public static void NotificationsLostAtEnd(this Log log, string jail, string action, int count) =>
        log.Write(LogLevel.Warning, $"[{jail}] Action '{action}': {count} notification(s) lost, the server ends");

    public static void TookOver(this Log log, string jail, string action, string set, int count) =>
        log.Write(LogLevel.Notice, $"[{jail}] Action '{action}' found its set {set} still there: {count} ban(s) in it go on, all others are gone");

    public static void Leftover(this Log log, string jail, string action) =>
        log.Write(LogLevel.Notice, $"[{jail}] Action '{action}' is in force already: an earlier server has not stopped it, which is done now");

    public static void TakeOverFailed(this Log log, string jail, string action, string set, string error) =>
        log.Write(LogLevel.Error, $"[{jail}] Action '{action}' found its set {set} still there, but cannot end the bans in it that are over: {error}");

    // Of one action (fail2ban.action).
    public static void InvariantBroken(this Log log) =>
        log.Write(LogLevel.Error, $"Invariant check failed. Trying to restore a sane environment");

    public static void InvariantBrokenAtUnban(this Log log) =>
        log.Write(LogLevel.Error, $"Invariant check failed. Unban is impossible.");

    public static void InvariantBrokenAtFlush(this Log log) =>
        log.Write(LogLevel.Error, $"Invariant check failed. Flush is impossible.");

    public static void RepairFailed(this Log log) => log.Write(LogLevel.Critical, $"Unable to restore environment");

    public static void SetIsGone(this Log log, string command, int count) =>
        log.Write(LogLevel.Error, $"{command}: No such file or directory ({count} element(s) wait)");

    public static void NetlinkRefused(this Log log, string reason) =>
        log.Write(LogLevel.Warning, $"nf_tables is not usable by netlink ({reason}): nft commands are run as they are written, which is slower");

    public static void ElementRefused(this Log log, string element, string set, string reason) =>
        log.Write(LogLevel.Debug, $"{element}, set {set}: {reason}; the command is run as it is written");

    public static void RecipientsRefused(this Log log, string jail, string action, string refused) =>
        log.Write(LogLevel.Warning, $"[{jail}] Action '{action}': the mail was sent, but not to {refused}");

    private static string Info(Ban ban) => $"ActionInfo({PythonText.Repr(new PythonDict
    {
        ["ip"] = (ban.Ticket.Address ?? ban.Ticket.Id).ToString(),
        ["family"] = (ban.Ticket.Address ?? ban.Ticket.Id).Family,
        ["fid"] = ban.Ticket.Id.ToString(),
    })})";
}
