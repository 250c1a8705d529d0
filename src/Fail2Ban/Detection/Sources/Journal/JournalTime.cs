using System.Globalization;

namespace Fail2Ban.Detection.Sources.Journal;

/// <summary>Times of the journal: microseconds since 1970, and the text that stands for them.</summary>
public static class JournalTime
{
    // The last day before which every time zone still has a year of four digits.
    private const long Last = 253_402_000_000_000_000;

    /// <summary>The moment of so many microseconds since 1970; what lies beyond the year 9999 is brought back there.</summary>
    public static DateTimeOffset At(long microseconds) =>
        DateTimeOffset.UnixEpoch.AddTicks(Math.Clamp(microseconds, 0, Last) * TimeSpan.TicksPerMicrosecond);

    /// <summary>Microseconds since 1970, rounded down.</summary>
    public static long Of(DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    /// <summary>Local time in ISO form: <c>2024-01-02T03:04:05.678901+00:00</c>, without a fraction where it is 0.</summary>
    public static string Text(long microseconds, TimeZoneInfo zone)
    {
        Span<byte> text = stackalloc byte[40];
        return System.Text.Encoding.ASCII.GetString(text[..Write(At(microseconds), zone, text)]);
    }

    /// <summary>Writes what <see cref="Text"/> gives.</summary>
    /// <returns>Bytes written.</returns>
    internal static int Write(DateTimeOffset time, TimeZoneInfo zone, Span<byte> target)
    {
        DateTimeOffset local = TimeZoneInfo.ConvertTime(time, zone);
        bool isWhole = local.Ticks % TimeSpan.TicksPerSecond == 0;
        local.TryFormat(target, out int written, isWhole ? "yyyy-MM-ddTHH:mm:sszzz" : "yyyy-MM-ddTHH:mm:ss.ffffffzzz", CultureInfo.InvariantCulture);
        return written;
    }
}
