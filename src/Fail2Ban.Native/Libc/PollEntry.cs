using System.Runtime.InteropServices;

namespace Fail2Ban.Native.Libc;

/// <summary>struct pollfd of poll(2).</summary>
/// <param name="Descriptor">A negative one is skipped by the kernel.</param>
/// <param name="Events">POLLIN, POLLOUT or 0; hang-up and errors are always reported.</param>
/// <param name="Returned">What happened.</param>
[StructLayout(LayoutKind.Sequential)]
public record struct PollEntry(int Descriptor, short Events, short Returned)
{
    /// <summary>There is something to read.</summary>
    public const short POLLIN = 1;

    /// <summary>There is room to write.</summary>
    public const short POLLOUT = 4;
}
