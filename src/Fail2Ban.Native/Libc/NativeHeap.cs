using System.Runtime.InteropServices;

namespace Fail2Ban.Native.Libc;

/// <summary>The C library's heap, where SQLite and PCRE2 keep what they allocate.</summary>
public static partial class NativeHeap
{
    /// <summary>Gives free pages back to the kernel; see malloc_trim(3).</summary>
    public static void Trim()
    {
        try
        {
            _ = malloc_trim(0);
        }
        catch (EntryPointNotFoundException)
        {
            // Another C library than glibc: it gives back what it likes.
        }
    }

    [LibraryImport("libc")]
    private static partial int malloc_trim(nuint pad);
}
