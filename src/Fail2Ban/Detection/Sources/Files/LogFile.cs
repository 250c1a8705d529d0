using Fail2Ban.Native.Libc;
using Microsoft.Win32.SafeHandles;

namespace Fail2Ban.Detection.Sources.Files;

/// <summary>A look at a log file before it is followed.</summary>
public static class LogFile
{
    /// <summary>Why a file cannot be read now, as <c>[Errno 2] No such file or directory: 'P'</c>, or null.</summary>
    public static string? Problem(string path)
    {
        int errno = FollowedFile.OpenRegular(Path.GetFullPath(path), out SafeFileHandle file, out _);
        file?.Dispose();
        return errno == 0 ? null : FollowedFile.Describe(errno, path);
    }

    /// <summary>The position before the first line, with what the database knows the file by; without hash and inode where it cannot be read.</summary>
    public static LogPosition Beginning(string path)
    {
        int errno = FollowedFile.OpenRegular(Path.GetFullPath(path), out SafeFileHandle file, out FileStatus status);
        using (file) return errno == 0 ? new LogPosition(0, FirstLine.Hash(file, out _), status.Device, status.Inode) : new LogPosition(0, "");
    }
}
