using Fail2Ban.Logging;
using Fail2Ban.Native;
using Fail2Ban.Native.Libc;
using Fail2Ban.Values;
using Microsoft.Win32.SafeHandles;

namespace Fail2Ban.Detection.Sources.Files;

/// <summary>Follows one path for all its subscriptions.</summary>
/// <remarks>Owned by the watcher's thread.</remarks>
internal sealed partial class FollowedFile : WatchedPath
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
    private readonly WatcherParts _parts;
    private readonly Log _log;
    private readonly WatchTable? _watches;
    private readonly List<FileSubscription> _subscriptions = [];

    // Oldest first; the last one is, or was, behind the path. Empty while there has been no file.
    private readonly List<OpenLog> _logs = [];

    private readonly bool _givesUp; // as the original does where polling is asked for
    private bool _polling;
    private string? _pollReason;
    private TimeSpan _watchAgain;
    private bool _absent;
    private TimeSpan _absentSince;
    private int _pollFailures;
    private TimeSpan _wait = FirstRetry;
    private int _directoryWatch = -1;
    private FileStatus _directoryStatus;
    private int _incarnation;

    /// <param name="path">Absolute.</param>
    /// <param name="polling">Never watched.</param>
    /// <param name="parts">What the watcher's files share.</param>
    internal FollowedFile(string path, bool polling, WatcherParts parts)
    {
        _path = path;
        _directory = Path.GetDirectoryName(path) is { Length: > 0 } directory ? directory : "/";
        _name = Path.GetFileName(path);
        _givesUp = polling;
        _polling = polling || parts.Watches is null;
        _parts = parts;
        _log = parts.Log;
        _watches = parts.Watches;
    }

    internal override string FullPath => _path;

    internal override bool IsUnused => _subscriptions.Count == 0;

    internal void Add(FileSubscription subscription, StartPoint start, TimeSpan now)
    {
        _subscriptions.Add(subscription);
        bool adopted = _logs.Count == 0 && start.File is not null;
        if (adopted) Adopt(new OpenLog(start.File!, start.Status, NextIncarnation(), now), now);
        if (_logs.Count > 0)
        {
            OpenLog newest = _logs[^1];
            bool same = start.File is not null && newest.Status.IsSameFile(start.Status);
            // Otherwise the path changed hands since the subscriber looked: what stands there now is all new to it.
            long offset = same ? start.Offset : BeginOf(subscription, newest);
            newest.Cursors.Add(new LogCursor(subscription, Math.Max(offset, _parts.Readers.TakeOver(newest.Status, subscription, _path))));
            if (same && start.Older.Count == 0) subscription.SetIncarnation(newest.Incarnation);
        }

        if (!adopted) start.File?.Dispose();
        AddOlder(subscription, start.Older, now);
    }

    internal void Remove(FileSubscription subscription)
    {
        _subscriptions.Remove(subscription);
        foreach (OpenLog log in _logs) log.Cursors.RemoveAll(cursor => cursor.Subscription == subscription);
    }

    internal override void WatchGone(int watch)
    {
        if (_directoryWatch == watch) _directoryWatch = -1;
        foreach (OpenLog log in _logs)
            if (log.Watch == watch) log.Watch = -1;
    }

    internal override bool Service(TimeSpan now)
    {
        LookAgain(now, Sweep);
        Look(now);
        bool more = Serve(now);
        CloseFinished(now);
        Report(now);
        if (_logs.Count > 0 && !_logs[^1].Rests && _logs[^1].IsReadToEnd && !_parts.OpenFiles.MayStayOpen()) Rest(_logs[^1]);
        LookAgain(now, _absent || _polling ? _wait : _logs.Count > 1 ? KeepRotated / 4 : Sweep);
        return more;
    }

    public override void Dispose()
    {
        foreach (OpenLog log in _logs) Close(log);
        _logs.Clear();
        if (_directoryWatch >= 0) _watches!.RemoveDirectory(_directoryWatch, _name, this);
        _directoryWatch = -1;
    }

    private void Look(TimeSpan now)
    {
        if (_pollReason is not null && now >= _watchAgain) WatchAgain(now);
        WatchDirectory(now);
        bool changed = false;
        int errno = FileStatus.Of(_path, out FileStatus status);
        if (errno == 0 && status.IsDirectory) errno = Errno.EISDIR;
        OpenLog? newest = _logs.Count > 0 ? _logs[^1] : null;
        if (errno == 0 && newest?.Status.IsSameFile(status) != true)
        {
            errno = Open(newest, status, now);
            changed = errno == 0;
        }
        else if (errno == 0 && newest!.Rests && (newest.HasChanged(status) || !newest.IsReadToEnd))
        {
            errno = Wake(newest);
        }

        foreach (OpenLog log in _logs.ToArray())
        {
            if (log.Rests || FileStatus.Of(log.File, out FileStatus current) != 0) continue;
            if (log == _logs[^1]) changed |= CheckCut(log, current, now);
            else log.Update(current, now);
        }

        if (errno == 0) Found(changed);
        else if (errno is Errno.EMFILE or Errno.ENFILE) NoDescriptor(errno);
        else Missed(errno, now);
    }

    private void WatchDirectory(TimeSpan now)
    {
        if (_polling) return;
        bool isThere = FileStatus.Of(_directory, out FileStatus status) == 0;
        if (_directoryWatch >= 0)
        {
            // The watch stays with the directory that it was made for, also when its path means another one.
            if (!isThere || status.IsSameFile(_directoryStatus)) return;
            _watches!.RemoveDirectory(_directoryWatch, _name, this);
            _directoryWatch = -1;
        }

        try
        {
            _directoryStatus = status;
            _directoryWatch = _watches!.AddDirectory(_directory, _name, this);
        }
        catch (NativeException failure) when (failure.Errno is Errno.ENOENT or Errno.ENOTDIR)
        {
            // The directory will come, or not; Missed() has the file looked for again until then.
        }
        catch (NativeException failure)
        {
            PollInstead(failure, now);
        }
    }

    private void WatchFile(OpenLog log, TimeSpan now)
    {
        if (_polling || log.Watch >= 0) return;
        try
        {
            log.Watch = _watches!.AddFile(log.File, _path, this);
        }
        catch (NativeException failure)
        {
            PollInstead(failure, now);
        }
    }

    private void PollInstead(NativeException failure, TimeSpan now)
    {
        _parts.Polled.Add(_path, failure.Reason);
        _pollReason = failure.Reason;
        _polling = true;
        _wait = FirstRetry;
        _watchAgain = now + Sweep;
    }

    // Watches may have become free.
    private void WatchAgain(TimeSpan now)
    {
        _watchAgain = now + Sweep;
        try
        {
            if (_directoryWatch < 0) _directoryWatch = _watches!.AddDirectory(_directory, _name, this);
            foreach (OpenLog log in _logs)
                if (log.Watch < 0 && !log.Rests) log.Watch = _watches!.AddFile(log.File, _path, this);
        }
        catch (NativeException)
        {
            return;
        }

        _polling = false;
        _pollReason = null;
        _log.WatchedAgain(_path);
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

    // All descriptors are in use for the moment: nothing is known of the file.
    private void NoDescriptor(int errno)
    {
        foreach (FileSubscription subscription in _subscriptions) subscription.SetError(Describe(errno, _path));
        _absent = true;
        _wait = FirstRetry;
    }

    private void Missed(int errno, TimeSpan now)
    {
        string reason = Describe(errno, _path);
        foreach (FileSubscription subscription in _subscriptions)
        {
            subscription.SetError(reason);
            if (errno == Errno.ENOENT) subscription.Unopened = null; // what comes is another file, whatever its inode
        }

        if (!_absent)
        {
            _log.Absent(_path, reason);
            _absent = true;
            _absentSince = now;
            _wait = FirstRetry;
        }
        else _wait = Min(_wait * 2, _polling ? LongestPoll : LongestRetry);

        bool isGone = errno is Errno.ENOENT or Errno.ENOTDIR && now - _absentSince >= KeepRotated;
        foreach (FileSubscription subscription in _subscriptions)
            if (isGone) subscription.TellGone();
        if (!_givesUp || ++_pollFailures <= MostPollFailures) return;
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
        _parts.Readers.Remove(log);
        if (!log.Rests) _parts.OpenFiles.Closed();
        log.Dispose();
    }

    private void Rest(OpenLog log)
    {
        _parts.OpenFiles.Closed();
        log.Rest();
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
