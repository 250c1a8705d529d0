using Fail2Ban.Addresses;

namespace Fail2Ban.Enforcement.Firewall;

/// <summary>The banned networks of one set, of which the kernel gets those that lie in no other one: it takes no overlaps.</summary>
/// <remarks>All of one family. Not thread-safe.</remarks>
internal sealed class NetworkCover
{
    private readonly Dictionary<IpRange, DateTimeOffset> _ends = [];
    private readonly SortedSet<IpRange> _sorted = new(IpRange.ByStart);
    private readonly int[] _lengths = new int[129]; // how many networks of each prefix length there are

    /// <summary>A network is banned until then, or longer than known so far.</summary>
    /// <returns>What the kernel's set needs, in order; nothing where a larger network covers it.</returns>
    public IReadOnlyList<NetworkStep> Add(IpRange network, DateTimeOffset end)
    {
        bool isKnown = !_ends.TryAdd(network, end);
        _ends[network] = end;
        if (!isKnown)
        {
            _sorted.Add(network);
            _lengths[network.PrefixLength]++;
        }

        if (IsCovered(network)) return [];
        NetworkStep add = new(network, true, end);
        return isKnown ? [new(network, false, default), add] : [.. Inside(network).Select(inner => new NetworkStep(inner, false, default)), add];
    }

    /// <summary>A network is not banned any more; those that it covered come back.</summary>
    /// <returns>What the kernel's set needs, in order.</returns>
    public IReadOnlyList<NetworkStep> Remove(IpRange network)
    {
        if (_ends.Remove(network))
        {
            _sorted.Remove(network);
            _lengths[network.PrefixLength]--;
        }

        return IsCovered(network) ? [] : [new(network, false, default), .. Inside(network).Select(inner => new NetworkStep(inner, true, _ends[inner]))];
    }

    /// <summary>Those that lie in no other one.</summary>
    public IEnumerable<(IpRange Network, DateTimeOffset End)> Outermost()
    {
        IpRange? last = null;
        foreach (IpRange network in _sorted)
        {
            if (last is { } outer && outer.Contains(network)) continue;
            last = network;
            yield return (network, _ends[network]);
        }
    }

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        _ends.Clear();
        _sorted.Clear();
        Array.Clear(_lengths);
    }

    private bool IsCovered(IpRange network)
    {
        for (int length = 0; length < network.PrefixLength; length++)
            if (_lengths[length] > 0 && _ends.ContainsKey(network.Within(length))) return true;
        return false;
    }

    // The outermost networks strictly inside this one.
    private List<IpRange> Inside(IpRange network)
    {
        var inside = new List<IpRange>();
        foreach (IpRange inner in _sorted.GetViewBetween(network, network.Last))
            if (inner != network && (inside.Count == 0 || !inside[^1].Contains(inner))) inside.Add(inner);
        return inside;
    }
}

/// <summary>One step for the kernel's set of networks.</summary>
/// <param name="Network">Which.</param>
/// <param name="IsAdd">Added, or deleted.</param>
/// <param name="End">For an added one: when its ban ends.</param>
internal readonly record struct NetworkStep(IpRange Network, bool IsAdd, DateTimeOffset End);
