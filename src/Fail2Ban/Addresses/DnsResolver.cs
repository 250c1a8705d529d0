using Fail2Ban.Logging;

namespace Fail2Ban.Addresses;

/// <summary>Names to addresses and back, on threads of its own: getaddrinfo(3) blocks for as long as it likes.</summary>
/// <remarks>
/// Thread safety: any thread. Answers, also negative ones, are kept for five minutes in a bounded cache; the queue of
/// questions is bounded, and a question that is not answered in time counts as "no address".
/// </remarks>
public sealed class DnsResolver : IDisposable
{
    /// <summary>Starts the threads.</summary>
    /// <param name="log">Takes the warning about a name without address.</param>
    /// <param name="time">For the age of answers.</param>
    /// <param name="threads">2 to 4.</param>
    public DnsResolver(Log log, TimeProvider time, int threads = 2) => throw new NotImplementedException();

    /// <summary>Whether IPv6 addresses are asked for; <c>allowipv6</c>.</summary>
    public bool IPv6Allowed { get; set; } = true;

    /// <summary>All addresses of a name, without doubles; empty where there is none (which is logged). An address text is its own answer.</summary>
    public Task<IReadOnlyList<IpRange>> ResolveAsync(string host, CancellationToken cancel = default) => throw new NotImplementedException();

    /// <summary>The name of an address (<c>&lt;ip-host&gt;</c>), or null.</summary>
    public Task<string?> FindHostAsync(IpRange address, CancellationToken cancel = default) => throw new NotImplementedException();

    /// <summary>Forgets every answer.</summary>
    public void Clear() => throw new NotImplementedException();

    /// <summary>Ends the threads; open questions are answered with "no address".</summary>
    public void Dispose() => throw new NotImplementedException();
}
