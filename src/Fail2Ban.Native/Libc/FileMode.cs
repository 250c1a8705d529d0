using System.Runtime.InteropServices;

namespace Fail2Ban.Native.Libc;

/// <summary>Rights of files that are about to be made.</summary>
public static partial class FileMode
{
    /// <summary>Sets the process's file mode creation mask and returns the one before; see umask(2). It never fails, and it holds for all threads.</summary>
    public static uint Umask(uint mask) => umask(mask);

    [LibraryImport("libc")]
    private static partial uint umask(uint mask);
}
