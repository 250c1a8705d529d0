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

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int open(string path, int flags, uint mode);
}
