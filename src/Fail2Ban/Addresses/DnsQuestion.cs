using System.Net;
using System.Net.Sockets;

namespace Fail2Ban.Addresses;

/// <summary>The blocking look-ups; for threads that may wait.</summary>
internal static class DnsQuestion
{
    /// <summary>All addresses of a name, without doubles; where there is none, the error has the reason as Python words it.</summary>
    public static IReadOnlyList<IpRange> Addresses(string host, bool ipv6, out string? error)
    {
        error = null;
        try
        {
            var found = new List<IpRange>();
            foreach (IPAddress address in Dns.GetHostAddresses(host, ipv6 ? AddressFamily.Unspecified : AddressFamily.InterNetwork))
            {
                IpRange range = IpRange.Create(address);
                if (!found.Contains(range)) found.Add(range);
            }

            if (found.Count == 0) error = "[Errno -5] No address associated with hostname";
            return found;
        }
        catch (SocketException exception)
        {
            error = Reason(exception);
        }
        catch (ArgumentException)
        {
            error = "[Errno -2] Name or service not known"; // longer than a name can be, or not encodable as one
        }

        return [];
    }

    /// <summary>The name of an address, or null.</summary>
    public static string? HostOf(IpRange address)
    {
        try
        {
            string host = Dns.GetHostEntry(new IPAddress(address.GetAddressBytes())).HostName;
            return host == address.ToString() ? null : host; // without a name the address comes back
        }
        catch (SocketException)
        {
            return null; // no name is an answer here, as in the original
        }
    }

    private static string Reason(SocketException error) => error.SocketErrorCode switch
    {
        SocketError.HostNotFound => "[Errno -2] Name or service not known",
        SocketError.TryAgain => "[Errno -3] Temporary failure in name resolution",
        SocketError.NoData => "[Errno -5] No address associated with hostname",
        _ => error.Message,
    };
}
