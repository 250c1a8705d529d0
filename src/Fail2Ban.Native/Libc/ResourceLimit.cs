using System.Runtime.InteropServices;

namespace Fail2Ban.Native.Libc;

/// <summary>Limits of this process; see getrlimit(2).</summary>
public static partial class ResourceLimit
{
    private const int RLIMIT_NOFILE = 7;
    private const long Usual = 1024;

    /// <summary>How many descriptors may be open at once (the soft limit).</summary>
    public static long OpenFiles => getrlimit(RLIMIT_NOFILE, out Limits limits) == 0 ? (long)Math.Min(limits.Soft, long.MaxValue) : Usual;

    [LibraryImport("libc", SetLastError = true)]
    private static partial int getrlimit(int resource, out Limits limits);

    // rlim_t has 64 bits on every platform that is built for.
    [StructLayout(LayoutKind.Sequential)]
    private struct Limits
    {
        internal ulong Soft;
        internal ulong Hard;
    }
}
