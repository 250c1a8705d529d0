using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Fail2Ban.Native.Libc;

/// <summary>Files that have no name and live in memory; see memfd_create(2).</summary>
public static partial class MemoryFile
{
    private const uint MFD_CLOEXEC = 1;

    /// <summary>Makes an empty one.</summary>
    /// <param name="name">Shown in /proc/PID/fd.</param>
    /// <exception cref="IOException">No descriptor is left.</exception>
    public static SafeFileHandle Create(string name)
    {
        SafeFileHandle file = memfd_create(name, MFD_CLOEXEC);
        return file.IsInvalid ? throw new IOException($"memfd_create: {NativeException.Describe(Marshal.GetLastPInvokeError())}") : file;
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle memfd_create(string name, uint flags);
}
