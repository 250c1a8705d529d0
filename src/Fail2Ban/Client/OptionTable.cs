using System.Text;

namespace Fail2Ban.Client;

/// <summary>The options of client and server, defined once: parsing, help, man page and completions come from here.</summary>
internal static class OptionTable
{
    /// <param name="Short">One letter, or NUL.</param>
    /// <param name="Long">Without dashes, or empty.</param>
    /// <param name="Value">What the help calls its argument; null for none.</param>
    /// <param name="Help">One or two sentences.</param>
    internal sealed record Option(char Short, string Long, string? Value, string Help)
    {
        internal string Key => Long.Length > 0 ? Long : Short.ToString();

        /// <summary>As typed, the letter first.</summary>
        internal IEnumerable<string> Names => new[] { Short == '\0' ? "" : $"-{Short}", Long.Length == 0 ? "" : $"--{Long}" }.Where(name => name.Length > 0);
    }

    internal static IReadOnlyList<Option> All { get; } =
    [
        new('c', "conf", "DIR", "where the configuration is (/etc/fail2ban)"),
        new('s', "socket", "FILE", "socket through which the server is reached"),
        new('p', "pidfile", "FILE", "where the server writes its process id"),
        new('\0', "pname", "NAME", "name of the server's process (fail2ban-server)"),
        new('\0', "loglevel", "LEVEL", "how much the server logs, CRITICAL to HEAVYDEBUG"),
        new('\0', "logtarget", "TARGET", "where it logs: a file, STDOUT, STDERR, SYSOUT, SYSLOG or SYSTEMD-JOURNAL"),
        new('\0', "syslogsocket", "auto|FILE", "socket of syslog, for that target"),
        new('d', "", null, "show the commands that the configuration makes"),
        new('\0', "dp", null, "the same, laid out for reading"),
        new('\0', "dump-pretty", null, "as --dp"),
        new('t', "test", null, "test the configuration; a command may follow"),
        new('i', "", null, "read commands from standard input"),
        new('v', "", null, "say more; up to three times"),
        new('q', "", null, "say errors only"),
        new('x', "", null, "start even if a socket file exists, and replace it"),
        new('b', "", null, "start in the background (default)"),
        new('f', "", null, "start in the foreground"),
        new('\0', "async", null, "internal: start without reading the configuration"),
        new('\0', "timeout", "TIME", "how long to wait for a server that starts (30 s)"),
        new('\0', "str2sec", "TEXT", "print a time such as 1d12h in seconds"),
        new('\0', "json", null, "answer in JSON, one object a line, for programs"),
        new('h', "help", null, "print this help"),
        new('V', "version", null, "print the version; -V in short form"),
    ];

    /// <summary>The help, no line longer than 80 columns.</summary>
    internal static string Help()
    {
        var text = new StringBuilder("Options:\n");
        foreach (Option option in All)
        {
            string head = $"    {string.Join(", ", option.Names)}{(option.Value is null ? "" : $" <{option.Value}>")}";
            HelpText.AppendEntry(text, head, option.Help, 32);
        }

        return text.ToString();
    }
}
