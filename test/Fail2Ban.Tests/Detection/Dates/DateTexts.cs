using System.Globalization;

namespace Fail2Ban.Tests.Detection.Dates;

/// <summary>Makes date patterns and lines that fit them, nearly fit them, or do not. The same seed makes the same ones.</summary>
internal sealed class DateTexts(int seed)
{
    private const string Letters = "YymdHkIlMSfbBaApjzZwuUWVGcxX";
    private static readonly string[] Extended = ["ExY", "Exy", "Exm", "Exd", "ExH", "Exk", "Exl", "ExM", "ExS", "Exz", "ExZ"];
    private static readonly string[] Zones = ["Z", "UTC", "GMT", "CET", "EST", "PDT", "XYZ", "A", "+0200", "-02:00", "+14", "CEST+0100", "est", "+1975", "AB"];
    private static readonly string[] Months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    private static readonly string[] LongMonths = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
    private static readonly string[] Days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    private static readonly string[] LongDays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

    // Forms of the stock filters and of the defaults, and what people write.
    private static readonly string[] Patterns =
    [
        "%Y-%m-%d %H:%M:%S", "^%Y-%m-%d %H:%M:%S", "{^LN-BEG}%Y-%m-%d[T ]%H:%M:%S(?:[.,]%f)?(?:\\s*%z)?", "%d/%b/%Y:%H:%M:%S %z", "{UNB}%Y%m%d",
        "**%Y-%m-%d**", "%m/%d/%y %I:%M:%S %p", "%b %d, %ExY %I:%M %p", "%H:%M:%S", "{^LN-BEG}%H:%M:%S", "^%H:%M:%S.%f", "%Y %j", "%j %H:%M", "%Y-%W-%w",
        "%Y-%U-%a", "%c", "%x %X", "%Exz %Y-%m-%d", "(?:%Z )?%b %d %k:%M:%S", "%b %d %k:%M:%S", "^<%m/%d/%Exy@%H:%M:%S>", "%A, %d %B %Y", "%y%m%d",
        "^[^\\[]*\\[(%d/%b/%Y:%H:%M:%S)", "x%Y(-%m-%d)", "%Exd.%Exm.%ExY %Exk:%ExM:%ExS", "%d(?P<_sep>[-/])%m(?P=_sep)%Y", "%H %z", "%Y-%m-%d$", "^\\[%Y-%m-%d\\]$",
        "Epoch", "{^LN-BEG}Epoch", "^LEPOCH", "LEPOCH", "x={EPOCH}", "t {LEPOCH},", "TAI64N", "^TAI64N", "{NONE}", "{^LN-BEG}", "{DATE}", "^<\\d+>\\d+\\s+{DATE}",
        "^\\[{DATE}\\]", "^[^\\[]*\\[({DATE})", "{^LN-BEG}{DATE}", "%Y-%m-%d\\b", "(?i)at %H:%M", "%I %p", "%d %b", "%b %d %Y %z",
    ];

    private readonly Random _random = new(seed);

    /// <summary>One pattern; mostly a known form, otherwise tokens thrown together.</summary>
    public string Pattern()
    {
        if (_random.Next(3) > 0) return Pick(Patterns);
        string[] tokens = [.. Enumerable.Range(0, _random.Next(1, 5)).Select(_ => _random.Next(3) == 0 ? Pick(Extended) : Letters[_random.Next(Letters.Length)].ToString()).Distinct()];
        string separator = Pick(["-", " ", "/", ":", "T", ", ", "\\s+"]);
        string begin = Pick(["", "", "", "^", "{^LN-BEG}", "{UNB}", "**", "(?:", "("]);
        string end = begin switch { "(?:" or "(" => ")", _ => Pick(["", "", "", "**", "$", "\\b", "(?: x)?"]) };
        return begin + string.Join(separator, tokens.Select(token => "%" + token)) + end;
    }

    /// <summary>A line for a pattern: its text with values in place of tokens, with something around it, and sometimes spoilt.</summary>
    public string Line(string pattern)
    {
        string text = _random.Next(5) == 0 ? Any() : Fill(pattern);
        if (_random.Next(12) == 0 && text.Length > 0) text = text.Remove(_random.Next(text.Length), 1);
        string before = pattern.StartsWith('^') || pattern.Contains("LN-BEG", StringComparison.Ordinal) ? Pick(["", "", "", "", "[", "[[", "[[[", "x"]) : Pick(["", "", "[", "x ", "srv: ", "é ", "12 ", "a"]);
        string after = pattern.EndsWith('$') ? Pick(["", "", "", " "]) : Pick(["", " ", " srv x[1]: fail 1.2.3.4", "] y", "9", "T", "é", ".5", " 2005-01-02 03:04:05"]);
        return before + text + after;
    }

    /// <summary>A date in one of the default forms.</summary>
    public string Any() => Fill(Pick(
    [
        "%Y-%m-%dT%H:%M:%S.%f%z", "%Y-%m-%d %H:%M:%S,%f", "%Y/%m/%d %H:%M:%S", "%a %b %d %H:%M:%S %Y", "%b %d %H:%M:%S", "%b %d %Y %H:%M:%S", "%d/%m/%Y %H:%M:%S",
        "%d-%m-%y %H:%M:%S", "%d/%b/%Y:%H:%M:%S %z", "%m/%d/%Y:%H:%M:%S", "%m-%d-%Y %H:%M:%S.%f", "Epoch", "%H:%M:%S", "<%m/%d/%y@%H:%M:%S>", "%y%m%d %H:%M:%S",
        "%b %d, %Y %I:%M:%S %p", "%b-%d-%y %H:%M:%S", "%Y%m%dT%H%M%S", "%Y%m%d%H%M%S", "%Z %a %b %d %H:%M:%S", "%z %b %d %H:%M:%S", "TAI64N", "none",
    ]));

    private string Fill(string pattern)
    {
        string text = pattern.Replace("{^LN-BEG}", "", StringComparison.Ordinal).Replace("{UNB}", "", StringComparison.Ordinal).Replace("**", "", StringComparison.Ordinal)
            .Replace("(?P<_sep>[-/])", "-", StringComparison.Ordinal).Replace("(?P=_sep)", "-", StringComparison.Ordinal).Replace("[T ]", "T", StringComparison.Ordinal)
            .Replace("^[^\\[]*\\[", "host [", StringComparison.Ordinal).Replace("\\s+", " ", StringComparison.Ordinal).Replace("\\s*", "", StringComparison.Ordinal)
            .Replace("\\d+", "34", StringComparison.Ordinal).Replace("(?: x)?", "", StringComparison.Ordinal).Replace("[.,]", ".", StringComparison.Ordinal)
            .Replace("(?:", "", StringComparison.Ordinal).Replace(")?", "", StringComparison.Ordinal).Replace("(?i)", "", StringComparison.Ordinal)
            .Replace("\\b", "", StringComparison.Ordinal).Replace("{DATE}", "\u0001", StringComparison.Ordinal);
        text = string.Concat(text.Where(sign => sign is not ('^' or '$' or '(' or ')' or '\\')));
        text = text.Replace("{EPOCH}", Epoch(false), StringComparison.Ordinal).Replace("{LEPOCH}", Epoch(true), StringComparison.Ordinal)
            .Replace("LEPOCH", Epoch(true), StringComparison.Ordinal).Replace("Epoch", Epoch(false), StringComparison.Ordinal)
            .Replace("TAI64N", "@40000000" + _random.Next(0x3fffffff, int.MaxValue).ToString("x8", CultureInfo.InvariantCulture) + "3b9aca00", StringComparison.Ordinal);
        var filled = new System.Text.StringBuilder();
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '\u0001') filled.Append(Any());
            else if (text[i] == '%' && i + 1 < text.Length)
            {
                i += text.AsSpan(i + 1).StartsWith("Ex") ? 3 : 1;
                if (i < text.Length) filled.Append(Value(text[i]));
            }
            else filled.Append(text[i]);
        }

        return filled.ToString();
    }

    private string Value(char letter) => letter switch
    {
        'Y' or 'G' => Number(Pick(["2005", "2004", "2012", "2026", "2005", "1999", "2030"])),
        'y' => Two(0, 99),
        'm' => _random.Next(3) == 0 ? Number(_random.Next(1, 13)) : Two(1, 12),
        'd' => _random.Next(3) == 0 ? Number(_random.Next(1, 32)) : _random.Next(8) == 0 ? " " + _random.Next(1, 10) : Two(1, 31),
        'H' or 'k' => _random.Next(10) == 0 ? Two(20, 29) : Two(0, 23),
        'I' or 'l' => _random.Next(2) == 0 ? Number(_random.Next(1, 13)) : Two(1, 12),
        'M' => Two(0, 59),
        'S' => Two(0, _random.Next(10) == 0 ? 62 : 59),
        'f' => Number(_random.Next(1_000_000)),
        'b' => Case(Pick(Months)),
        'B' => Case(Pick(LongMonths)),
        'a' => Case(Pick(Days)),
        'A' => Case(Pick(LongDays)),
        'p' => Case(Pick(["am", "pm"])),
        'j' => Number(_random.Next(1, 367)),
        'z' or 'Z' => Pick(Zones),
        'w' => Number(_random.Next(0, 7)),
        'u' => Number(_random.Next(1, 8)),
        'U' or 'W' or 'V' => Number(_random.Next(0, 54)),
        'c' => Fill("%a %b %d %H:%M:%S %Y"),
        'x' => Fill("%m/%d/%y"),
        'X' => Fill("%H:%M:%S"),
        _ => "%",
    };

    private string Epoch(bool isLong) =>
        Number(_random.Next(1_000_000_000, 2_000_000_000)) + (isLong ? Pick(["", "123", "123456", "12", "123.5", "123.25"]) : Pick(["", "", ".123", ".123456", ".1", "1"]));

    private string Case(string word) => _random.Next(6) switch { 0 => word.ToUpperInvariant(), 1 => word.ToLowerInvariant(), _ => word };

    private string Two(int from, int to) => _random.Next(from, to + 1).ToString("00", CultureInfo.InvariantCulture);

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Number(string value) => value;

    private string Pick(string[] from) => from[_random.Next(from.Length)];
}
