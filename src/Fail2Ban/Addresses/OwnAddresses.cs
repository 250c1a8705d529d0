namespace Fail2Ban.Addresses;

/// <summary>The addresses of this host: of its interfaces, of <c>localhost</c>, of its host name and full name (<c>ignoreself</c>).</summary>
/// <remarks>Thread safety: any thread. Read again after five minutes, off the caller's path.</remarks>
public sealed class OwnAddresses
{
    /// <summary>Shared by all jails.</summary>
    public OwnAddresses(DnsResolver resolver, TimeProvider time) => throw new NotImplementedException();

    /// <summary>Whether the address is one of this host's.</summary>
    public ValueTask<bool> ContainsAsync(IpRange address, CancellationToken cancel = default) => throw new NotImplementedException();
}
