using Fail2Ban.Native;
using Fail2Ban.Native.Libc;
using Fail2Ban.Paths;

namespace Fail2Ban.Detection.Sources.Files;

/// <summary>Looks for files that fit a pattern, for all that subscribed to it.</summary>
/// <remarks>
/// The directories in which the pattern has to be looked for are watched before they are listed, so that nothing comes to
/// be unseen. Owned by the watcher's thread.
/// </remarks>
internal sealed class FollowedGlob(string pattern, bool polling, WatcherParts parts) : WatchedPath
{
    private static readonly TimeSpan Sweep = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan PollEvery = TimeSpan.FromSeconds(0.5);

    // A directory in which many files come and go is listed ten times a second at most.
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(0.1);

    // Clocks of file systems are coarse: what changed so shortly before it was listed may have changed behind that, too.
    private static readonly TimeSpan Coarse = TimeSpan.FromSeconds(1);

    private readonly List<GlobSubscription> _subscriptions = [];
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (int Watch, FileStatus Status)> _directories = new(StringComparer.Ordinal);
    private bool _polling = polling || parts.Watches is null;
    private string? _pollReason;
    private TimeSpan _watchAgain;
    private TimeSpan? _lastScan;

    internal override string FullPath => pattern;

    internal override bool IsUnused => _subscriptions.Count == 0;

    internal void Add(GlobSubscription subscription)
    {
        _subscriptions.Add(subscription);
        foreach (string path in _known) subscription.Tell(path, isNew: false);
    }

    internal void Remove(GlobSubscription subscription) => _subscriptions.Remove(subscription);

    internal override bool Service(TimeSpan now)
    {
        if (_lastScan is { } last && now - last < Rest)
        {
            LookAgain(now, last + Rest - now);
            return false;
        }

        bool again = _pollReason is not null && now >= _watchAgain;
        if (again) _polling = false; // watches may have become free
        if (!_polling || _lastScan is null || now - _lastScan >= Sweep || HasChanged()) Scan(now);
        if (again && !_polling) WatchedAgain();
        LookAgain(now, _polling ? PollEvery : Sweep);
        return false;
    }

    internal override void WatchGone(int watch)
    {
        foreach (string directory in _directories.Where(known => known.Value.Watch == watch).Select(known => known.Key).ToArray()) _directories.Remove(directory);
    }

    public override void Dispose()
    {
        foreach ((int watch, _) in _directories.Values) Unwatch(watch);
        _directories.Clear();
    }

    private void Scan(TimeSpan now)
    {
        bool isNew = _lastScan is not null;
        _lastScan = now;
        HashSet<string> entered = new(StringComparer.Ordinal), found = new(StringComparer.Ordinal);
        foreach (string path in PathPattern.Find(pattern, directory => Enter(directory, entered)))
            if (FileStatus.Of(path, out FileStatus status) == 0 && status.IsRegular) found.Add(path);
        foreach (string left in _directories.Keys.Where(directory => !entered.Contains(directory)).ToArray())
        {
            Unwatch(_directories[left].Watch);
            _directories.Remove(left);
        }

        _known.IntersectWith(found);
        foreach (string path in found)
        {
            if (!_known.Add(path)) continue;
            foreach (GlobSubscription subscription in _subscriptions) subscription.Tell(path, isNew);
        }
    }

    // Of a directory that is not there, the nearest one above it is watched.
    private void Enter(string directory, HashSet<string> entered)
    {
        for (string? at = directory; at is not null; at = Path.GetDirectoryName(at))
        {
            if (!entered.Add(at)) return;
            int errno = FileStatus.Of(at, out FileStatus status);
            if (errno == 0 && !status.IsDirectory) return;
            if (errno == 0)
            {
                Watch(at, status);
                return;
            }
        }
    }

    private void Watch(string directory, FileStatus status)
    {
        bool isKnown = _directories.TryGetValue(directory, out (int Watch, FileStatus Status) known);
        int watch = isKnown && known.Status.IsSameFile(status) ? known.Watch : -1;
        if (isKnown && watch < 0) Unwatch(known.Watch); // another directory has its name
        try
        {
            if (watch < 0 && !_polling) watch = parts.Watches!.AddDirectory(directory, WatchTable.AnyName, this);
        }
        catch (NativeException failure) when (failure.Errno is Errno.ENOENT or Errno.ENOTDIR or Errno.EACCES)
        {
            // It went away, or must not be listed: the sweep looks again.
        }
        catch (NativeException failure)
        {
            if (failure.Reason != _pollReason) parts.Polled.Add(pattern, failure.Reason);
            _pollReason = failure.Reason;
            _polling = true;
            _watchAgain = _lastScan!.Value + Sweep;
        }

        _directories[directory] = (watch, status);
    }

    private void WatchedAgain()
    {
        _pollReason = null;
        parts.Log.WatchedAgain(pattern);
    }

    private bool HasChanged()
    {
        long coarse = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() * 1_000_000 - (long)Coarse.TotalNanoseconds;
        foreach ((string directory, (_, FileStatus before)) in _directories)
            if (FileStatus.Of(directory, out FileStatus now) != 0 || !now.IsSameFile(before) || now.Modified != before.Modified || now.Modified > coarse) return true;
        return false;
    }

    private void Unwatch(int watch)
    {
        if (watch >= 0) parts.Watches!.RemoveDirectory(watch, WatchTable.AnyName, this);
    }
}
