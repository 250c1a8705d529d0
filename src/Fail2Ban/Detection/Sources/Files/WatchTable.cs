using System.Text;
using Fail2Ban.Native;
using Fail2Ban.Native.Libc;
using Microsoft.Win32.SafeHandles;

namespace Fail2Ban.Detection.Sources.Files;

/// <summary>Which inotify watch stands for which followed files.</summary>
/// <remarks>
/// One inode has one watch, however many paths lead to it: hence the lists. A file is watched through its open descriptor,
/// so that the watch is on what is read even if the path changes hands at that moment. Its directory tells of new files
/// under the name. Owned by the watcher's thread.
/// </remarks>
internal sealed class WatchTable(Inotify inotify)
{
    private const uint FileEvents = Inotify.IN_MODIFY | Inotify.IN_ATTRIB | Inotify.IN_MOVE_SELF | Inotify.IN_DELETE_SELF;
    private const uint DirectoryGone = Inotify.IN_DELETE_SELF | Inotify.IN_MOVE_SELF | Inotify.IN_UNMOUNT | Inotify.IN_IGNORED;
    private const uint DirectoryEvents = Inotify.IN_CREATE | Inotify.IN_MOVED_TO | Inotify.IN_MOVED_FROM | Inotify.IN_DELETE
        | Inotify.IN_ATTRIB | Inotify.IN_DELETE_SELF | Inotify.IN_MOVE_SELF | Inotify.IN_ONLYDIR;

    private const uint Arrivals = Inotify.IN_CREATE | Inotify.IN_MOVED_TO | Inotify.IN_ATTRIB;

    private readonly Dictionary<int, List<WatchedPath>> _files = [];
    private readonly Dictionary<int, Dictionary<string, List<WatchedPath>>> _directories = [];
    private readonly byte[] _events = new byte[64 * 1024];

    /// <summary>Watches an open file.</summary>
    /// <exception cref="NativeException">No watch is left.</exception>
    internal int AddFile(SafeFileHandle file, string path, WatchedPath follower)
    {
        int watch;
        try
        {
            watch = inotify.AddWatch($"/proc/self/fd/{file.DangerousGetHandle()}", FileEvents);
        }
        catch (NativeException failure) when (failure.Errno == Errno.ENOENT)
        {
            watch = inotify.AddWatch(path, FileEvents); // no /proc here
        }

        if (!_files.TryGetValue(watch, out List<WatchedPath>? followers)) _files.Add(watch, followers = []);
        followers.Add(follower);
        return watch;
    }

    internal void RemoveFile(int watch, WatchedPath follower)
    {
        if (!_files.TryGetValue(watch, out List<WatchedPath>? followers)) return;
        followers.Remove(follower);
        if (followers.Count > 0) return;
        _files.Remove(watch);
        inotify.RemoveWatch(watch);
    }

    /// <summary>Stands for every name of a directory that comes to be there, or to be readable.</summary>
    internal const string AnyName = "";

    /// <summary>Watches for a name in a directory.</summary>
    /// <exception cref="NativeException">No watch is left, or there is no such directory.</exception>
    internal int AddDirectory(string directory, string name, WatchedPath follower)
    {
        int watch = inotify.AddWatch(directory, DirectoryEvents);
        if (!_directories.TryGetValue(watch, out Dictionary<string, List<WatchedPath>>? names)) _directories.Add(watch, names = new(StringComparer.Ordinal));
        if (!names.TryGetValue(name, out List<WatchedPath>? followers)) names.Add(name, followers = []);
        followers.Add(follower);
        return watch;
    }

    internal void RemoveDirectory(int watch, string name, WatchedPath follower)
    {
        if (!_directories.TryGetValue(watch, out Dictionary<string, List<WatchedPath>>? names) || !names.TryGetValue(name, out List<WatchedPath>? followers)) return;
        followers.Remove(follower);
        if (followers.Count == 0) names.Remove(name);
        if (names.Count > 0) return;
        _directories.Remove(watch);
        inotify.RemoveWatch(watch);
    }

    /// <summary>Takes the waiting events and names the files that may have changed.</summary>
    /// <returns>False where the kernel had to drop events.</returns>
    internal bool Dispatch(Action<WatchedPath> changed)
    {
        bool complete = true;
        ReadOnlySpan<byte> events = _events.AsSpan(0, inotify.Read(_events));
        while (Inotify.TryNext(ref events, out int watch, out uint mask, out ReadOnlySpan<byte> name))
        {
            if ((mask & Inotify.IN_Q_OVERFLOW) != 0) complete = false;
            else if (_files.TryGetValue(watch, out List<WatchedPath>? followers)) OfFile(watch, mask, followers, changed);
            else if (_directories.TryGetValue(watch, out Dictionary<string, List<WatchedPath>>? names)) OfDirectory(watch, mask, name, names, changed);
        }

        return complete;
    }

    private void OfFile(int watch, uint mask, List<WatchedPath> followers, Action<WatchedPath> changed)
    {
        bool gone = (mask & Inotify.IN_IGNORED) != 0;
        if (gone) _files.Remove(watch);
        foreach (WatchedPath follower in followers)
        {
            if (gone) follower.WatchGone(watch);
            changed(follower);
        }
    }

    private void OfDirectory(int watch, uint mask, ReadOnlySpan<byte> name, Dictionary<string, List<WatchedPath>> names, Action<WatchedPath> changed)
    {
        if (!name.IsEmpty)
        {
            if (names.TryGetValue(Encoding.UTF8.GetString(name), out List<WatchedPath>? followers)) followers.ForEach(changed);
            if ((mask & Arrivals) != 0 && names.TryGetValue(AnyName, out List<WatchedPath>? searchers)) searchers.ForEach(changed);
            return;
        }

        // Of the directory itself: its permissions, or that the path no longer means it.
        bool gone = (mask & DirectoryGone) != 0;
        if (gone)
        {
            _directories.Remove(watch);
            inotify.RemoveWatch(watch);
        }

        foreach (WatchedPath follower in names.Values.SelectMany(list => list))
        {
            if (gone) follower.WatchGone(watch);
            changed(follower);
        }
    }
}
