using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;

namespace Fail2Ban.Addresses;

/// <summary>How the original reads an id from text; its oddities are kept where they do no harm.</summary>
internal static class FailureIdText
{
    public static string WithoutBrackets(string text) =>
        text.Length >= 2 && text[0] == '[' && text[^1] == ']' ? text[1..^1] : text;

    public static bool TryParse(string text, out FailureId id, [NotNullWhen(false)] out string? error)
    {
        error = null;
        text = WithoutBrackets(text);
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        ReadOnlySpan<char> address = slash < 0 ? text : text.AsSpan(0, slash);
        if (!AddressText.TryParse(address, out UInt128 bits, out bool isIPv6))
        {
            id = FailureId.OfText(text);
            return true;
        }

        if (slash < 0)
        {
            id = FailureId.Of(IpRange.Single(bits, isIPv6));
            return true;
        }

        id = default;
        if (!TryReadPrefix(text[(slash + 1)..], isIPv6 ? 128 : 32, out int prefix, out error)) return false;
        id = FailureId.Of(IpRange.Create(bits, isIPv6, prefix));
        return true;
    }

    private static bool TryReadPrefix(string text, int width, out int prefix, [NotNullWhen(false)] out string? error)
    {
        error = null;
        if (AddressText.TryParse(text, out UInt128 mask, out bool maskIsIPv6))
        {
            int maskWidth = maskIsIPv6 ? 128 : 32;
            prefix = (int)UInt128.PopCount(mask);
            UInt128 expected = prefix == 0 ? 0 : ((UInt128.One << (prefix - 1) << 1) - 1) << (maskWidth - prefix);
            if (mask != expected || prefix > width) error = $"invalid mask '{text}', no plen representation";
            return error is null;
        }

        prefix = 0;
        // As Python's int(): blanks around and a sign are taken.
        if (!BigInteger.TryParse(text.AsSpan().Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out BigInteger number))
            error = $"invalid literal for int() with base 10: '{text}'";
        else if (number > width)
            error = $"invalid prefix length '{text}': 0 to {width} is possible here";
        else
            prefix = number < 0 ? width : (int)number; // the original takes a negative one as "single address"
        return error is null;
    }
}
