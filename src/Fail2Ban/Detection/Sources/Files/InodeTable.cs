using Fail2Ban.Native.Libc;

namespace Fail2Ban.Detection.Sources.Files;

/// <summary>Finds who reads an inode, under whatever name.</summary>
/// <remarks>
/// A glob such as <c>*.log*</c> also fits the name that a rotation gives to a log: what was read under the old name must
/// not be read again under the new one. Owned by the watcher's thread.
/// </remarks>
internal sealed class InodeTable
{
    private readonly Dictionary<(ulong Device, ulong Inode), List<(OpenLog Log, string Path)>> _logs = [];

    internal void Add(OpenLog log, string path)
    {
        // What was unpacked is no file that another name could lead to.
        if ((log.Status.Device, log.Status.Inode) != log.Identity) return;
        if (!_logs.TryGetValue(log.Identity, out List<(OpenLog, string)>? logs)) _logs.Add(log.Identity, logs = []);
        logs.Add((log, path));
    }

    internal void Remove(OpenLog log)
    {
        if (!_logs.TryGetValue(log.Identity, out List<(OpenLog Log, string Path)>? logs)) return;
        logs.RemoveAll(known => known.Log == log);
        if (logs.Count == 0) _logs.Remove(log.Identity);
    }

    /// <summary>Whether a sink reads a file under another name than this one.</summary>
    internal bool IsRead(FileStatus file, FileSubscription subscription, string path) =>
        _logs.TryGetValue((file.Device, file.Inode), out List<(OpenLog Log, string Path)>? logs)
        && logs.Exists(known => known.Path != path && known.Log.Cursors.Exists(cursor => cursor.Subscription.Request.Sink == subscription.Request.Sink));

    /// <summary>Takes over where a sink is in a file that has lost the name under which it is read.</summary>
    /// <returns>Where to go on under the new name; 0 where the sink does not read the file.</returns>
    internal long TakeOver(FileStatus file, FileSubscription subscription, string path)
    {
        if (!_logs.TryGetValue((file.Device, file.Inode), out List<(OpenLog Log, string Path)>? logs)) return 0;
        foreach ((OpenLog log, string other) in logs)
        {
            if (other == path) continue;
            LogCursor? cursor = log.Cursors.Find(cursor => cursor.Subscription.Request.Sink == subscription.Request.Sink);
            if (cursor is null || (FileStatus.Of(other, out FileStatus now) == 0 && now.IsSameFile(file))) continue;
            log.Cursors.Remove(cursor);
            return log.Base + cursor.Offset;
        }

        return 0;
    }
}
