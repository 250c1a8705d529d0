using Fail2Ban.Logging;
using Fail2Ban.Native;
using Fail2Ban.Native.Libc;
using Fail2Ban.Values;
using Microsoft.Win32.SafeHandles;

namespace Fail2Ban.Detection.Sources.Files;

// Rotation
//
// A path stands for one file after the other. When another inode is behind the path, the old file stays open beside the
// new one: it is read to its end before the first line of the new one is delivered, and for a minute after its last
// change whatever a slow writer still puts there is read as well. A file that became shorter than what was read of it,
// or whose first line is another one, was cut and filled again (copytruncate): it is read from its beginning.
//
// The first line is compared at every look, not every 30 seconds as the original does: one that was cut and grew past
// the old position meanwhile is then not read from the middle first.

/// <summary>Follows one path for all its subscriptions.</summary>
/// <remarks>Owned by the watcher's thread.</remarks>
internal sealed partial class FollowedFile : IDisposable
{
    private const int MostPollFailures = 50;

    private static readonly TimeSpan KeepRotated = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(0.2);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LongestPoll = TimeSpan.FromSeconds(2);

    // Paths change in ways that send no event (a directory that is a symbolic link is turned): look now and then.
    private static readonly TimeSpan Sweep = TimeSpan.FromSeconds(60);

    private readonly string _path;
    private readonly string _directory;
    private readonly string _name;
    private readonly Log _log;
    private readonly TimeProvider _time;
    private readonly WatchTable? _watches;
    private readonly List<FileSubscription> _subscriptions = [];

    // Oldest first; the last one is, or was, behind the path. Empty while there has been no file.
    private readonly List<OpenLog> _logs = [];

    private bool _polling;
    private bool _absent;
    private int _pollFailures;
    private TimeSpan _wait = FirstRetry;
    private int _directoryWatch = -1;
    private int _incarnation;

    /// <param name="path">Absolute.</param>
    /// <param name="polling">Never watched.</param>
    /// <param name="watches">Null where there is no inotify.</param>
    /// <param name="log">Under the name <c>fail2ban.filter</c>.</param>
    /// <param name="time">For the once-a-day warnings.</param>
    internal FollowedFile(string path, bool polling, WatchTable? watches, Log log, TimeProvider time)
    {
        _path = path;
        _directory = Path.GetDirectoryName(path) is { Length: > 0 } directory ? directory : "/";
        _name = Path.GetFileName(path);
        _polling = polling || watches is null;
        _watches = watches;
        _log = log;
        _time = time;
    }

    internal string FullPath => _path;

    /// <summary>Nobody follows it any more.</summary>
    internal bool IsUnused => _subscriptions.Count == 0;

    /// <summary>When it is to be looked at without an event, on the watcher's clock.</summary>
    internal TimeSpan Due { get; private set; }

    /// <summary>Whether it stands in the watcher's queue.</summary>
    internal bool IsQueued { get; set; }

    internal void Add(FileSubscription subscription, StartPoint start, TimeSpan now)
    {
        _subscriptions.Add(subscription);
        bool adopted = _logs.Count == 0 && start.File is not null;
        if (adopted) Adopt(new OpenLog(start.File!, start.Status, ++_incarnation, now), now);
        if (_logs.Count == 0) return;
        OpenLog newest = _logs[^1];
        bool same = start.File is not null && newest.Status.IsSameFile(start.Status);
        // Otherwise the path changed hands since the subscriber looked: what stands there now is all new to it.
        newest.Cursors.Add(new LogCursor(subscription, same ? start.Position.Offset : 0));
        if (same) subscription.SetIncarnation(newest.Incarnation);
        if (!adopted) start.File?.Dispose();
    }

    internal void Remove(FileSubscription subscription)
    {
        _subscriptions.Remove(subscription);
        foreach (OpenLog log in _logs) log.Cursors.RemoveAll(cursor => cursor.Subscription == subscription);
    }

    /// <summary>The kernel has removed a watch.</summary>
    internal void WatchGone(int watch)
    {
        if (_directoryWatch == watch) _directoryWatch = -1;
        foreach (OpenLog log in _logs)
            if (log.Watch == watch) log.Watch = -1;
    }

    /// <summary>Looks at the path, delivers what is new, and says when to look again.</summary>
    /// <returns>Whether it stopped only to let other files have their turn.</returns>
    internal bool Service(TimeSpan now)
    {
        Due = now + Sweep;
        Look(now);
        bool more = Serve(now);
        CloseFinished(now);
        ReportUnread();
        Due = now + (_absent || _polling ? _wait : _logs.Count > 1 ? KeepRotated / 4 : Sweep);
        return more;
    }

    public void Dispose()
    {
        foreach (OpenLog log in _logs) Close(log);
        _logs.Clear();
        if (_directoryWatch >= 0) _watches!.RemoveDirectory(_directoryWatch, _name, this);
        _directoryWatch = -1;
    }

    private void Look(TimeSpan now)
    {
        WatchDirectory();
        bool changed = false;
        int errno = FileStatus.Of(_path, out FileStatus status);
        if (errno == 0 && status.IsDirectory) errno = Errno.EISDIR;
        OpenLog? newest = _logs.Count > 0 ? _logs[^1] : null;
        if (errno == 0 && newest?.Status.IsSameFile(status) != true)
        {
            errno = Open(newest, now);
            changed = errno == 0;
        }

        foreach (OpenLog log in _logs)
        {
            if (FileStatus.Of(log.File, out FileStatus current) != 0) continue;
            if (log == _logs[^1]) changed |= CheckCut(log, current, now);
            else log.Update(current, now);
        }

        if (errno == 0) Found(changed);
        else Missed(errno);
    }

    private void WatchDirectory()
    {
        if (_polling || _directoryWatch >= 0) return;
        try
        {
            _directoryWatch = _watches!.AddDirectory(_directory, _name, this);
        }
        catch (NativeException failure) when (failure.Errno is Errno.ENOENT or Errno.ENOTDIR)
        {
            // The directory will come, or not; Missed() has the file looked for again until then.
        }
        catch (NativeException failure)
        {
            PollInstead(failure);
        }
    }

    private void PollInstead(NativeException failure)
    {
        _log.WatchFailed(_path, failure.Message);
        _polling = true;
        _wait = FirstRetry;
    }

    private int Open(OpenLog? before, TimeSpan now)
    {
        int errno = OpenRegular(_path, out SafeFileHandle file, out FileStatus status);
        if (errno != 0) return errno;
        var log = new OpenLog(file, status, ++_incarnation, now);
        Adopt(log, now);
        if (before is not null) _log.RotationDetected(_path, status, before.FurthestOffset, before.Status, log.Hash, before.Hash);
        foreach (FileSubscription subscription in _subscriptions) log.Cursors.Add(new LogCursor(subscription, 0));
        return 0;
    }

    /// <summary>Opens a log; what is no regular file is refused.</summary>
    /// <returns>0, or errno.</returns>
    internal static int OpenRegular(string path, out SafeFileHandle file, out FileStatus status)
    {
        status = default;
        int errno = LogFileHandle.Open(path, out file);
        if (errno == 0) errno = FileStatus.Of(file, out status);
        if (errno == 0 && !status.IsRegular) errno = status.IsDirectory ? Errno.EISDIR : Errno.EINVAL;
        if (errno != 0) file.Dispose();
        return errno;
    }

    /// <summary>The error as the original words it.</summary>
    internal static string Describe(int errno, string path) => $"[Errno {errno}] {NativeException.Describe(errno)}: {PythonText.Repr(path)}";

    private void Adopt(OpenLog log, TimeSpan now)
    {
        log.ReadHash(now);
        _logs.Add(log);
        if (_polling) return;
        try
        {
            log.Watch = _watches!.AddFile(log.File, _path, this);
        }
        catch (NativeException failure)
        {
            PollInstead(failure);
        }
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
        log.Incarnation = ++_incarnation;
        foreach (LogCursor cursor in log.Cursors)
        {
            cursor.Offset = cursor.Searched = 0;
            cursor.AtEnd = false;
        }

        return true;
    }

    private void Found(bool changed)
    {
        if (_absent)
        {
            _log.Present(_path);
            foreach (FileSubscription subscription in _subscriptions) subscription.SetError(null);
        }

        _absent = false;
        _pollFailures = 0;
        _wait = changed ? FirstRetry : Min(_wait * 2, LongestPoll);
    }

    private void Missed(int errno)
    {
        string reason = Describe(errno, _path);
        foreach (FileSubscription subscription in _subscriptions) subscription.SetError(reason);
        if (!_absent)
        {
            _log.Absent(_path, reason);
            _absent = true;
            _wait = FirstRetry;
        }
        else _wait = Min(_wait * 2, _polling ? LongestPoll : LongestRetry);

        if (!_polling || ++_pollFailures <= MostPollFailures) return;
        _log.TooManyErrors(_path);
        foreach (FileSubscription subscription in _subscriptions) subscription.Stop(reason);
        _subscriptions.Clear(); // the watcher drops a file that is unused
        foreach (OpenLog log in _logs) log.Cursors.Clear();
    }

    private void CloseFinished(TimeSpan now)
    {
        for (int i = _logs.Count - 1; i >= 0; i--)
        {
            OpenLog log = _logs[i];
            // A file that has no name any more is given up too: it keeps its space on the disk as long as it is open.
            bool current = i == _logs.Count - 1 && (!_absent || log.Status.Links > 0);
            if (current || !log.IsReadToEnd || now - log.LastChange < KeepRotated) continue;
            Close(log);
            _logs.RemoveAt(i);
        }
    }

    private void Close(OpenLog log)
    {
        if (log.Watch >= 0) _watches!.RemoveFile(log.Watch, this);
        log.Dispose();
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
