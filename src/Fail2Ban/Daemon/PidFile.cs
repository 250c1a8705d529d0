namespace Fail2Ban.Daemon;

/// <summary>The file with the server's process id; removed when the server ends.</summary>
internal sealed class PidFile : IDisposable
{
    private readonly string _path;
    private int _isRemoved;

    private PidFile(string path) => _path = path;

    /// <summary>Writes the process id and a newline, mode 0600.</summary>
    /// <returns>Null with the reason where the file cannot be written.</returns>
    public static PidFile? TryWrite(string path, out string reason)
    {
        try
        {
            if (Path.GetDirectoryName(path) is { Length: > 0 } folder) Directory.CreateDirectory(folder);
            var options = new FileStreamOptions
            {
                Mode = FileMode.Create,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            };
            using var writer = new StreamWriter(path, options);
            writer.Write($"{Environment.ProcessId}\n");
            reason = "";
            return new PidFile(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            reason = error.Message;
            return null;
        }
    }

    /// <summary>Removes it, the first time: later the file of that name may be the next server's.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isRemoved, 1) != 0) return;
        try
        {
            File.Delete(_path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The process ends; a stale file names a process that no longer exists.
        }
    }
}
