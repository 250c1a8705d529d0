using System.Runtime.InteropServices;

namespace Fail2Ban.Tests.Processes;

/// <summary>dup(2): makes a descriptor without CLOEXEC.</summary>
internal static class NativeDup
{
#pragma warning disable SYSLIB1054 // LibraryImport wants unsafe code, which tests do not allow
    [DllImport("libc", EntryPoint = "dup")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static extern int Dup(int descriptor);
#pragma warning restore SYSLIB1054
}
