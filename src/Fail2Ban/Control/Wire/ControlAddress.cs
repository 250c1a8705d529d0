using System.Net.Sockets;

namespace Fail2Ban.Control.Wire;

/// <summary>A path of the configuration as an address of the kernel; see unix(7).</summary>
internal static class ControlAddress
{
    /// <summary>Whether the name stands in the abstract namespace: it begins with @ or NUL and is no file.</summary>
    internal static bool IsAbstract(string path) => path.StartsWith('@') || path.StartsWith('\0');

    /// <exception cref="ControlException">The path is empty or longer than the kernel takes.</exception>
    internal static UnixDomainSocketEndPoint Of(string path)
    {
        try
        {
            return new UnixDomainSocketEndPoint(IsAbstract(path) ? "\0" + path[1..] : path);
        }
        catch (ArgumentException error)
        {
            throw new ControlException($"socket path '{path}' can't be used: it must have 1 to 107 bytes", error);
        }
    }
}
