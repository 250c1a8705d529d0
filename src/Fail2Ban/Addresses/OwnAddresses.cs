using System.Net;
using System.Net.NetworkInformation;

namespace Fail2Ban.Addresses;

/// <summary>The addresses of this host: of its interfaces, of <c>localhost</c>, of its host name and full name (<c>ignoreself</c>).</summary>
/// <remarks>Thread safety: any thread. Read again after five minutes, off the caller's path.</remarks>
public sealed class OwnAddresses
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(5);

    private readonly DnsResolver _resolver;
    private readonly TimeProvider _time;
    private readonly object _gate = new();
    private Task<HashSet<IpRange>>? _known; // guarded by _gate
    private long _since; // guarded by _gate

    /// <summary>Shared by all jails.</summary>
    public OwnAddresses(DnsResolver resolver, TimeProvider time)
    {
        _resolver = resolver;
        _time = time;
    }

    /// <summary>Whether the address is one of this host's.</summary>
    public ValueTask<bool> ContainsAsync(IpRange address, CancellationToken cancel = default)
    {
        Task<HashSet<IpRange>> known;
        lock (_gate)
        {
            if (_known is null || (_known.IsCompleted && _time.GetElapsedTime(_since) > MaxAge))
            {
                _since = _time.GetTimestamp();
                _known = Task.Run(ReadAsync, CancellationToken.None);
            }

            known = _known;
        }

        return known.IsCompletedSuccessfully ? new(known.Result.Contains(address)) : new(LaterAsync(known, address, cancel));
    }

    private static async Task<bool> LaterAsync(Task<HashSet<IpRange>> known, IpRange address, CancellationToken cancel) =>
        (await known.WaitAsync(cancel).ConfigureAwait(false)).Contains(address);

    private async Task<HashSet<IpRange>> ReadAsync()
    {
        var addresses = new HashSet<IpRange>();
        try
        {
            foreach (NetworkInterface card in NetworkInterface.GetAllNetworkInterfaces())
                foreach (UnicastIPAddressInformation entry in card.GetIPProperties().UnicastAddresses) addresses.Add(WithoutZone(entry.Address));
        }
        catch (NetworkInformationException)
        {
            // A sandbox may hide the interfaces; the names below still tell the most important addresses.
        }

        string name = Dns.GetHostName();
        foreach (string host in new[] { "localhost", name, await FullNameAsync(name).ConfigureAwait(false) }.Distinct())
            addresses.UnionWith(await _resolver.ResolveAsync(host).ConfigureAwait(false));
        return addresses;
    }

    private async Task<string> FullNameAsync(string name)
    {
        foreach (IpRange address in await _resolver.ResolveAsync(name).ConfigureAwait(false))
        {
            if (await _resolver.FindHostAsync(address).ConfigureAwait(false) is { } full && full.Contains('.', StringComparison.Ordinal)) return full;
        }

        return name;
    }

    private static IpRange WithoutZone(IPAddress address) => IpRange.Create(new IPAddress(address.GetAddressBytes()));
}
