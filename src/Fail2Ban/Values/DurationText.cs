namespace Fail2Ban.Values;

/// <summary>Durations for people, as the log has them: <c>1h 30m</c>, <c>2d 7h 15m</c>.</summary>
public static class DurationText
{
    private const long Minute = 60;
    private const long Hour = 60 * Minute;
    private const long Day = 24 * Hour;
    private const long Week = 7 * Day;
    private const long Year = 365 * Day;

    /// <summary>The two or three largest units; a longer time is rounded to what the smallest of them can show.</summary>
    /// <param name="seconds">0 or more; a negative time gets a minus sign.</param>
    public static string Of(double seconds) => seconds switch
    {
        < 0 => "-" + Of(-seconds),
        >= Year => Parts(Rounded(seconds, Day), (Year, "y"), (Week, "w"), (Day, "d")),
        >= Week => Parts(Rounded(seconds, Hour), (Week, "w"), (Day, "d"), (Hour, "h")),
        >= Day => Parts(Rounded(seconds, Minute), (Day, "d"), (Hour, "h"), (Minute, "m")),
        >= Hour - 5 => Parts(Rounded(seconds, 10), (Hour, "h"), (Minute, "m")),
        _ => Short(seconds),
    };

    private static string Short(double seconds)
    {
        long minutes = (long)seconds / Minute;
        double rest = seconds - minutes * Minute;
        string restText = rest == Math.Floor(rest) ? $"{rest:0}s" : $"{PythonText.Repr(rest)}s";
        return (minutes, rest) switch
        {
            (0, 0) => "0",
            (0, _) => restText,
            (_, 0) => $"{minutes}m",
            _ => $"{minutes}m {restText}",
        };
    }

    private static long Rounded(double seconds, long unit) => (long)Math.Round(seconds / unit, MidpointRounding.ToEven) * unit;

    private static string Parts(long seconds, params ReadOnlySpan<(long Length, string Unit)> units)
    {
        string text = "";
        foreach ((long length, string unit) in units)
        {
            long count = seconds / length;
            seconds %= length;
            if (count > 0) text += text.Length == 0 ? $"{count}{unit}" : $" {count}{unit}";
        }

        return text;
    }
}
