using System.Text;

namespace Fail2Ban.RegexTool;

/// <summary>What <c>--help</c> prints.</summary>
internal static class HelpText
{
    private const int HelpColumn = 28;

    public const string Usage = "Usage: fail2ban-regex [OPTIONS] <LOG> <REGEX> [IGNOREREGEX]\n       fail2ban-regex --lint <FILTER>\n";

    public static string Full { get; } = Build();

    private static string Build()
    {
        var text = new StringBuilder(Usage);
        text.Append("""

            Tries failregexes and filters on log lines and reports what they match.
            It needs no server, bans nobody and writes nothing.

            LOG:
              filename              a log file; "-" is standard input
              systemd-journal       the journal, optionally with parameters: systemd-journal[journalflags=1]
              string                anything else is a log line itself

            REGEX:
              jail                  name of a jail (sshd), optionally with filter options (sshd[mode=aggressive])
              filter                name or path of a filter file (sshd.conf, filter.d/sshd, /path/my.conf)
              string                anything else is a failregex itself

            IGNOREREGEX:
              string                an ignoreregex; replaces those of the filter

            Options:

            """);
        foreach (Option option in OptionTable.All)
        {
            string names = string.Join(", ", option.Names.Select(name => option.Value is null ? name : name.Length == 2 ? $"{name} {option.Value}" : $"{name}={option.Value}"));
            text.Append("  ").Append(names);
            if (names.Length + 4 > HelpColumn) text.Append('\n').Append(' ', HelpColumn);
            else text.Append(' ', HelpColumn - 2 - names.Length);
            text.Append(option.Help).Append('\n');
        }

        return text.ToString();
    }
}
