namespace Fail2Ban.Detection.Dates;

/// <summary>Reads times that are written as numbers.</summary>
internal static class EpochText
{
    private const int MillisecondDigits = 13;
    private const int MicrosecondDigits = 16;

    // The label of the first second of 1970 is 4000000000000000; leap seconds are not taken off.
    private const int Tai64SecondsAt = 2;
    private const int Tai64SecondsLength = 15;

    /// <param name="text">Ten digits or more, perhaps with a fraction.</param>
    /// <param name="isLong">Whether the number of digits tells seconds from milliseconds and microseconds.</param>
    public static DateReading Read(ReadOnlySpan<byte> text, bool isLong)
    {
        int point = text.IndexOf((byte)'.');
        ReadOnlySpan<byte> whole = point < 0 ? text : text[..point];
        long ticksPerUnit = !isLong || whole.Length < MillisecondDigits ? TimeSpan.TicksPerSecond
            : point < 0 && whole.Length >= MicrosecondDigits ? TimeSpan.TicksPerMicrosecond
            : TimeSpan.TicksPerMillisecond;
        if (!TryNumber(whole, out long units) || units > DateTime.MaxValue.Ticks / ticksPerUnit) return DateReading.Unreadable;

        long ticks = units * ticksPerUnit;
        long scale = ticksPerUnit;
        ReadOnlySpan<byte> fraction = point < 0 ? [] : text[(point + 1)..];
        if (!fraction.IsEmpty && !TryNumber(fraction, out _)) return DateReading.Unreadable;
        for (int i = 0; i < fraction.Length && scale > 1; i++)
        {
            scale /= 10;
            ticks += (fraction[i] - '0') * scale;
        }

        return At(ticks);
    }

    /// <param name="label"><c>@</c> and 24 hexadecimal digits.</param>
    public static DateReading ReadTai64N(ReadOnlySpan<byte> label)
    {
        if (label.Length < Tai64SecondsAt + Tai64SecondsLength) return DateReading.Unreadable;
        long seconds = 0;
        foreach (byte digit in label.Slice(Tai64SecondsAt, Tai64SecondsLength))
        {
            if (!char.IsAsciiHexDigit((char)digit)) return DateReading.Unreadable;
            seconds = seconds << 4 | (long)(digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10);
        }

        return seconds > DateTime.MaxValue.Ticks / TimeSpan.TicksPerSecond ? DateReading.Unreadable : At(seconds * TimeSpan.TicksPerSecond);
    }

    private static DateReading At(long ticksSince1970) =>
        ticksSince1970 > DateTime.MaxValue.Ticks - DateTime.UnixEpoch.Ticks
            ? DateReading.Unreadable
            : new DateReading(new DateTimeOffset(DateTime.UnixEpoch.Ticks + ticksSince1970, TimeSpan.Zero));

    private static bool TryNumber(ReadOnlySpan<byte> digits, out long value)
    {
        value = 0;
        foreach (byte digit in digits)
        {
            if (!char.IsAsciiDigit((char)digit) || value > long.MaxValue / 10 - 10) return false;
            value = 10 * value + digit - '0';
        }

        return !digits.IsEmpty;
    }
}
