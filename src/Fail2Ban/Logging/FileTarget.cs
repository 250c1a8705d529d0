using Fail2Ban.Native;
using Fail2Ban.Native.Libc;
using Microsoft.Win32.SafeHandles;

namespace Fail2Ban.Logging;

/// <summary>A log file: appended to, made with mode 0600. The lines of one flush are one write(2), so that they are not mixed with those of another writer.</summary>
internal sealed class FileTarget : StreamTarget
{
    private readonly string _path;
    private SafeFileHandle _file;

    /// <exception cref="IOException">It can't be opened.</exception>
    internal FileTarget(string path, LogFormat format) : base(null, format)
    {
        _path = path;
        _file = AppendFile.Open(path);
    }

    internal override bool Reopen()
    {
        Flush();
        try
        {
            SafeFileHandle again = AppendFile.Open(_path);
            _file.Dispose();
            _file = again;
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
        _file.Dispose();
    }

    protected override string? Put(ReadOnlySpan<byte> bytes, out int written)
    {
        int error = AppendFile.Write(_file, bytes, out written);
        return error == 0 ? null : NativeException.Describe(error);
    }
}
