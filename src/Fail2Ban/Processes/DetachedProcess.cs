using System.Collections;
using System.Runtime.InteropServices;
using Fail2Ban.Native.Libc;
using Microsoft.Win32.SafeHandles;

namespace Fail2Ban.Processes;

/// <summary>Starts a program that outlives its starter: a session of its own, clean signals, no inherited descriptors.</summary>
public static class DetachedProcess
{
    /// <summary>Starts a program.</summary>
    /// <param name="path">The executable's path.</param>
    /// <param name="arguments">All of argv, the name in <c>argv[0]</c> first.</param>
    /// <param name="environment"><c>NAME=value</c> entries; null: as ours.</param>
    /// <param name="keepOutput">Whether descriptors 1 and 2 stay ours; otherwise they, like 0, are /dev/null.</param>
    /// <param name="error">Why it could not be started; empty otherwise.</param>
    /// <returns>The process id, or 0 with <paramref name="error"/>.</returns>
    public static int Start(string path, IReadOnlyList<string> arguments, IReadOnlyList<string>? environment, bool keepOutput, out string error)
    {
        using var output = new SafeFileHandle(1, ownsHandle: false);
        using var errorOutput = new SafeFileHandle(2, ownsHandle: false);
        int errno = ChildProcess.Spawn(path, arguments, environment ?? OurEnvironment(), null,
            keepOutput ? output : null, keepOutput ? errorOutput : null, out int pid);
        error = errno == 0 ? "" : $"posix_spawn({path}): {Marshal.GetPInvokeErrorMessage(errno)}";
        return errno == 0 ? pid : 0;
    }

    /// <summary>Our environment as it is now: the daemon may have changed it since it was started.</summary>
    internal static List<string> OurEnvironment()
    {
        var entries = new List<string>();
        foreach (DictionaryEntry entry in Environment.GetEnvironmentVariables()) entries.Add($"{entry.Key}={entry.Value}");
        return entries;
    }
}
