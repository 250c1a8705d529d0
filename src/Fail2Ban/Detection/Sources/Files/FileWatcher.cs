using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Fail2Ban.Detection.Lines;
using Fail2Ban.Logging;
using Fail2Ban.Native;
using Fail2Ban.Native.Libc;
using Microsoft.Win32.SafeHandles;

namespace Fail2Ban.Detection.Sources.Files;

/// <summary>Follows the log files of all jails: one thread and one inotify descriptor for the process.</summary>
/// <remarks>Thread safety: every member from any thread.</remarks>
public sealed class FileWatcher : IDisposable
{
    // A busy log changes thousands of times a second; the first change is looked at once, the next after this pause.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    // Hosts with containers mount all the time; all logs are looked at this often at most.
    private static readonly TimeSpan BetweenMounts = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AfterMount = TimeSpan.FromMilliseconds(200);

    private readonly Log _log;
    private readonly TimeProvider _time;
    private readonly long _started;
    private readonly EventCounter _wake = new();
    private readonly Inotify? _inotify;
    private readonly WatchTable? _watches;
    private readonly ConcurrentQueue<WatcherCommand> _commands = new();
    private readonly Thread _thread;
    private volatile bool _stop;

    // Owned by the thread.
    private readonly WatcherParts _parts;
    private readonly Dictionary<(string Path, bool Polling), WatchedPath> _paths = [];
    private readonly Queue<WatchedPath> _queue = new();
    private readonly Action<WatchedPath> _enqueue;
    private TimeSpan _nextDue = TimeSpan.MaxValue;
    private readonly SafeFileHandle? _mounts;
    private TimeSpan? _lookAtAll;
    private TimeSpan _lookedAtAll;

    /// <summary>Starts the thread. Where inotify can't be had it says why and polls.</summary>
    /// <param name="log">Any component's log; the watcher writes under the original's names.</param>
    /// <param name="time">The clock of time-outs and once-a-day warnings.</param>
    /// <exception cref="NativeException">Not even an eventfd can be had.</exception>
    public FileWatcher(Log log, TimeProvider time)
    {
        _log = log.For("fail2ban.filter");
        _time = time;
        _started = time.GetTimestamp();
        _enqueue = Enqueue;
        try
        {
            _inotify = new Inotify();
            _watches = new WatchTable(_inotify);
        }
        catch (NativeException failure)
        {
            _log.InotifyUnavailable(failure.Message);
        }

        // A file system that comes or goes sends no event to its directory.
        if (LogFileHandle.Open("/proc/self/mounts", out SafeFileHandle mounts) == 0) _mounts = mounts;
        _parts = new WatcherParts(_watches, OpenFileBudget.OfProcess(_log), new InodeTable(), new PolledReport(_log), _log, time);
        _thread = new Thread(Run) { IsBackground = true, Name = "log files" };
        _thread.Start();
    }

    /// <summary>The watcher's clock.</summary>
    internal TimeSpan Now => _time.GetElapsedTime(_started);

    /// <summary>Begins to follow a file; the start position is found on the caller's thread, which may read from disk.</summary>
    /// <param name="request">What is wanted.</param>
    /// <param name="subscription">Null where the result is false. The first delivery may come before this returns.</param>
    /// <param name="error">As the original answers <c>addlogpath</c>: <c>[Errno 2] No such file or directory: 'P'</c>.</param>
    public bool TrySubscribe(LogFileRequest request, [NotNullWhen(true)] out LogSubscription? subscription, [NotNullWhen(false)] out string? error)
    {
        subscription = null;
        error = null;
        int errno = FollowedFile.OpenRegular(Absolute(request.Path), out SafeFileHandle file, out FileStatus status);
        if (errno != 0 && !request.MayBeAbsent)
        {
            error = FollowedFile.Describe(errno, request.Path);
            return false;
        }

        if (errno != 0) FileStatus.Of(Absolute(request.Path), out status);
        StartPoint start = StartIn(errno == 0 ? file : null, status, request);
        var created = new FileSubscription(this, request, start);
        if (errno != 0) created.SetError(FollowedFile.Describe(errno, request.Path));
        subscription = created;
        Post(new WatcherCommand(created, start));
        return true;
    }

    /// <summary>Ends all subscriptions and the thread; returns when nothing more is delivered.</summary>
    public void Dispose()
    {
        if (_stop) return;
        _stop = true;
        _wake.Set();
        _thread.Join();
        _inotify?.Dispose();
        _mounts?.Dispose();
        _wake.Dispose();
    }

    internal void Post(WatcherCommand command)
    {
        if (_stop) return;
        _commands.Enqueue(command);
        try
        {
            _wake.Set();
        }
        catch (ObjectDisposedException)
        {
            // The watcher ended between the two lines; whoever still works off deliveries need not know.
        }
    }

    /// <summary>Tells of every file that fits a pattern: first those that are there, then each that comes to be there.</summary>
    /// <param name="pattern">A shell pattern.</param>
    /// <param name="polling">Look regularly instead of using inotify.</param>
    /// <param name="found">
    /// Called on the watcher's thread with an absolute path and whether the file came after the first look; must neither
    /// block nor throw.
    /// </param>
    public GlobSubscription SubscribeToGlob(string pattern, bool polling, Action<string, bool> found)
    {
        var subscription = new GlobSubscription(this, Absolute(pattern), polling, found);
        Post(new WatcherCommand(subscription));
        return subscription;
    }

    private StartPoint StartIn(SafeFileHandle? file, FileStatus status, LogFileRequest request)
    {
        string hash = file is null ? "" : FirstLine.Hash(file, out _);
        LineCodec codec = file is null ? request.Encoding.Codec : FollowedFile.Resolve(request.Encoding.Codec, file);
        long offset = 0;
        IReadOnlyList<RotatedLog> older = [];
        bool waits = file is null && status.IsRegular; // no descriptor or no right to open it, for now
        if (request.FromEnd)
        {
            offset = file is null ? 0 : FollowedFile.StartOfLastLine(file, codec, status.Size);
        }
        else if (request.Resume is { } resume)
        {
            bool isAlike = file is not null && hash.Length > 0 && resume.FirstLineHash == hash && resume.Offset <= status.Size;
            bool isOther = !status.IsRegular || (resume.Inode != 0 && (resume.Inode != status.Inode || resume.Device != status.Device));
            waits &= !isOther;
            if (!waits && (isOther || !isAlike)) older = RotatedLogs.Find(Absolute(request.Path), resume, status, resume.Offset);

            // Logs may all begin with the same line: then the inode decides, if it is still there under another name.
            if (isAlike && !(older.Count > 0 && older[0].Status.Inode == resume.Inode && older[0].Status.Device == resume.Device))
            {
                offset = resume.Offset;
                foreach (RotatedLog log in older) log.File.Dispose();
                older = [];
            }
        }

        if (file is not null) _log.AddedLogFile(request.Path, new LogPosition(offset, hash));
        if (!request.FromEnd && request.NotBefore is { } notBefore && request.DateOf is { } dateOf)
        {
            if (file is not null) offset = new StartSeek(file, codec, status.Size, dateOf).Find(offset, notBefore);
            older = [.. older.Select(log => log.Base > 0 ? log : log with { Offset = new StartSeek(log.File, codec, log.Status.Size, dateOf).Find(log.Offset, notBefore) })];
        }

        LogPosition start = older.Count > 0 ? request.Resume!.Value with { Offset = older[0].Offset }
            : waits && !request.FromEnd && request.Resume is { } known ? known
            : file is null ? new LogPosition(0, "")
            : new LogPosition(offset, hash, status.Device, status.Inode);
        return new StartPoint(file, status, start, offset, older) { Unopened = waits ? status : null };
    }

    private static string Absolute(string path) => Path.IsPathRooted(path) ? path : Path.GetFullPath(path);

    private void Run()
    {
        while (!_stop)
        {
            try
            {
                Step();
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                // Whatever it was, the other files must still be followed; the pause keeps a lasting fault from spinning.
                _log.FileFailed("inotify", failure);
                Poll.WaitForInput(_wake.Handle, null, TimeSpan.FromSeconds(1));
            }
        }

        foreach (WatchedPath path in _paths.Values) path.Dispose();
        while (_commands.TryDequeue(out WatcherCommand command)) command.Start?.Close();
    }

    private void Step()
    {
        TimeSpan due = _lookAtAll is { } all && all < _nextDue ? all : _nextDue;
        TimeSpan wait = _queue.Count > 0 ? TimeSpan.Zero : due == TimeSpan.MaxValue ? Timeout.InfiniteTimeSpan : Max(TimeSpan.Zero, due - Now);
        (bool woken, bool events, bool mounts) = Poll.WaitForInput(_wake.Handle, _inotify?.Handle, _lookAtAll is null ? _mounts : null, wait);
        if (woken) TakeCommands();
        if (events && !_watches!.Dispatch(_enqueue))
        {
            _log.EventsLost();
            foreach (WatchedPath path in _paths.Values) Enqueue(path);
        }

        if (mounts) _lookAtAll = Max(Now + AfterMount, _lookedAtAll + BetweenMounts);
        if (_lookAtAll <= Now)
        {
            _lookAtAll = null;
            _lookedAtAll = Now;
            foreach (WatchedPath path in _paths.Values) Enqueue(path);
        }

        EnqueueDue();
        int turns = _queue.Count;
        bool backlog = false;
        for (; turns > 0 && !_stop; turns--) backlog |= Service(_queue.Dequeue());
        if (!backlog) _parts.Polled.Flush();
        if (events && !backlog && !_stop) Poll.WaitForInput(_wake.Handle, null, Pause);
    }

    private bool Service(WatchedPath file)
    {
        file.IsQueued = false;
        bool more = false;
        try
        {
            more = !file.IsUnused && file.Service(Now);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            _log.FileFailed(file.FullPath, failure);
        }

        if (file.IsUnused) Drop(file);
        else if (more) Enqueue(file);
        if (file.Due < _nextDue) _nextDue = file.Due;
        return more;
    }

    private void TakeCommands()
    {
        _wake.Reset();
        while (_commands.TryDequeue(out WatcherCommand command))
        {
            if (command.Glob is { } glob) TakeGlob(glob);
            else if (command.Subscription is { } subscription) TakeFile(subscription, command.Start);
        }
    }

    private void TakeFile(FileSubscription subscription, StartPoint? start)
    {
        if (start is not null)
        {
            string path = Absolute(subscription.Request.Path);
            bool polling = subscription.Request.Polling;
            FollowedFile file = Find(path, polling, () => new FollowedFile(path, polling, _parts));
            subscription.File = file;
            file.Add(subscription, start, Now);
        }

        if (subscription.HasEnded && subscription.File is { } ended)
        {
            subscription.File = null;
            ended.Remove(subscription);
            _log.RemovedLogFile(subscription.Source);
            Enqueue(ended);
        }
        else if (subscription.File is { } woken) Enqueue(woken);
    }

    private void TakeGlob(GlobSubscription subscription)
    {
        // A pattern may also be the name of a file; that one stands under its own key.
        string key = "glob:" + subscription.Pattern;
        if (subscription.HasEnded)
        {
            if (!_paths.TryGetValue((key, subscription.Polling), out WatchedPath? known) || known is not FollowedGlob left) return;
            left.Remove(subscription);
            if (left.IsUnused) Drop(left);
            return;
        }

        FollowedGlob glob = Find(key, subscription.Polling, () => new FollowedGlob(subscription.Pattern, subscription.Polling, _parts));
        glob.Add(subscription);
        Enqueue(glob);
    }

    private T Find<T>(string key, bool polling, Func<T> make)
        where T : WatchedPath
    {
        if (_paths.TryGetValue((key, polling), out WatchedPath? known)) return (T)known;
        T made = make();
        _paths.Add((key, polling), made);
        return made;
    }

    private void Enqueue(WatchedPath path)
    {
        if (path.IsQueued) return;
        path.IsQueued = true;
        _queue.Enqueue(path);
    }

    private void EnqueueDue()
    {
        TimeSpan now = Now;
        if (now < _nextDue) return;
        _nextDue = TimeSpan.MaxValue;
        foreach (WatchedPath path in _paths.Values)
        {
            if (path.Due <= now) Enqueue(path);
            else if (path.Due < _nextDue) _nextDue = path.Due;
        }
    }

    private void Drop(WatchedPath path)
    {
        string name = path is FollowedGlob ? "glob:" + path.FullPath : path.FullPath;
        foreach ((string, bool) key in new[] { (name, true), (name, false) })
            if (_paths.TryGetValue(key, out WatchedPath? known) && known == path) _paths.Remove(key);
        path.Dispose();
    }

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
