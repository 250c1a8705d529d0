using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Fail2Ban.Native.Libc;

/// <summary>Opens and reads files by offset; see open(2) and pread(2).</summary>
/// <remarks>Not the framework's own: that one locks the file and turns every refusal into an exception.</remarks>
public static partial class LogFileHandle
{
    private const int O_RDONLY = 0;
    private const int O_NONBLOCK = 0x800; // a pipe in the place of a log must not hold the reader up
    private const int O_CLOEXEC = 0x80000;

    /// <summary>Opens for reading.</summary>
    /// <returns>0, or errno; <paramref name="file"/> is then invalid.</returns>
    public static int Open(string path, out SafeFileHandle file)
    {
        file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
        return file.IsInvalid ? Marshal.GetLastPInvokeError() : 0;
    }

    /// <summary>Reads as much as is there, up to the buffer's length.</summary>
    /// <param name="file">An open file.</param>
    /// <param name="buffer">Where the bytes go.</param>
    /// <param name="offset">From where, in bytes.</param>
    /// <param name="count">Bytes read; less than asked for only at the end of the file.</param>
    /// <returns>0, or errno.</returns>
    public static unsafe int Read(SafeFileHandle file, Span<byte> buffer, long offset, out int count)
    {
        count = 0;
        fixed (byte* start = buffer)
        {
            while (count < buffer.Length)
            {
                nint read = pread(file, start + count, (nuint)(buffer.Length - count), offset + count);
                if (read == 0) return 0;
                if (read > 0) count += (int)read;
                else if (Marshal.GetLastPInvokeError() != Errno.EINTR) return Marshal.GetLastPInvokeError();
            }
        }

        return 0;
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle open(string path, int flags);

    // off_t has 64 bits on every platform that is built for.
    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint pread(SafeFileHandle file, byte* buffer, nuint count, long offset);
}
