using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Fail2Ban.Native.Libc;

/// <summary>Waits for several descriptors on one thread, and can be woken by another.</summary>
/// <remarks>Thread safety: <see cref="Wake"/> from any thread, the rest from one.</remarks>
public sealed unsafe class Poller : IDisposable
{
    private readonly SafeFileHandle _wakeUp;

    /// <summary>Makes the descriptor that wakes; see eventfd(2).</summary>
    /// <exception cref="Win32Exception">No descriptor is left.</exception>
    public Poller()
    {
        int descriptor = SpawnCalls.eventfd(0, SpawnCalls.EFD_CLOEXEC | SpawnCalls.EFD_NONBLOCK);
        if (descriptor < 0) throw new Win32Exception(Marshal.GetLastPInvokeError());
        _wakeUp = new SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <summary>Ends the present or the next <see cref="Wait"/>.</summary>
    public void Wake()
    {
        ulong one = 1;
        try
        {
            SpawnCalls.write(_wakeUp, (byte*)&one, sizeof(ulong));
        }
        catch (ObjectDisposedException)
        {
            // A timer fired while the thread ended: nobody waits any more.
        }
    }

    /// <summary>Waits until an entry has something, or was woken, or the time is over; see poll(2).</summary>
    /// <param name="entries">The first one is overwritten with the waking descriptor.</param>
    /// <param name="timeoutMilliseconds">−1: for ever.</param>
    public void Wait(Span<PollEntry> entries, int timeoutMilliseconds)
    {
        entries[0] = new PollEntry((int)_wakeUp.DangerousGetHandle(), PollEntry.POLLIN, 0);
        int ready;
        fixed (PollEntry* first = entries) ready = SpawnCalls.poll(first, (nuint)entries.Length, timeoutMilliseconds);
        if (ready <= 0)
        {
            // EINTR: the kernel has not written results; the caller sees none and asks again.
            foreach (ref PollEntry entry in entries) entry.Returned = 0;
            return;
        }

        if (entries[0].Returned == 0) return;
        ulong count;
        SpawnCalls.read(_wakeUp, (byte*)&count, sizeof(ulong));
    }

    /// <summary>Whether a read would return at once.</summary>
    public static bool IsReadable(SafeHandle descriptor)
    {
        var entry = new PollEntry((int)descriptor.DangerousGetHandle(), PollEntry.POLLIN, 0);
        return SpawnCalls.poll(&entry, 1, 0) > 0;
    }

    /// <inheritdoc/>
    public void Dispose() => _wakeUp.Dispose();
}
