using System.Buffers;
using Fail2Ban.Detection.Lines;
using Fail2Ban.Native;
using Fail2Ban.Native.Libc;
using Microsoft.Win32.SafeHandles;

namespace Fail2Ban.Detection.Sources.Files;

// A path stands for one file after the other. When another inode is behind the path, the old file stays open beside the
// new one: it is read to its end before the first line of the new one is delivered, and for a minute after its last
// change whatever a slow writer still puts there is read as well. A file that became shorter than what was read of it,
// or whose first line is another one, was cut and filled again (copytruncate): its copy is read to the end, then the
// file from its beginning.
//
// The first line is compared at every look, not every 30 seconds as the original does: one that was cut and grew past
// the old position meanwhile is then not read from the middle first.

internal sealed partial class FollowedFile
{
    // Files that are found later, but are older than the newest one, get numbers between.
    private const int IncarnationStep = 2 * RotatedLogs.Most;

    private int NextIncarnation() => _incarnation += IncarnationStep;

    private int Open(OpenLog? before, FileStatus expected, TimeSpan now)
    {
        if (!expected.IsRegular) return Errno.EINVAL; // a pipe is not even opened: its writer would notice
        int errno = OpenRegular(_path, out SafeFileHandle file, out FileStatus status);
        if (errno != 0) return errno;
        var log = new OpenLog(file, status, NextIncarnation(), now);
        Adopt(log, now);
        if (before is not null && IsBackAgain(before, log)) return 0;
        if (before is not null) _log.RotationDetected(_path, status, before.FurthestOffset, before.Status, log.Hash, before.Hash);
        foreach (FileSubscription subscription in _subscriptions)
            log.Cursors.Add(new LogCursor(subscription, Math.Max(BeginOf(subscription, log), _parts.Readers.TakeOver(status, subscription, _path))));
        if (before is { Rests: true }) ReadRest(before, now);
        return 0;
    }

    // Of a file that stood here when the subscription began, but could not be opened then; any other is all new to it.
    private static long BeginOf(FileSubscription subscription, OpenLog log)
    {
        FileStatus? before = subscription.Unopened;
        subscription.Unopened = null;
        if (before is not { } unopened || !log.Status.IsSameFile(unopened)) return 0;
        LogFileRequest request = subscription.Request;
        if (request.FromEnd) return log.Status.Size < unopened.Size ? 0 : StartOfLastLine(log.File, Resolve(subscription.Codec, log.File), unopened.Size);
        return request.Resume is { } resume && log.Hash.Length > 0 && resume.FirstLineHash == log.Hash && resume.Offset <= log.Status.Size ? resume.Offset : 0;
    }

    /// <summary>Where what is not there yet begins; a line that is only half written yet belongs to it.</summary>
    internal static long StartOfLastLine(SafeFileHandle file, LineCodec codec, long size)
    {
        int unit = codec.Newline.Length;
        long from = Math.Max(0, size - ChunkReader.ChunkSize) / unit * unit;
        Chunk tail = ChunkReader.Read(file, codec, from, 0, size);
        if (tail.Buffer is null) return from == 0 ? 0 : size;
        ArrayPool<byte>.Shared.Return(tail.Buffer);
        return tail.End;
    }

    // A file system that was mounted again shows the same file on what may be another device.
    private bool IsBackAgain(OpenLog before, OpenLog log)
    {
        if (!_absent || before.Status.Inode != log.Status.Inode || before.Hash.Length == 0 || before.Hash != log.Hash || log.Status.Size < before.FurthestOffset) return false;
        log.Cursors.AddRange(before.Cursors);
        before.Cursors.Clear();
        _logs.Remove(before);
        Close(before);
        return true;
    }

    private void Adopt(OpenLog log, TimeSpan now)
    {
        log.ReadHash(now);
        _logs.Add(log);
        _parts.OpenFiles.Opened();
        _parts.Readers.Add(log, _path);
        WatchFile(log, now);
    }

    private int Wake(OpenLog log)
    {
        int errno = OpenRegular(_path, out SafeFileHandle file, out FileStatus status);
        if (errno != 0) return errno;
        if (!status.IsSameFile(log.Status))
        {
            file.Dispose(); // it was rotated between the two looks; the next one sees that
            return 0;
        }

        log.Wake(file);
        _parts.OpenFiles.Opened();
        return 0;
    }

    // Whether it changed in any way.
    private bool CheckCut(OpenLog log, FileStatus current, TimeSpan now)
    {
        FileStatus before = log.Status;
        if (!log.Update(current, now)) return false;
        string oldHash = log.Hash;
        long furthest = log.FurthestOffset;
        bool shorter = current.Size < furthest;
        if (shorter || log.ShouldCheckHash(now)) log.ReadHash(now);
        if (!shorter && (oldHash.Length == 0 || log.Hash == oldHash)) return true;
        _log.RotationDetected(_path, current, furthest, before, log.Hash, oldHash);
        log.Incarnation = NextIncarnation();
        var known = new LogPosition(log.NearestOffset, oldHash, before.Device, before.Inode);
        IReadOnlyList<RotatedLog> copies = oldHash.Length == 0 ? [] : RotatedLogs.Find(_path, known, current, before.Size);
        if (copies.Count == 0 && log.NearestOffset < before.Size) _log.RotatedLost(_path);
        InsertOlder(copies, log.Cursors, now);
        foreach (LogCursor cursor in log.Cursors)
        {
            cursor.Offset = cursor.Searched = 0;
            cursor.AtEnd = false;
        }

        return true;
    }

    // The old file was not held open; it must be beside the new one, under another name.
    private void ReadRest(OpenLog before, TimeSpan now)
    {
        var known = new LogPosition(before.NearestOffset, before.Hash, before.Status.Device, before.Status.Inode);
        IReadOnlyList<RotatedLog> older = RotatedLogs.Find(_path, known, _logs[^1].Status, before.Status.Size);
        _logs.Remove(before);
        Close(before);
        if (older.Count == 0) _log.RotatedLost(_path);
        else InsertOlder(older, before.Cursors, now);
    }

    // In front of the newest; of the first one each cursor goes on where it is, the others are new.
    private int InsertOlder(IReadOnlyList<RotatedLog> older, List<LogCursor> cursors, TimeSpan now)
    {
        if (older.Count == 0) return _logs[^1].Incarnation;
        int incarnation = _logs[^1].Incarnation - older.Count, first = 0;
        bool any = false;
        for (int i = 0; i < older.Count; i++)
        {
            RotatedLog found = older[i];
            OpenLog? log = _logs.Find(known => known != _logs[^1] && known.Identity == (found.Status.Device, found.Status.Inode) && known.Base == found.Base);
            if (log is null)
            {
                any = true;
                log = new OpenLog(found.File, Opened(found), incarnation + i, now, (found.Status.Device, found.Status.Inode)) { Base = found.Base };
                log.SetHash(found.Hash);
                _logs.Insert(_logs.Count - 1, log);
                _parts.OpenFiles.Opened();
                _parts.Readers.Add(log, _path);
            }
            else found.File.Dispose();

            if (i == 0) first = log.Incarnation;
            foreach (LogCursor cursor in cursors)
                log.Cursors.Add(new LogCursor(cursor.Subscription, i == 0 ? Math.Max(0, cursor.Offset - found.Base) : 0));
        }

        if (any) _log.RotatedUnread(_path, older.Count);
        return first;
    }

    // Of a new subscription: what was rotated away while it was not there.
    private void AddOlder(FileSubscription subscription, IReadOnlyList<RotatedLog> rotated, TimeSpan now)
    {
        // What a pattern has found under its new name is read there already.
        ILookup<bool, RotatedLog> isRead = rotated.ToLookup(log => _parts.Readers.IsRead(log.Status, subscription, _path));
        foreach (RotatedLog log in isRead[true]) log.File.Dispose();
        RotatedLog[] older = [.. isRead[false]];
        if (older.Length == 0) return;
        if (_logs.Count > 0)
        {
            subscription.SetIncarnation(InsertOlder(older, [new LogCursor(subscription, older[0].Offset)], now));
            return;
        }

        // There is no file at the moment: the last one that was is the newest.
        RotatedLog last = older[^1];
        var newest = new OpenLog(last.File, Opened(last), NextIncarnation(), now, (last.Status.Device, last.Status.Inode)) { Base = last.Base };
        newest.SetHash(last.Hash);
        newest.Cursors.Add(new LogCursor(subscription, last.Offset - last.Base));
        _logs.Add(newest);
        _parts.OpenFiles.Opened();
        _parts.Readers.Add(newest, _path);
        subscription.SetIncarnation(InsertOlder([.. older.SkipLast(1)], [new LogCursor(subscription, older[0].Offset)], now));
    }

    private static FileStatus Opened(RotatedLog found) => FileStatus.Of(found.File, out FileStatus status) == 0 ? status : found.Status;
}
