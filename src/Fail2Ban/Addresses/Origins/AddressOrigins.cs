using Fail2Ban.Logging;
using Fail2Ban.Native.Libc;
using Fail2Ban.Tags;
using Fail2Ban.Values;

namespace Fail2Ban.Addresses.Origins;

/// <summary>Where addresses come from, as Team Cymru's DNS zones tell: number of the network, country, registry.</summary>
/// <param name="Networks">AS numbers, one text an address; <c>nxdomain</c> where nothing is known.</param>
/// <param name="Countries">Countries, likewise.</param>
/// <param name="Registries">Registries, likewise.</param>
internal sealed record AddressOrigins(IReadOnlyList<string> Networks, IReadOnlyList<string> Countries, IReadOnlyList<string> Registries)
{
    private const string Unknown = "nxdomain";

    private static readonly TimeSpan s_lifetime = TimeSpan.FromSeconds(10);

    /// <summary>Asks for each address in turn. A failure ends the asking: the lists then hold what came before it, and the log the reason.</summary>
    /// <param name="ids">Texts that are no address are in no zone and count as unknown.</param>
    /// <param name="log">Takes the error.</param>
    /// <param name="time">For the 10 s that each question may take.</param>
    public static async Task<AddressOrigins> FindAsync(IEnumerable<FailureId> ids, Log log, TimeProvider time)
    {
        var found = new List<string[]>();
        foreach (FailureId id in ids)
        {
            string name = id.Range is { } range ? Name(range) : "";
            string? error = null;
            string[]? origin = name.Length == 0 ? [Unknown, Unknown, Unknown] : null;
            try
            {
                if (origin is null) (origin, error) = await AskAsync(name).WaitAsync(s_lifetime, time).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                error = $"no answer within {s_lifetime.TotalSeconds:0} s";
            }

            if (origin is null)
            {
                log.NoOrigin(name, error!);
                break;
            }

            found.Add(origin);
        }

        return new AddressOrigins([.. found.Select(origin => origin[0])], [.. found.Select(origin => origin[1])], [.. found.Select(origin => origin[2])]);
    }

    /// <summary>What is asked: the address reversed, in the zone of its family; of a network its first address.</summary>
    internal static string Name(IpRange range)
    {
        byte[] address = range.GetAddressBytes();
        return ReversedAddress.Of(address, null) + (address.Length == 4 ? "origin.asn.cymru.com" : "origin6.asn.cymru.com");
    }

    /// <summary>Reads <c>15169 | 192.0.2.0/24 | US | arin | 2000-03-30</c>, several of which are one sorted text each.</summary>
    /// <returns>Network, country and registry; null where a text has not five parts.</returns>
    internal static string[]? Read(IReadOnlyList<string> texts)
    {
        string[][] parts = [.. texts.Select(text => text.Split('|'))];
        if (parts.Length == 0 || Array.Exists(parts, each => each.Length != 5)) return null;
        return [Column(0), Column(2), Column(3)];

        string Column(int index) =>
            string.Join(", ", parts.Select(each => each[index].Trim('\'', '"', ' ')).Select(text => text.Length == 0 ? "unknown" : text).Distinct().Order(StringComparer.Ordinal));
    }

    // The question blocks, and nothing that blocks is for the pool.
    private static Task<(string[]? Origin, string? Error)> AskAsync(string name) => Task.Factory.StartNew(() =>
    {
        switch (DnsQuery.Texts(name, out byte[] message))
        {
            case DnsQuery.Outcome.NoName: return ([Unknown, Unknown, Unknown], null);
            case DnsQuery.Outcome.NoData: return (null, "the name has no TXT record");
            case DnsQuery.Outcome.TryAgain: return (null, "no name server answered; look at /etc/resolv.conf");
            case DnsQuery.Outcome.Refused: return (null, "the name server refused");
            default:
                if (!TextRecords.TryRead(message, out List<string> texts)) return (null, "the answer breaks off");
                string[]? origin = Read(texts);
                return (origin, origin is null ? $"the answer is no origin: {PythonText.Repr(texts.ConvertAll(text => (object?)text))}" : null);
        }
    }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
