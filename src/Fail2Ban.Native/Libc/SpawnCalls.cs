using System.Runtime.InteropServices;

namespace Fail2Ban.Native.Libc;

/// <summary>Imports for starting and ending children; see posix_spawn(3), waitpid(2), pidfd_open(2), kill(2), poll(2).</summary>
internal static unsafe partial class SpawnCalls
{
    private const string Library = "libc";

    internal const short POSIX_SPAWN_SETSIGDEF = 0x04;
    internal const short POSIX_SPAWN_SETSIGMASK = 0x08;
    internal const short POSIX_SPAWN_SETSID = 0x80;
    internal const int O_RDONLY = 0;
    internal const int O_WRONLY = 1;
    internal const int O_CLOEXEC = 0x80000;
    internal const int EFD_CLOEXEC = 0x80000;
    internal const int EFD_NONBLOCK = 0x800;
    internal const int WNOHANG = 1;
    internal const int SIGCHLD = 17;
    internal const long SYS_pidfd_open = 434; // the same on every architecture

    // Larger than any libc's type: glibc 2.36 on x86-64 has 80, 336 and 128 bytes.
    internal const int FileActionsSize = 512;
    internal const int AttributesSize = 1024;
    internal const int SignalSetSize = 256;

    [LibraryImport(Library)]
    internal static partial int posix_spawn(out int pid, byte* path, void* fileActions, void* attributes, byte** arguments, byte** environment);

    [LibraryImport(Library)]
    internal static partial int posix_spawn_file_actions_init(void* actions);

    [LibraryImport(Library)]
    internal static partial int posix_spawn_file_actions_destroy(void* actions);

    [LibraryImport(Library)]
    internal static partial int posix_spawn_file_actions_adddup2(void* actions, int descriptor, int target);

    [LibraryImport(Library)]
    internal static partial int posix_spawn_file_actions_addopen(void* actions, int target, byte* path, int flags, uint mode);

    [LibraryImport(Library)]
    internal static partial int posix_spawn_file_actions_addclosefrom_np(void* actions, int from);

    [LibraryImport(Library)]
    internal static partial int posix_spawnattr_init(void* attributes);

    [LibraryImport(Library)]
    internal static partial int posix_spawnattr_destroy(void* attributes);

    [LibraryImport(Library)]
    internal static partial int posix_spawnattr_setflags(void* attributes, short flags);

    [LibraryImport(Library)]
    internal static partial int posix_spawnattr_setsigmask(void* attributes, void* set);

    [LibraryImport(Library)]
    internal static partial int posix_spawnattr_setsigdefault(void* attributes, void* set);

    [LibraryImport(Library)]
    internal static partial int sigemptyset(void* set);

    [LibraryImport(Library)]
    internal static partial int sigfillset(void* set);

    [LibraryImport(Library)]
    internal static partial nint signal(int number, nint handler);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int waitpid(int pid, out int status, int options);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int kill(int pid, int signal);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial long syscall(long number, long first, long second);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int pipe2(int* ends, int flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int eventfd(uint initial, int flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int poll(PollEntry* entries, nuint count, int timeoutMilliseconds);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint read(SafeHandle descriptor, byte* buffer, nuint length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint write(SafeHandle descriptor, byte* buffer, nuint length);
}
