using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Fail2Ban.Native.Libc;

/// <summary>What the file system knows of a file; see statx(2), whose layout is the same on every architecture.</summary>
/// <param name="Device">Major and minor number of the file system.</param>
/// <param name="Inode">The file's number within it.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Modified">Nanoseconds since 1970.</param>
/// <param name="Links">Directory entries that name the file; 0 when it is deleted but open.</param>
/// <param name="Mode">st_mode: type and permissions.</param>
public readonly partial record struct FileStatus(ulong Device, ulong Inode, long Size, long Modified, uint Links, uint Mode)
{
    private const int AT_FDCWD = -100;
    private const int AT_EMPTY_PATH = 0x1000;
    private const uint STATX_BASIC_STATS = 0x7ff;
    private const uint S_IFMT = 0xf000;
    private const uint S_IFIFO = 0x1000;
    private const uint S_IFREG = 0x8000;
    private const uint S_IFDIR = 0x4000;

    /// <summary>Whether it is a regular file.</summary>
    public bool IsRegular => (Mode & S_IFMT) == S_IFREG;

    /// <summary>Whether it is a directory.</summary>
    public bool IsDirectory => (Mode & S_IFMT) == S_IFDIR;

    /// <summary>Whether it is a named pipe, which cannot be opened before somebody writes to it.</summary>
    public bool IsPipe => (Mode & S_IFMT) == S_IFIFO;

    /// <summary>Whether both are one file.</summary>
    public bool IsSameFile(FileStatus other) => Inode == other.Inode && Device == other.Device;

    /// <summary>Follows symbolic links.</summary>
    /// <returns>0, or errno.</returns>
    public static int Of(string path, out FileStatus status)
    {
        int result = statx(AT_FDCWD, path, 0, STATX_BASIC_STATS, out Statx raw);
        status = result == 0 ? From(raw) : default;
        return result == 0 ? 0 : Marshal.GetLastPInvokeError();
    }

    /// <summary>The status of an open file.</summary>
    /// <returns>0, or errno.</returns>
    public static int Of(SafeFileHandle file, out FileStatus status)
    {
        int result = statx(file, "", AT_EMPTY_PATH, STATX_BASIC_STATS, out Statx raw);
        status = result == 0 ? From(raw) : default;
        return result == 0 ? 0 : Marshal.GetLastPInvokeError();
    }

    private static FileStatus From(in Statx raw) => new(
        ((ulong)raw.DeviceMajor << 32) | raw.DeviceMinor, raw.Inode, (long)raw.Size,
        raw.ModifiedSeconds * 1_000_000_000 + raw.ModifiedNanoseconds, raw.Links, raw.Mode);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int directory, string path, int flags, uint mask, out Statx buffer);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(SafeFileHandle directory, string path, int flags, uint mask, out Statx buffer);

    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Statx
    {
        [FieldOffset(0x10)] internal uint Links;
        [FieldOffset(0x1c)] internal ushort Mode;
        [FieldOffset(0x20)] internal ulong Inode;
        [FieldOffset(0x28)] internal ulong Size;
        [FieldOffset(0x70)] internal long ModifiedSeconds;
        [FieldOffset(0x78)] internal uint ModifiedNanoseconds;
        [FieldOffset(0x88)] internal uint DeviceMajor;
        [FieldOffset(0x8c)] internal uint DeviceMinor;
    }
}
