using System.Globalization;

namespace Fail2Ban.Detection.Dates;

/// <summary>The <c>%</c> tokens of date patterns: what each matches, and the word it is shown as.</summary>
internal static class DateTokens
{
    private const string Months = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec";
    private const string Days = "mon|tue|wed|thu|fri|sat|sun";
    private const string ZoneName = "[A-Z](?:[A-Z]{2,4})?";
    private const string ZoneHours = @"[+-][01]\d(?::?\d{2})?";
    private const string Week = @"5[0-3]|[0-4]\d|\d";

    // As strptime of Python has them inside %c, %x and %X.
    private const string PlainDay = @"(?P<d>3[0-1]|[1-2]\d|0[1-9]|[1-9]| [1-9])";
    private const string PlainTime = @"(?P<H>2[0-3]|[0-1]\d|\d):(?P<M>[0-5]\d|\d):(?P<S>6[0-1]|[0-5]\d|\d)";

    /// <summary>Writes what a token matches and what it is called.</summary>
    /// <param name="token">Without the percent sign: <c>Y</c>, <c>ExY</c>, <c>%</c>.</param>
    /// <param name="year">The current year, for the years that <c>%ExY</c> takes.</param>
    /// <returns>Null where there is no such token.</returns>
    public static (string Regex, string Name)? Find(string token, int year) => token switch
    {
        "%" => ("%", "%"),
        "Y" => (@"(?P<Y>\d{4})", "Year"),
        "y" => (@"(?P<y>\d\d)", "Year2"),
        "m" => ("(?P<m>0?[1-9]|1[0-2])", "Month"),
        "b" => ($"(?P<b>{Months})", "MON"),
        "B" => ("(?P<B>september|february|november|december|january|october|august|march|april|june|july|may)", "MONTH"),
        "d" => (@"(?P<d>[1-2]\d|[0 ]?[1-9]|3[0-1])", "Day"),
        "a" => ($"(?P<a>{Days})", "DAY"),
        "A" => ("(?P<A>wednesday|thursday|saturday|tuesday|monday|friday|sunday)", "DAYNAME"),
        "j" => (@"(?P<j>36[0-6]|3[0-5]\d|[1-2]\d\d|0[1-9]\d|00[1-9]|[1-9]\d|0[1-9]|[1-9])", "Yearday"),
        "H" => (@"(?P<H>[0-1]?\d|2[0-3])", "24hour"),
        "k" => (@" ?(?P<H>[0-2]?\d)", "%k"),
        "I" => ("(?P<I>1[0-2]|0[1-9]|[1-9])", "12hour"),
        "l" => (@" ?(?P<I>1?\d)", "%l"),
        "p" => ("(?P<p>am|pm)", "AMPM"),
        "M" => (@"(?P<M>[0-5]?\d)", "Minute"),
        "S" => (@"(?P<S>[0-5]?\d|6[0-1])", "Second"),
        "f" => ("(?P<f>[0-9]{1,6})", "Microseconds"),
        "z" => ($"(?P<z>Z|UTC|GMT|{ZoneHours})", "Zone offset"),
        "Z" => ("(?P<Z>Z|[A-Z]{3,5})", "Zone name"),
        "w" => ("(?P<w>[0-6])", "Weekday"),
        "u" => ("(?P<u>[1-7])", "%u"),
        "U" => ($"(?P<U>{Week})", "Yearweek"),
        "W" => ($"(?P<W>{Week})", "Yearweek"),
        "V" => (@"(?P<V>5[0-3]|0[1-9]|[1-4]\d|\d)", "%V"),
        "G" => (@"(?P<G>\d\d\d\d)", "%G"),
        "c" => ($@"(?P<a>{Days})\s+(?P<b>{Months})\s+{PlainDay}\s+{PlainTime}\s+(?P<Y>\d\d\d\d)", "%c"),
        "x" => ($@"(?P<m>1[0-2]|0[1-9]|[1-9])/{PlainDay}/(?P<y>\d\d)", "%x"),
        "X" => (PlainTime, "%X"),
        "ExY" => ($@"(?P<Y>{NearYears(year)}\d)", "ExYear"),
        "Exy" => (@"(?P<y>\d{2})", "ExYear2"),
        "Exm" => ("(?P<m>0[1-9]|1[0-2])", "ExMonth"),
        "Exd" => (@"(?P<d>[1-2]\d|0[1-9]|3[0-1])", "ExDay"),
        "ExH" => (@"(?P<H>[0-1]\d|2[0-3])", "Ex24hour"),
        "Exk" => (@" ?(?P<H>[0-1]?\d|2[0-3])", "Ex%k"),
        "Exl" => (@" ?(?P<I>1[0-2]|\d)", "Ex%l"),
        "ExM" => (@"(?P<M>[0-5]\d)", "ExMinute"),
        "ExS" => (@"(?P<S>[0-5]\d|6[0-1])", "ExSecond"),
        "Exz" => ($"(?P<z>(?:{ZoneName})?{ZoneHours}|{ZoneName})", "ExZone offset"),
        "ExZ" => ($"(?P<Z>{ZoneName})", "ExZone name"),
        _ => null,
    };

    /// <summary>Whether a token matches English words, which are read in any case.</summary>
    public static bool HasWords(string token) => token is "a" or "A" or "b" or "B" or "p" or "c";

    // The decades from 2000 to three years ahead, as a pattern of the first three digits: 20[012] in 2026.
    internal static string NearYears(int year)
    {
        SortedDictionary<int, SortedSet<int>> decadesOf = [];
        foreach (int near in Enumerable.Range(2000, Math.Max(0, year - 2000 + 1)).Append(2000).Append(year - 1).Append(year + 3))
        {
            if (!decadesOf.TryGetValue(near / 100, out SortedSet<int>? decades)) decadesOf[near / 100] = decades = [];
            decades.Add(near / 10 % 10);
        }

        string[] centuries = [.. decadesOf.Select(pair => Century(pair.Key, pair.Value))];
        return centuries.Length == 1 ? centuries[0] : $"(?:{string.Join('|', centuries)})";
    }

    private static string Century(int century, SortedSet<int> decades)
    {
        string digits = string.Concat(decades.Select(decade => decade.ToString(CultureInfo.InvariantCulture)));
        return digits.Length == 1 ? $"{century}{digits}" : $"{century}[{digits}]";
    }
}
