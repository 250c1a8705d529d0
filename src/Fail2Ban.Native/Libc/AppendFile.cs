using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Fail2Ban.Native.Libc;

/// <summary>Files that every write lengthens, whoever else writes or truncates them. The framework's append mode only seeks once.</summary>
public static partial class AppendFile
{
    private const int O_WRONLY = 1;
    private const int O_CREAT = 0x40;
    private const int O_NOCTTY = 0x100;
    private const int O_APPEND = 0x400;
    private const int O_CLOEXEC = 0x80000;

    /// <summary>Opens with O_APPEND, and creates with mode 0600; see open(2).</summary>
    /// <exception cref="IOException">In the system's words, with the path.</exception>
    public static SafeFileHandle Open(string path)
    {
        int descriptor = open(path, O_WRONLY | O_CREAT | O_NOCTTY | O_APPEND | O_CLOEXEC, 0b110_000_000);
        return descriptor >= 0
            ? new SafeFileHandle(descriptor, ownsHandle: true)
            : throw new IOException($"open({path}): {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
    }

    /// <summary>Appends; see write(2).</summary>
    /// <param name="file">From <see cref="Open"/>.</param>
    /// <param name="bytes">What is appended.</param>
    /// <param name="written">How much of it is in the file now; less than all only with an error, such as a disk that became full.</param>
    /// <returns>0, or errno.</returns>
    public static unsafe int Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, out int written)
    {
        written = 0;
        fixed (byte* start = bytes)
        {
            while (written < bytes.Length)
            {
                nint count = SpawnCalls.write(file, start + written, (nuint)(bytes.Length - written));
                if (count >= 0) written += (int)count;
                else if (Marshal.GetLastPInvokeError() != Errno.EINTR) return Marshal.GetLastPInvokeError();
            }
        }

        return 0;
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int open(string path, int flags, uint mode);
}
