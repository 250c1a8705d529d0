using Fail2Ban.Addresses;

namespace Fail2Ban.Enforcement.Firewall;

/// <summary>What the kernel says about a set.</summary>
/// <param name="KeyType">nft's number of the key's type: 7 ipv4_addr, 8 ipv6_addr.</param>
/// <param name="KeyLength">Bytes of a key.</param>
/// <param name="Flags">NFT_SET_… bits.</param>
internal readonly record struct NftSetFacts(uint KeyType, uint KeyLength, uint Flags)
{
    private const uint NFT_SET_ANONYMOUS = 0x1;
    private const uint NFT_SET_CONSTANT = 0x2;
    private const uint NFT_SET_INTERVAL = 0x4;
    private const uint NFT_SET_MAP = 0x8;
    private const uint NFT_SET_TIMEOUT = 0x10;
    private const uint NFT_SET_OBJECT = 0x40;
    private const uint NFT_SET_CONCAT = 0x80;

    /// <summary>Whether an element is a range: a start and, behind it, an end.</summary>
    public bool IsInterval => (Flags & NFT_SET_INTERVAL) != 0;

    /// <summary>Whether its elements may end by time.</summary>
    public bool HasTimeouts => (Flags & NFT_SET_TIMEOUT) != 0;

    /// <summary>Why this element cannot be in the set; null where it can.</summary>
    public string? ObjectionTo(IpRange range)
    {
        const uint strange = NFT_SET_ANONYMOUS | NFT_SET_CONSTANT | NFT_SET_MAP | NFT_SET_OBJECT | NFT_SET_CONCAT;
        bool isSet = KeyType == (range.IsIPv6 ? 8u : 7u) && KeyLength == (range.IsIPv6 ? 16u : 4u) && (Flags & strange) == 0;
        if (!isSet) return $"not a set of {(range.IsIPv6 ? "ipv6_addr" : "ipv4_addr")}";
        return range.IsSingle || IsInterval ? null : "You must add 'flags interval' to your set declaration if you want to add prefix elements";
    }
}
