using System.Security.Cryptography;
using Fail2Ban.Values;

namespace Fail2Ban.Jails;

/// <summary>A look at a log file before it is followed.</summary>
internal static class LogFileProbe
{
    // A first line longer than this is not looked at: the file then has no hash, as while its first line is incomplete.
    private const int LongestFirstLine = 64 * 1024;

    /// <summary>Why a file cannot be read now, in the original's words, or null.</summary>
    public static string? Problem(string path)
    {
        try
        {
            if (Directory.Exists(path)) return $"[Errno 21] Is a directory: {PythonText.Repr(path)}";
            using FileStream file = File.Open(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return null;
        }
        catch (UnauthorizedAccessException)
        {
            return $"[Errno 13] Permission denied: {PythonText.Repr(path)}";
        }
        catch (IOException error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return $"[Errno 2] No such file or directory: {PythonText.Repr(path)}";
        }
        catch (IOException error)
        {
            return $"{error.Message}: {PythonText.Repr(path)}";
        }
    }

    /// <summary>SHA-1 in hex of the first line with its line end; empty where there is no complete one.</summary>
    public static string FirstLineHash(string path)
    {
        try
        {
            using FileStream file = File.Open(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            byte[] start = new byte[LongestFirstLine];
            int length = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
            int end = start.AsSpan(0, length).IndexOf((byte)'\n');
            if (end < 0) return "";
#pragma warning disable CA5350 // The database has SHA-1 of first lines; it identifies a file, it protects nothing.
            return Convert.ToHexStringLower(SHA1.HashData(start.AsSpan(0, end + 1)));
#pragma warning restore CA5350
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
