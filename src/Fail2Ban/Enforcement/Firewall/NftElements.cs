using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using Fail2Ban.Addresses;

namespace Fail2Ban.Enforcement.Firewall;

/// <summary>One plain element command of nft: what it does, to which set, and the element as written.</summary>
/// <param name="Set">The set.</param>
/// <param name="IsAdd">Added, or deleted.</param>
/// <param name="Element">What stood in the braces: an address, a network, or a tag.</param>
internal sealed record NftElements(NftSet Set, bool IsAdd, string Element)
{
    // Elsewhere an `nft` may be a wrapper that does more.
    private static readonly string[] Programs = ["nft", "/usr/sbin/nft", "/sbin/nft", "/usr/bin/nft", "/bin/nft"];

    private static readonly SearchValues<char> Address = SearchValues.Create("0123456789abcdefABCDEF.:/");

    /// <summary>Recognises <c>nft add element FAMILY TABLE SET { X }</c> or <c>delete</c>, and nothing else.</summary>
    /// <remarks>
    /// Anything that the shell or nft could read in another way is not recognised and left to them: variables, pipes,
    /// several statements or elements, options, <c>sudo</c>. Braces may be escaped as the shell wants it, or the whole
    /// statement be quoted.
    /// </remarks>
    public static bool TryParse(string command, [NotNullWhen(true)] out NftElements? elements)
    {
        elements = null;
        ReadOnlySpan<char> text = command.AsSpan().Trim(" \t\r\n");
        int space = text.IndexOfAny(' ', '\t');
        if (space < 0 || !Programs.Contains(text[..space].ToString())) return false;

        ReadOnlySpan<char> statement = text[space..].Trim(" \t");
        bool isQuoted = statement.Length > 1 && statement[0] is '"' or '\'' && statement[^1] == statement[0];
        if (isQuoted) statement = statement[1..^1].Trim(" \t");
        int open = statement.IndexOf('{');
        if (open < 0 || statement[^1] != '}') return false;
        ReadOnlySpan<char> inner = statement[(open + 1)..^1];
        ReadOnlySpan<char> head = statement[..open];
        bool isEscaped = head.EndsWith('\\');
        if (isEscaped != inner.EndsWith('\\') || (isEscaped && isQuoted)) return false; // within quotes a backslash reaches nft
        if (isEscaped)
        {
            head = head[..^1];
            inner = inner[..^1];
        }

        if (!head.EndsWith(' ') && !head.EndsWith('\t')) return false;
        string[] words = head.ToString().Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        if (words.Length is not (4 or 5) || words[0] is not ("add" or "delete") || words[1] != "element") return false;

        // Without a word for it the family is ip, as nft has it.
        byte family = 2;
        if (words.Length == 5 && !NftSet.TryFamily(words[2], out family)) return false;
        string table = words[^2], set = words[^1];
        string element = inner.Trim(" \t").ToString();
        if (!IsName(table) || !IsName(set) || !IsElement(element)) return false;
        elements = new NftElements(new NftSet(family, table, set), words[0] == "add", element);
        return true;
    }

    /// <summary>The element as a range; false where it is none in plain form (nft then decides).</summary>
    public static bool TryRange(string element, out IpRange range)
    {
        range = default;
        int slash = element.IndexOf('/', StringComparison.Ordinal);
        string text = slash < 0 ? element : element[..slash];
        if (!IPAddress.TryParse(text, out IPAddress? address) || address.IsIPv4MappedToIPv6 || text.Contains('%', StringComparison.Ordinal)) return false;
        bool isIPv6 = text.Contains(':', StringComparison.Ordinal);
        if (!isIPv6 && address.ToString() != text) return false; // 1.2 and 010.0.0.1 mean something else elsewhere
        if (slash < 0)
        {
            range = IpRange.Create(address);
            return true;
        }

        ReadOnlySpan<char> digits = element.AsSpan(slash + 1);
        if (digits.Length is 0 or > 3 || digits.ContainsAnyExceptInRange('0', '9') || int.Parse(digits) is var prefix && prefix > (isIPv6 ? 128 : 32)) return false;
        range = IpRange.Create(address, int.Parse(digits));
        return true;
    }

    private static bool IsName(string word)
    {
        if (word.Length > 127 || !char.IsAsciiLetter(word[0])) return false;
        foreach (char letter in word)
            if (!char.IsAsciiLetterOrDigit(letter) && letter is not ('-' or '_' or '.')) return false;
        return true;
    }

    private static bool IsElement(string element) =>
        element is "<ip>" or "<fid>" || (element.Length > 0 && !element.AsSpan().ContainsAnyExcept(Address));
}
