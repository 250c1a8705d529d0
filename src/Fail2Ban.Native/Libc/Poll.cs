using System.Runtime.InteropServices;

namespace Fail2Ban.Native.Libc;

/// <summary>Waits until something can be read; see poll(2).</summary>
public static partial class Poll
{
    private const short POLLIN = 1;
    private const short POLLPRI = 2;

    /// <summary>Waits for one handle or two.</summary>
    /// <param name="first">An open handle.</param>
    /// <param name="second">An open handle, or null.</param>
    /// <param name="timeout">How long at most; <see cref="Timeout.InfiniteTimeSpan"/> without limit.</param>
    /// <returns>Which can be read; neither after the time-out or a signal.</returns>
    public static (bool First, bool Second) WaitForInput(SafeHandle first, SafeHandle? second, TimeSpan timeout)
    {
        (bool one, bool other, _) = WaitForInput(first, second, null, timeout);
        return (one, other);
    }

    /// <summary>Waits for one handle or two, and for a change of what is mounted.</summary>
    /// <param name="first">An open handle.</param>
    /// <param name="second">An open handle, or null.</param>
    /// <param name="mounts">An open <c>/proc/self/mounts</c>, or null; see proc(5).</param>
    /// <param name="timeout">How long at most; <see cref="Timeout.InfiniteTimeSpan"/> without limit.</param>
    /// <returns>Which can be read, and whether something was mounted or unmounted; nothing after the time-out or a signal.</returns>
    public static unsafe (bool First, bool Second, bool Mounts) WaitForInput(SafeHandle first, SafeHandle? second, SafeHandle? mounts, TimeSpan timeout)
    {
        bool firstHeld = false, secondHeld = false, mountsHeld = false;
        try
        {
            first.DangerousAddRef(ref firstHeld);
            second?.DangerousAddRef(ref secondHeld);
            mounts?.DangerousAddRef(ref mountsHeld);
            PollRequest* requests = stackalloc PollRequest[3];
            requests[0] = new PollRequest { File = (int)first.DangerousGetHandle(), Events = POLLIN };
            requests[1] = new PollRequest { File = (int?)second?.DangerousGetHandle() ?? -1, Events = POLLIN };
            requests[2] = new PollRequest { File = (int?)mounts?.DangerousGetHandle() ?? -1, Events = POLLPRI };
            // Rounded up: a wait of 0.4 ms must not become a busy loop.
            int milliseconds = timeout < TimeSpan.Zero ? -1 : (int)Math.Min(Math.Ceiling(timeout.TotalMilliseconds), int.MaxValue);
            int count = poll(requests, 3, milliseconds);
            if (count >= 0) return (requests[0].Returned != 0, requests[1].Returned != 0, requests[2].Returned != 0);
            int errno = Marshal.GetLastPInvokeError();
            return errno == Errno.EINTR ? default : throw new NativeException("poll", null, errno);
        }
        finally
        {
            if (firstHeld) first.DangerousRelease();
            if (secondHeld) second!.DangerousRelease();
            if (mountsHeld) mounts!.DangerousRelease();
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int poll(PollRequest* requests, ulong count, int timeout);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollRequest
    {
        internal int File;
        internal short Events;
        internal short Returned;
    }
}
