using System.Text;
using Fail2Ban.Native.Libc;

namespace Fail2Ban.Logging;

/// <summary>The last resort when a log target fails.</summary>
internal static class StandardError
{
    internal static void Say(string message)
    {
        try
        {
            StandardStream.Error.Write(Encoding.UTF8.GetBytes(message + "\n"));
        }
        catch (IOException)
        {
            // Standard error is gone too (a daemon's closed terminal): nobody can be told.
        }
    }
}
