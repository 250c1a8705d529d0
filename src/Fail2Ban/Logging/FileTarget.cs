using Fail2Ban.Native.Libc;

namespace Fail2Ban.Logging;

/// <summary>A log file: appended to, made with mode 0600.</summary>
internal sealed class FileTarget : StreamTarget
{
    private readonly string _path;

    /// <exception cref="IOException">It can't be opened.</exception>
    internal FileTarget(string path, LogFormat format) : base(Open(path), format) => _path = path;

    internal override bool Reopen()
    {
        try
        {
            Replace(Open(_path));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The old file still takes lines, wherever it was moved.
            StandardError.Say($"fail2ban: can't open the log file again: {error.Message}");
        }

        return true;
    }

    public override void Dispose()
    {
        base.Dispose();
        Close();
    }

    // Unbuffered: the lines of one flush are one write(2), so that they are not mixed with those of another writer.
    private static FileStream Open(string path) => new(AppendFile.Open(path), FileAccess.Write, bufferSize: 0);
}
