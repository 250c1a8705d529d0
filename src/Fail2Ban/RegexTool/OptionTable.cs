using System.Globalization;

namespace Fail2Ban.RegexTool;

/// <summary>All options of the program.</summary>
internal static class OptionTable
{
    public static readonly Option[] All =
    [
        Switch(["--version"], "print name and version", o => o.ShowVersion = true),
        Switch(["-h", "--help"], "print this help", o => o.ShowHelp = true),
        Text(["-c", "--config"], "CONFIG", "directory of the configuration (default /etc/fail2ban)", (o, v) => o.ConfigDirectory = v),
        Text(["-d", "--datepattern"], "DATEPATTERN", "how dates look; wins over the filter's", (o, v) => o.DatePattern = v.Length > 0 ? v : null),
        Text(["--timezone", "--TZ"], "TIMEZONE", "zone of dates without one, such as UTC+0100", (o, v) => o.TimeZone = v),
        Text(["-e", "--encoding"], "ENCODING", "encoding of the log file (default: that of the locale)", (o, v) => o.Encoding = v),
        Switch(["-r", "--raw"], "take host names as they are, resolve nothing", o => o.Raw = true),
        Text(["--usedns"], "USEDNS", "yes, warn, no or raw: what <HOST> takes and what becomes of names", (o, v) => o.UseDns = v),
        Number(["-L", "--maxlines"], "MAXLINES", "lines that a regex sees at once; also the limit of printed lines", (o, v) => o.MaxLines = v),
        Text(["-m", "--journalmatch"], "JOURNALMATCH", "entries of the journal to read; wins over the filter's", (o, v) => o.JournalMatch = v),
        Text(["-l", "--log-level"], "LOG_LEVEL", "print log messages of this level and above (default critical)", (o, v) => o.LogLevel = v),
        Switch(["-V"], "print the version only", o => o.ShowVersionNumber = true),
        Switch(["-v", "--verbose"], "tell more; may be repeated", o => o.Verbosity++),
        Number(["--verbosity"], "VERBOSE", "how much to tell, 0 to 4", (o, v) => o.Verbosity = v),
        Switch(["--verbose-date", "--VD"], "show weight, pattern and regex of date templates", o => o.VerboseDate = true),
        Switch(["-D", "--debuggex"], "print debuggex.com links with the listed lines", o => o.Debuggex = true),
        Switch(["--no-check-all"], "stop at the first failregex that matches, as the server does", o => o.CheckAll = false),
        Text(["-o", "--out"], "OUT", "print failures only: id, ip, msg, row, a field's name, or text with <tags>", (o, v) => o.Out = v.Length > 0 ? v : null),
        Switch(["-i", "--invert"], "with -o: the lines that are no failure", o => o.Invert = true),
        Switch(["--print-no-missed"], "do not list missed lines", o => o.PrintMissed = false),
        Switch(["--print-no-ignored"], "do not list ignored lines", o => o.PrintIgnored = false),
        Switch(["--print-all-matched"], "list all matched lines", o => o.PrintAllMatched = true),
        Switch(["--print-all-missed"], "list all missed lines, however many", o => o.PrintAllMissed = true),
        Switch(["--print-all-ignored"], "list all ignored lines, however many", o => o.PrintAllIgnored = true),
        Text(["--lint"], "FILTER", "look for faults in a filter (name or file; all for every one); exit status 1 if any", (o, v) => o.Lint = v),
        Switch(["-t", "--log-traceback"], "accepted; this program has no tracebacks", _ => { }),
        Switch(["--full-traceback"], "accepted; this program has no tracebacks", _ => { }),
    ];

    private static Option Switch(string[] names, string help, Action<RegexToolOptions> apply) =>
        new(names, null, help, (options, _) => { apply(options); return true; });

    private static Option Text(string[] names, string value, string help, Action<RegexToolOptions, string> apply) =>
        new(names, value, help, (options, text) => { apply(options, text); return true; });

    private static Option Number(string[] names, string value, string help, Action<RegexToolOptions, int> apply) =>
        new(names, value, help, (options, text) =>
        {
            if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number)) return false;
            apply(options, number);
            return true;
        });
}
