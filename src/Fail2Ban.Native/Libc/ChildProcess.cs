using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Fail2Ban.Native.Libc;

// Why not System.Diagnostics.Process: its children share our session, so a hung command cannot be killed with everything
// that it started; they inherit descriptors that lack CLOEXEC; they keep SIGPIPE ignored, as the runtime has it, so
// that `yes | head` runs for ever. Why not fork(): a forked AOT process hangs on its first task.

/// <summary>Starting and reaping children without the runtime's help.</summary>
public static unsafe class ChildProcess
{
    /// <summary>Starts a program: own session, no signal blocked or ignored, no descriptor but 0, 1 and 2; see posix_spawn(3).</summary>
    /// <param name="path">The executable.</param>
    /// <param name="arguments">All of argv. Text must not hold U+0000 (it would end there).</param>
    /// <param name="environment">NAME=value entries.</param>
    /// <param name="input">Becomes descriptor 0; null: /dev/null.</param>
    /// <param name="output">Becomes descriptor 1; null: /dev/null.</param>
    /// <param name="errorOutput">Becomes descriptor 2; null: /dev/null.</param>
    /// <param name="pid">The new process, which is the leader of its session and group.</param>
    /// <returns>0, or the errno.</returns>
    public static int Spawn(string path, IReadOnlyList<string> arguments, IReadOnlyList<string> environment,
        SafeHandle? input, SafeHandle? output, SafeHandle? errorOutput, out int pid)
    {
        byte* actions = stackalloc byte[SpawnCalls.FileActionsSize];
        byte* attributes = stackalloc byte[SpawnCalls.AttributesSize];
        byte* signals = stackalloc byte[SpawnCalls.SignalSetSize];
        SpawnCalls.posix_spawn_file_actions_init(actions);
        SpawnCalls.posix_spawnattr_init(attributes);
        byte** argv = Strings(arguments);
        byte** envp = Strings(environment);
        nint program = Marshal.StringToCoTaskMemUTF8(path);
        try
        {
            Connect(actions, 0, input, SpawnCalls.O_RDONLY);
            Connect(actions, 1, output, SpawnCalls.O_WRONLY);
            Connect(actions, 2, errorOutput, SpawnCalls.O_WRONLY);
            SpawnCalls.posix_spawn_file_actions_addclosefrom_np(actions, 3);
            SpawnCalls.posix_spawnattr_setflags(attributes,
                SpawnCalls.POSIX_SPAWN_SETSID | SpawnCalls.POSIX_SPAWN_SETSIGMASK | SpawnCalls.POSIX_SPAWN_SETSIGDEF);
            SpawnCalls.sigemptyset(signals);
            SpawnCalls.posix_spawnattr_setsigmask(attributes, signals);
            SpawnCalls.sigfillset(signals);
            SpawnCalls.posix_spawnattr_setsigdefault(attributes, signals);
            return SpawnCalls.posix_spawn(out pid, (byte*)program, actions, attributes, argv, envp);
        }
        finally
        {
            Marshal.FreeCoTaskMem(program);
            NativeMemory.Free(argv);
            NativeMemory.Free(envp);
            SpawnCalls.posix_spawnattr_destroy(attributes);
            SpawnCalls.posix_spawn_file_actions_destroy(actions);
        }
    }

    /// <summary>A descriptor that becomes readable when the child ends; invalid before Linux 5.3 or where a sandbox forbids it.</summary>
    public static SafeFileHandle OpenPidFd(int pid) =>
        new((nint)SpawnCalls.syscall(SpawnCalls.SYS_pidfd_open, pid, 0), ownsHandle: true);

    /// <summary>Reaps a child that has ended, without waiting; see waitpid(2).</summary>
    /// <param name="pid">Our child.</param>
    /// <param name="exitCode">0 to 255; −n: ended by signal n; null: somebody else has reaped it.</param>
    /// <returns>False while it runs.</returns>
    public static bool TryReap(int pid, out int? exitCode)
    {
        exitCode = null;
        int reaped = SpawnCalls.waitpid(pid, out int status, SpawnCalls.WNOHANG);
        if (reaped == 0) return false;
        if (reaped == pid) exitCode = (status & 0x7f) == 0 ? (status >> 8) & 0xff : -(status & 0x7f);
        return true;
    }

    /// <summary>Signals a whole process group; see kill(2).</summary>
    /// <returns>False where no process of the group is left or it may not be signalled.</returns>
    public static bool SignalGroup(int group, int signal) => group > 1 && SpawnCalls.kill(-group, signal) == 0;

    /// <summary>
    /// Makes sure that ended children can be reaped: whoever started us with SIGCHLD ignored passed that on, and the
    /// kernel then throws exit codes away.
    /// </summary>
    public static void AcceptChildSignal()
    {
        // Only where it is ignored: another disposition may be the runtime's own handler, which signal(2) would spoil.
        string? ignored = File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith("SigIgn:", StringComparison.Ordinal));
        if (ignored is null) return;
        ulong mask = ulong.Parse(ignored.AsSpan("SigIgn:".Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        if ((mask & (1UL << (SpawnCalls.SIGCHLD - 1))) != 0) SpawnCalls.signal(SpawnCalls.SIGCHLD, 0);
    }

    private static void Connect(void* actions, int target, SafeHandle? source, int flags)
    {
        fixed (byte* nothing = "/dev/null\0"u8)
        {
            if (source is null) SpawnCalls.posix_spawn_file_actions_addopen(actions, target, nothing, flags, 0);
            else SpawnCalls.posix_spawn_file_actions_adddup2(actions, (int)source.DangerousGetHandle(), target);
        }
    }

    // One block: the pointers, a null, then all texts.
    private static byte** Strings(IReadOnlyList<string> texts)
    {
        nuint size = (nuint)(texts.Count + 1) * (nuint)sizeof(byte*);
        nuint head = size;
        foreach (string text in texts) size += (nuint)Encoding.UTF8.GetByteCount(text) + 1;
        byte** pointers = (byte**)NativeMemory.Alloc(size);
        byte* next = (byte*)pointers + head;
        for (int i = 0; i < texts.Count; i++)
        {
            pointers[i] = next;
            int length = Encoding.UTF8.GetByteCount(texts[i]);
            Encoding.UTF8.GetBytes(texts[i], new Span<byte>(next, length));
            next[length] = 0;
            next += length + 1;
        }

        pointers[texts.Count] = null;
        return pointers;
    }
}
