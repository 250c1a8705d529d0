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

    /// <summary>The hash by which the database knows a file again; empty while there is no complete line or it cannot be read.</summary>
    public static string FirstLineHash(string path)
    {
        int errno = FollowedFile.OpenRegular(Path.GetFullPath(path), out SafeFileHandle file, out _);
        using (file) return errno == 0 ? FirstLine.Hash(file, out _) : "";
    }
}
