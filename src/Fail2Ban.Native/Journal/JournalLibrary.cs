using System.Runtime.InteropServices;

namespace Fail2Ban.Native.Journal;

/// <summary>Whether this host has the library that reads the journal; the program starts without it.</summary>
public static class JournalLibrary
{
    private static readonly Lazy<nint> s_library = new(() => NativeLibrary.TryLoad(JournalCalls.Library, out nint library) ? library : 0);

    /// <summary>Looked for once.</summary>
    public static bool IsAvailable => s_library.Value != 0;

    /// <summary>What to say where it is not.</summary>
    public static string Missing =>
        $"the systemd journal cannot be read: {JournalCalls.Library} is not installed (package libsystemd0, or systemd-libs on Fedora and Arch)";

    /// <summary>Whether a function of a newer version of the library is there.</summary>
    internal static bool Has(string function) => IsAvailable && NativeLibrary.TryGetExport(s_library.Value, function, out _);
}
