using System.Globalization;

namespace Fail2Ban.Daemon;

/// <summary>What the kernel allows this process; see capabilities(7).</summary>
internal static class Capabilities
{
    private const int CAP_NET_ADMIN = 12;

    /// <summary>Whether the process has CAP_NET_ADMIN; true where the kernel does not tell.</summary>
    public static bool MayChangeTheFirewall()
    {
        try
        {
            string? effective = File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith("CapEff:", StringComparison.Ordinal));
            return effective is null
                || !ulong.TryParse(effective.AsSpan("CapEff:".Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong bits)
                || (bits >> CAP_NET_ADMIN & 1) == 1;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }
}
