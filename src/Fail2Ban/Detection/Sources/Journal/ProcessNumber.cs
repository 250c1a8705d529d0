using System.Globalization;
using System.Text;

namespace Fail2Ban.Detection.Sources.Journal;

/// <summary>The process id of an entry as it is printed. Senders choose SYSLOG_PID freely, so it may be any text.</summary>
internal static class ProcessNumber
{
    /// <summary>The number in decimal digits, where the text is one as Python reads them (sign, <c>_</c>, <c>0x</c>, <c>0o</c>, <c>0b</c>); else the text.</summary>
    /// <returns>Empty where there is none: no text, or 0.</returns>
    internal static ReadOnlySpan<byte> Normalize(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty) return text;
        if (text[0] is >= (byte)'1' and <= (byte)'9' && text.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0) return text;
        return Parse(Encoding.Latin1.GetString(text)) is { } number ? Encoding.ASCII.GetBytes(number) : text;
    }

    private static string? Parse(string text)
    {
        text = text.Trim(' ', '\t', '\n', '\r', '\v', '\f');
        string sign = text.StartsWith('-') ? "-" : "";
        if (text.StartsWith('-') || text.StartsWith('+')) text = text[1..];
        NumberStyles? radix = text.Length > 2 && text[0] == '0'
            ? char.ToLowerInvariant(text[1]) switch { 'x' => NumberStyles.AllowHexSpecifier, 'b' => NumberStyles.AllowBinarySpecifier, 'o' => NumberStyles.None, _ => null }
            : null;
        if (radix is null) return Digits(text) is { } digits ? Signed(sign, digits) : null;

        // An underscore may also follow the prefix.
        if (Digits(text[2] == '_' ? text[3..] : text[2..]) is not { } rest) return null;
        if (radix == NumberStyles.None) return Octal(rest) is { } value ? Signed(sign, value) : null;
        return UInt128.TryParse("0" + rest, radix.Value, CultureInfo.InvariantCulture, out UInt128 number)
            ? Signed(sign, number.ToString(CultureInfo.InvariantCulture)) : null;
    }

    // Letters stay in: whether they are digits is for the radix to say.
    private static string? Digits(string text)
    {
        if (text.Length == 0 || text[0] == '_' || text[^1] == '_' || text.Contains("__", StringComparison.Ordinal)) return null;
        text = text.Replace("_", "", StringComparison.Ordinal);
        return text.All(char.IsAsciiHexDigit) ? text : null;
    }

    private static string? Octal(string digits)
    {
        UInt128 value = 0;
        foreach (char digit in digits)
        {
            if (digit is < '0' or > '7' || value > UInt128.MaxValue >> 3) return null;
            value = (value << 3) | (uint)(digit - '0');
        }

        return value.ToString(CultureInfo.InvariantCulture);
    }

    private static string? Signed(string sign, string digits)
    {
        if (!digits.All(char.IsAsciiDigit)) return null;
        string number = digits.TrimStart('0');
        return number.Length == 0 ? "" : sign + number;
    }
}
