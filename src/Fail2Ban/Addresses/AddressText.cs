using System.Globalization;

namespace Fail2Ban.Addresses;

/// <summary>The text of addresses as inet_pton(3) reads and inet_ntop(3) writes it, without a call into the system.</summary>
internal static class AddressText
{
    public static bool TryParse(ReadOnlySpan<char> text, out UInt128 bits, out bool isIPv6)
    {
        isIPv6 = text.Contains(':');
        if (isIPv6) return TryParseIPv6(text, out bits);
        bool parsed = TryParseIPv4(text, out uint address);
        bits = address;
        return parsed;
    }

    public static string Format(UInt128 bits, bool isIPv6, int? prefixLength)
    {
        Span<char> buffer = stackalloc char[50]; // the longest is 45 characters and "/128"
        int length = isIPv6 ? FormatIPv6(bits, buffer) : FormatIPv4((uint)bits, buffer);
        if (prefixLength is { } prefix)
        {
            buffer[length++] = '/';
            prefix.TryFormat(buffer[length..], out int written, provider: CultureInfo.InvariantCulture);
            length += written;
        }

        return new string(buffer[..length]);
    }

    // Four decimal numbers without leading zeros; neither "1.2.3" nor "0x7f.1".
    private static bool TryParseIPv4(ReadOnlySpan<char> text, out uint address)
    {
        address = 0;
        if (text.Length is < 7 or > 15) return false;
        int parts = 0;
        while (true)
        {
            int value = 0;
            int digits = 0;
            while (digits < text.Length && char.IsAsciiDigit(text[digits]))
            {
                if (digits == 3 || (digits == 1 && value == 0)) return false;
                value = (value * 10) + (text[digits++] - '0');
            }

            if (digits == 0 || value > 255) return false;
            address = (address << 8) | (uint)value;
            text = text[digits..];
            if (++parts == 4) return text.IsEmpty;
            if (text.IsEmpty || text[0] != '.') return false;
            text = text[1..];
        }
    }

    private static bool TryParseIPv6(ReadOnlySpan<char> text, out UInt128 bits)
    {
        bits = 0;
        if (text.Length is < 2 or > 45) return false;
        UInt128 head = 0;
        int groups = 0;
        int gapAfter = -1; // how many groups stand before "::"
        if (text[0] == ':')
        {
            if (text[1] != ':') return false;
            gapAfter = 0;
            text = text[2..];
        }

        while (!text.IsEmpty)
        {
            int end = text.IndexOf(':');
            ReadOnlySpan<char> part = end < 0 ? text : text[..end];
            if (end < 0 && part.Contains('.'))
            {
                if (groups > 6 || !TryParseIPv4(part, out uint mapped)) return false;
                head = (head << 32) | mapped;
                groups += 2;
                break;
            }

            if (groups == 8 || part.Length is 0 or > 4 || !TryParseHex(part, out uint value)) return false;
            head = (head << 16) | value;
            groups++;
            if (end < 0) break;
            text = text[(end + 1)..];
            if (text.IsEmpty) return false; // one colon at the end
            if (text[0] != ':') continue;
            if (gapAfter >= 0) return false;
            gapAfter = groups;
            text = text[1..];
        }

        if (gapAfter < 0)
        {
            bits = head;
            return groups == 8;
        }

        if (groups >= 8) return false;
        int tail = 16 * (groups - gapAfter);
        UInt128 low = tail == 0 ? 0 : head << (128 - tail) >> (128 - tail);
        UInt128 high = gapAfter == 0 ? 0 : head >> tail << (128 - (16 * gapAfter));
        bits = high | low;
        return true;
    }

    private static bool TryParseHex(ReadOnlySpan<char> text, out uint value)
    {
        value = 0;
        foreach (char digit in text)
        {
            if (!char.IsAsciiHexDigit(digit)) return false;
            value = (value << 4) | (uint)(char.IsAsciiDigit(digit) ? digit - '0' : (digit | 0x20) - 'a' + 10);
        }

        return true;
    }

    private static int FormatIPv4(uint address, Span<char> buffer)
    {
        int length = 0;
        for (int shift = 24; shift >= 0; shift -= 8)
        {
            if (shift < 24) buffer[length++] = '.';
            ((address >> shift) & 0xff).TryFormat(buffer[length..], out int written, provider: CultureInfo.InvariantCulture);
            length += written;
        }

        return length;
    }

    private static int FormatIPv6(UInt128 bits, Span<char> buffer)
    {
        (int gap, int gapLength) = LongestZeroRun(bits);
        // glibc shows an address with dots where all but the last 32 bits are zero, or where it is IPv4-mapped.
        bool dotted = gap == 0 && (gapLength == 6 || (gapLength == 7 && Group(bits, 7) != 1) || (gapLength == 5 && Group(bits, 5) == 0xffff));
        int length = 0;
        for (int i = 0; i < 8; i++)
        {
            if (i == gap)
            {
                buffer[length++] = ':';
                i += gapLength - 1;
                if (i == 7) buffer[length++] = ':';
                continue;
            }

            if (i > 0) buffer[length++] = ':';
            if (i == 6 && dotted) return length + FormatIPv4((uint)bits, buffer[length..]);
            Group(bits, i).TryFormat(buffer[length..], out int written, "x", CultureInfo.InvariantCulture);
            length += written;
        }

        return length;
    }

    private static (int Start, int Length) LongestZeroRun(UInt128 bits)
    {
        (int Start, int Length) best = (-1, 1); // one zero group alone is written out
        for (int i = 0; i < 8; i++)
        {
            int end = i;
            while (end < 8 && Group(bits, end) == 0) end++;
            if (end - i > best.Length) best = (i, end - i);
            i = Math.Max(i, end - 1);
        }

        return best;
    }

    private static uint Group(UInt128 bits, int index) => (uint)(bits >> (112 - (16 * index))) & 0xffff;
}
