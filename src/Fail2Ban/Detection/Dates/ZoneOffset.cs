using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Fail2Ban.Detection.Dates;

/// <summary>A fixed distance from UTC, as <c>logtimezone</c> and dates in logs give it. There are no named zones and no summer time.</summary>
/// <param name="Minutes">Minutes east of UTC.</param>
public readonly record struct ZoneOffset(int Minutes)
{
    /// <summary>Reads <c>UTC</c>, <c>CET</c>, <c>+0100</c>, <c>-07:30</c>, <c>UTC+01</c> (the two parts are added); the empty text is UTC.</summary>
    /// <param name="text">The zone as written; case matters.</param>
    /// <param name="zone">The offset where the result is true.</param>
    /// <param name="error">The original's words where the result is false.</param>
    public static bool TryParse(string text, out ZoneOffset zone, [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(text);
        bool known = Read(Encoding.UTF8.GetBytes(text), out zone, out _) == ZoneReading.Known;
        error = known ? null : $"Unknown or unsupported time zone: '{text}'";
        return known;
    }

    /// <param name="text">What a template's zone group holds.</param>
    /// <param name="zone">The offset where the result is <see cref="ZoneReading.Known"/>.</param>
    /// <param name="nameLength">How many bytes of the text are the abbreviation.</param>
    internal static ZoneReading Read(ReadOnlySpan<byte> text, out ZoneOffset zone, out int nameLength)
    {
        zone = default;
        nameLength = 0;
        while (nameLength < text.Length && char.IsAsciiLetterUpper((char)text[nameLength])) nameLength++;
        if (nameLength is not (0 or 1 or 3 or 4 or 5)) return ZoneReading.Malformed;
        if (!ReadHours(text[nameLength..], out int minutes)) return ZoneReading.Malformed;

        int named = 0;
        if (nameLength > 0 && !ZoneAbbreviations.TryGet(text[..nameLength], out named)) return ZoneReading.UnknownName;
        zone = new ZoneOffset(named + minutes);
        return ZoneReading.Known;
    }

    // Nothing, or a sign, two digits of hours (at most 19), and perhaps two of minutes with or without a colon.
    private static bool ReadHours(ReadOnlySpan<byte> text, out int minutes)
    {
        minutes = 0;
        if (text.IsEmpty) return true;
        if (text.Length < 3 || text[0] is not ((byte)'+' or (byte)'-') || text[1] is not ((byte)'0' or (byte)'1') || !IsDigit(text[2])) return false;
        minutes = 60 * (10 * (text[1] - '0') + text[2] - '0');
        ReadOnlySpan<byte> rest = text[3..];
        if (rest is [(byte)':', ..]) rest = rest[1..];
        if (rest.Length == 2 && IsDigit(rest[0]) && IsDigit(rest[1])) minutes += 10 * (rest[0] - '0') + rest[1] - '0';
        else if (text.Length != 3) return false;
        if (text[0] == '-') minutes = -minutes;
        return true;
    }

    private static bool IsDigit(byte value) => char.IsAsciiDigit((char)value);
}
