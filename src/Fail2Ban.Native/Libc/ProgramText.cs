using System.Globalization;
using System.Runtime.InteropServices;

namespace Fail2Ban.Native.Libc;

/// <summary>The pages of this program's code and constants, and of the libraries that it uses.</summary>
public static partial class ProgramText
{
    private const int MADV_DONTNEED = 4;
    private const string Changed = "Anonymous:";

    /// <summary>
    /// Gives back the pages of code and constants that are mapped now; what is needed again comes back from the page cache,
    /// page by page. A start touches several megabytes that the steady state never does. See madvise(2).
    /// </summary>
    /// <remarks>
    /// Only what is mapped from files, read-only, and has no page of its own: nothing is lost. What the loader has relocated
    /// is read-only by now too, but has such pages, and stays. Where /proc does not tell, nothing happens.
    /// </remarks>
    public static void Release()
    {
        try
        {
            (nint Start, nint End) current = default;
            foreach (string line in File.ReadLines("/proc/self/smaps"))
            {
                // 7f24-7f25 r-xp 00000000 fe:00 1234 /usr/lib/libc.so.6, and its counters on lines of their own.
                if (char.IsAsciiHexDigitLower(line[0])) current = IsOfFile(line) ? Range(line) : default;
                else if (current.End != 0 && line.StartsWith(Changed, StringComparison.Ordinal) && line.AsSpan(Changed.Length).Trim() is "0 kB")
                    _ = madvise(current.Start, current.End - current.Start, MADV_DONTNEED); // advice: a refusal costs nothing but the memory
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A sandbox hides /proc: the pages stay.
        }
    }

    private static bool IsOfFile(string line) =>
        line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, "r-xp" or "r--p", _, _, not "0", ['/', ..], ..];

    private static (nint Start, nint End) Range(string line)
    {
        int dash = line.IndexOf('-', StringComparison.Ordinal);
        int end = line.IndexOf(' ', StringComparison.Ordinal);
        return (nint.Parse(line.AsSpan(0, dash), NumberStyles.HexNumber, CultureInfo.InvariantCulture),
            nint.Parse(line.AsSpan(dash + 1, end - dash - 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
    }

    [LibraryImport("libc")]
    private static partial int madvise(nint address, nint length, int advice);
}
