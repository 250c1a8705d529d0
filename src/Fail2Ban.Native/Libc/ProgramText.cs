using System.Globalization;
using System.Runtime.InteropServices;

namespace Fail2Ban.Native.Libc;

/// <summary>The pages of this program's code, and of the libraries that it uses.</summary>
public static partial class ProgramText
{
    private const int MADV_DONTNEED = 4;

    /// <summary>
    /// Gives back the pages of code that are mapped now; what is needed again comes back from the page cache, page by
    /// page. A start touches several megabytes that the steady state never does. See madvise(2).
    /// </summary>
    /// <remarks>
    /// Only code (<c>r-xp</c>) of files: it is never written to, so that nothing is lost. Where /proc does not tell, nothing
    /// happens.
    /// </remarks>
    public static void Release()
    {
        try
        {
            foreach (string line in File.ReadLines("/proc/self/maps"))
            {
                // 7f24-7f25 r-xp 00000000 fe:00 1234 /usr/lib/libc.so.6
                string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (fields is not [var range, "r-xp", _, _, not "0", ['/', ..], ..]) continue;
                int dash = range.IndexOf('-', StringComparison.Ordinal);
                nint start = nint.Parse(range.AsSpan(0, dash), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                nint end = nint.Parse(range.AsSpan(dash + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                _ = madvise(start, end - start, MADV_DONTNEED); // advice: a refusal costs nothing but the memory
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A sandbox hides /proc: the pages stay.
        }
    }

    [LibraryImport("libc")]
    private static partial int madvise(nint address, nint length, int advice);
}
