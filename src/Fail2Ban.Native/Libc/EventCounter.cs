using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Fail2Ban.Native.Libc;

/// <summary>Wakes a thread that waits in <see cref="Poll"/>; see eventfd(2).</summary>
/// <remarks>Thread safety: every member from any thread.</remarks>
public sealed partial class EventCounter : IDisposable
{
    private const int EFD_NONBLOCK = 0x800;
    private const int EFD_CLOEXEC = 0x80000;

    private readonly SafeFileHandle _handle;

    /// <summary>Makes one that is not set.</summary>
    /// <exception cref="NativeException">EMFILE: no descriptor is left.</exception>
    public EventCounter()
    {
        _handle = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
        if (_handle.IsInvalid) throw NativeException.FromErrno("eventfd");
    }

    /// <summary>For <see cref="Poll"/>.</summary>
    public SafeFileHandle Handle => _handle;

    /// <summary>Makes the handle readable until <see cref="Reset"/>.</summary>
    public unsafe void Set()
    {
        ulong one = 1;
        _ = write(_handle, &one, sizeof(ulong)); // EAGAIN: it is set already
    }

    /// <summary>Unsets it.</summary>
    public unsafe void Reset()
    {
        ulong value;
        _ = read(_handle, &value, sizeof(ulong)); // EAGAIN: it was not set
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    [LibraryImport("libc", SetLastError = true)]
    private static partial SafeFileHandle eventfd(uint initial, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint write(SafeFileHandle file, void* buffer, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint read(SafeFileHandle file, void* buffer, nuint count);
}
