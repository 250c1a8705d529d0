using Fail2Ban.Logging;

namespace Fail2Ban.Store;

/// <summary>Every sentence of the store; where the original has one, wording and level are its own.</summary>
internal static class StoreLog
{
    public const string Name = "fail2ban.database";

    public static void Connected(this Log log, string file) =>
        log.Write(LogLevel.Info, $"Connected to fail2ban persistent database '{file}'");

    public static void Created(this Log log, int version) =>
        log.Write(LogLevel.Warning, $"New database created. Version '{version}'");

    public static void Upgrading(this Log log, string backup, long version) =>
        log.Write(LogLevel.Info, $"Upgrade database: {backup} from version '{version}'");

    public static void BackupCreated(this Log log, string backup) =>
        log.Write(LogLevel.Info, $"  Database backup created: {backup}");

    public static void Upgraded(this Log log, long from, long to) =>
        log.Write(LogLevel.Warning, $"Database updated from '{from}' to '{to}'");

    public static void UpgradeFailed(this Log log, string file, string reason) =>
        log.Write(LogLevel.Error, $"Failed to upgrade database '{file}': {reason}");

    public static void OpenFailed(this Log log, string file, string reason) =>
        log.Write(LogLevel.Error, $"Error opening fail2ban persistent database '{file}': {reason}");

    public static void ConnectFailed(this Log log, string file, string reason) =>
        log.Write(LogLevel.Error, $"Error connecting to fail2ban persistent database '{file}': {reason}");

    public static void Repairing(this Log log, string file) =>
        log.Write(LogLevel.Info, $"Trying to repair database {file}");

    public static void Repaired(this Log log, long bytes) =>
        log.Write(LogLevel.Info, $"Repair seems to be successful, restored {bytes} byte(s).");

    public static void NotRepaired(this Log log, string file)
    {
        log.Write(LogLevel.Info, $"Repair seems to be failed, restored 0 byte(s).");
        log.Write(LogLevel.Error, $"Error repairing of fail2ban database '{file}': Recreate ...");
    }

    public static void MovedAside(this Log log, string file, string backup) =>
        log.Write(LogLevel.Warning, $"Broken database '{file}' was moved to '{backup}'");

    public static void WriteDelayed(this Log log, string file, string reason) =>
        log.Write(LogLevel.Error, $"Cannot write database '{file}': {reason}; bans go on from memory, writing is tried again");

    public static void WritesLost(this Log log, string file, long count) =>
        log.Write(LogLevel.Error, $"Database '{file}': {count} change(s) could not be kept in memory any longer and are lost");

    public static void DeletionsWidened(this Log log, string file) =>
        log.Write(LogLevel.Warning, $"Database '{file}': so many deletions had to wait that all rows of a jail were deleted; its bans in force are stored again");

    public static void WritesResumed(this Log log, string file) =>
        log.Write(LogLevel.Notice, $"Database '{file}' can be written again");

    public static void OperationFailed(this Log log, string file, string reason) =>
        log.Write(LogLevel.Error, $"Database '{file}': a change was refused: {reason}");

    public static void ReadFailed(this Log log, string file, string reason) =>
        log.Write(LogLevel.Error, $"Cannot read database '{file}': {reason}");

    public static void NotWriteAhead(this Log log, string file) =>
        log.Write(LogLevel.Warning, $"Database '{file}' has no write-ahead log now (read-only, or locked by another process); it works without, only slower");

    public static void StillWriteAhead(this Log log, string file, string reason) =>
        log.Write(LogLevel.Warning, $"Database '{file}' keeps its write-ahead log '{file}-wal', which belongs to it: {reason}");

    public static void Waiting(this Log log, string file, string reason, TimeSpan patience) =>
        log.Write(LogLevel.Warning, $"Database '{file}' cannot be opened yet: {reason}; waiting for {patience.TotalSeconds:0} s at most");

    public static void Broken(this Log log, string file, string reason) =>
        log.Write(LogLevel.Error, $"Database '{file}' is damaged: {reason}; bans go on, the file is replaced");

    public static void FileGone(this Log log, string file) =>
        log.Write(LogLevel.Error, $"Database '{file}' was deleted while in use; a new one is made");

    public static void Completed(this Log log, string file, string jail, int missing) =>
        log.Write(LogLevel.Notice, $"Database '{file}': {missing} ban(s) of jail '{jail}' were missing and are stored again");

    public static void Closed(this Log log) => log.Write(LogLevel.Info, $"Connection to database closed.");
}
