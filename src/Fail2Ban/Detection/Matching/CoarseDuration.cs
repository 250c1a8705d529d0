namespace Fail2Ban.Detection.Matching;

/// <summary>A span of time as log sentences say it: <c>10m</c>, <c>1h 30m</c>, <c>1w 2d</c>.</summary>
internal static class CoarseDuration
{
    private const long Minute = 60, Hour = 3600, Day = 86_400, Week = 7 * Day, Year = 365 * Day;

    /// <summary>The longer the span, the coarser: seconds count below an hour, minutes below a week, hours below a year.</summary>
    public static string Describe(long seconds)
    {
        if (seconds < 0) return "-" + Describe(-seconds);
        if (seconds == 0) return "0";
        return seconds switch
        {
            < Hour - 1 => Join(seconds, (Minute, "m"), (1, "s")),
            < Day => Join(Round(seconds, Minute), (Hour, "h"), (Minute, "m")),
            < Week => Join(Round(seconds, Minute), (Day, "d"), (Hour, "h"), (Minute, "m")),
            < Year => Join(Round(seconds, Hour), (Week, "w"), (Day, "d"), (Hour, "h")),
            _ => Join(Round(seconds, Day), (Year, "y"), (Week, "w"), (Day, "d")),
        };
    }

    private static long Round(long seconds, long unit) => (seconds + unit / 2) / unit * unit;

    private static string Join(long seconds, params ReadOnlySpan<(long Length, string Name)> units)
    {
        string text = "";
        foreach ((long length, string name) in units)
        {
            if (seconds / length is var count and > 0) text += text.Length > 0 ? $" {count}{name}" : $"{count}{name}";
            seconds %= length;
        }

        return text;
    }
}
