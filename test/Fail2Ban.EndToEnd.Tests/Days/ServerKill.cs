using System.Globalization;
using Fail2Ban.EndToEnd.Tests.Sandboxes;

namespace Fail2Ban.EndToEnd.Tests.Days;

/// <summary>The end of a server that nobody announced.</summary>
internal static class ServerKill
{
    /// <summary>Ends the server without giving it a chance to do anything, and clears away its socket and pid file.</summary>
    public static void KillServer(this Sandbox host)
    {
        int pid = host.ServerPid;
        host.Run("kill", "-9", pid.ToString(CultureInfo.InvariantCulture)).MustSucceed();
        host.WaitFor(() => HasEnded(pid), "the end of the killed server");
        File.Delete(host.PidFile);
        File.Delete(host.Socket);
    }

    /// <summary>Whether a process is no more, or a zombie.</summary>
    public static bool HasEnded(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return true; // no such process any more
        }
    }
}
