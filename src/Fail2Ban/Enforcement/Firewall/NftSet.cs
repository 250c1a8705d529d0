namespace Fail2Ban.Enforcement.Firewall;

/// <summary>Which set of nf_tables is meant.</summary>
/// <param name="Family">The table's family as the kernel numbers it (NFPROTO_…).</param>
/// <param name="Table">The table's name.</param>
/// <param name="Name">The set's name.</param>
internal readonly record struct NftSet(byte Family, string Table, string Name)
{
    /// <summary>The family's number by nft's word for it; false for any other word.</summary>
    public static bool TryFamily(string word, out byte family)
    {
        family = word switch { "inet" => 1, "ip" => 2, "arp" => 3, "netdev" => 5, "bridge" => 7, "ip6" => 10, _ => 0 };
        return family != 0;
    }
}
