using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Fail2Ban.Native.Libc;

/// <summary>One inotify instance; see inotify(7). Constants keep their C names and values.</summary>
/// <remarks>Thread safety: none.</remarks>
public sealed partial class Inotify : IDisposable
{
#pragma warning disable CS1591 // C's own names
    public const uint IN_MODIFY = 0x2;
    public const uint IN_ATTRIB = 0x4;
    public const uint IN_MOVED_FROM = 0x40;
    public const uint IN_MOVED_TO = 0x80;
    public const uint IN_CREATE = 0x100;
    public const uint IN_DELETE = 0x200;
    public const uint IN_DELETE_SELF = 0x400;
    public const uint IN_MOVE_SELF = 0x800;
    public const uint IN_UNMOUNT = 0x2000;
    public const uint IN_Q_OVERFLOW = 0x4000;
    public const uint IN_IGNORED = 0x8000;
    public const uint IN_ONLYDIR = 0x01000000;
#pragma warning restore CS1591

    private const int IN_NONBLOCK = 0x800;
    private const int IN_CLOEXEC = 0x80000;
    private const int HeaderSize = 16;

    private readonly SafeFileHandle _handle;

    /// <summary>Makes an instance.</summary>
    /// <exception cref="NativeException">EMFILE: fs.inotify.max_user_instances or the number of open files is used up.</exception>
    public Inotify()
    {
        _handle = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
        if (!_handle.IsInvalid) return;
        int errno = Marshal.GetLastPInvokeError(); // before the limit is read: that would overwrite it
        throw new NativeException("inotify_init1", null, errno, $"raise {Limit("instances")} or the limit of open files");
    }

    /// <summary>For <see cref="Poll"/>.</summary>
    public SafeFileHandle Handle => _handle;

    /// <summary>Adds or replaces the watch of a path; see inotify_add_watch(2).</summary>
    /// <returns>The watch; paths of one inode share it.</returns>
    /// <exception cref="NativeException">ENOSPC: fs.inotify.max_user_watches is used up; ENOENT; EACCES.</exception>
    public int AddWatch(string path, uint mask)
    {
        int watch = inotify_add_watch(_handle, path, mask);
        if (watch >= 0) return watch;
        int errno = Marshal.GetLastPInvokeError();
        throw new NativeException("inotify_add_watch", path, errno,
            errno == Errno.ENOSPC ? $"raise {Limit("watches")}" : null);
    }

    /// <summary>Removes a watch; one that the kernel removed already is no error.</summary>
    public void RemoveWatch(int watch) => _ = inotify_rm_watch(_handle, watch);

    /// <summary>Takes the waiting events.</summary>
    /// <param name="buffer">At least 4 KiB.</param>
    /// <returns>Bytes for <see cref="TryNext"/>; 0 where nothing waits.</returns>
    public unsafe int Read(Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            nint count = read(_handle, start, (nuint)buffer.Length);
            if (count >= 0) return (int)count;
            int errno = Marshal.GetLastPInvokeError();
            return errno is Errno.EAGAIN or Errno.EINTR ? 0 : throw new NativeException("read", "inotify", errno);
        }
    }

    /// <summary>Splits the first event off.</summary>
    /// <param name="events">What <see cref="Read"/> gave; shortened by the event.</param>
    /// <param name="watch">Which watch; -1 for IN_Q_OVERFLOW.</param>
    /// <param name="mask">What happened.</param>
    /// <param name="name">The entry of a watched directory; empty otherwise. Bytes as the file system has them.</param>
    public static bool TryNext(ref ReadOnlySpan<byte> events, out int watch, out uint mask, out ReadOnlySpan<byte> name)
    {
        watch = 0;
        mask = 0;
        name = default;
        if (events.Length < HeaderSize) return false;
        watch = MemoryMarshal.Read<int>(events);
        mask = MemoryMarshal.Read<uint>(events[4..]);
        int length = MemoryMarshal.Read<int>(events[12..]);
        name = events.Slice(HeaderSize, length).TrimEnd((byte)0);
        events = events[(HeaderSize + length)..];
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    // In a user namespace its own limit counts beside that of the system.
    private static string Limit(string what)
    {
        string? system = Setting($"/proc/sys/fs/inotify/max_user_{what}"), own = Setting($"/proc/sys/user/max_inotify_{what}");
        bool isOwn = long.TryParse(own, out long ours) && (!long.TryParse(system, out long all) || ours < all);
        return isOwn ? $"user.max_inotify_{what} (now {own})" : $"fs.inotify.max_user_{what} (now {system ?? "unknown"})";
    }

    private static string? Setting(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null; // no /proc: the message is still of use without the value
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial SafeFileHandle inotify_init1(int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int inotify_add_watch(SafeFileHandle inotify, string path, uint mask);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int inotify_rm_watch(SafeFileHandle inotify, int watch);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint read(SafeFileHandle file, byte* buffer, nuint count);
}
