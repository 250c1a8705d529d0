using System.Text;

namespace Fail2Ban.Client;

/// <summary>The commands, as the help and the completions show them.</summary>
internal static class CommandTable
{
    /// <param name="Words">The command line.</param>
    /// <param name="Help">What it does; null for a heading.</param>
    internal sealed record Command(string Words, string? Help);

    internal static IReadOnlyList<Command> All { get; } =
    [
        new("Basic", null),
        new("start", "starts the server and all enabled jails"),
        new("restart [--unban] [--if-exists] [<JAIL>]", "stops and starts the server, or one jail"),
        new("reload [--restart] [--unban] [--if-exists] [<JAIL>|--all]", "reads the configuration again, without losing bans unless --unban is given"),
        new("stop", "stops all jails and the server"),
        new("unban --all | <IP>...", "unbans in every jail and in the database"),
        new("banned [<IP>...]", "banned addresses by jail, or the jails that banned each <IP>"),
        new("status [--all] [<FLAVOR>]", "jails, or the state of all of them"),
        new("stats", "failures and bans of all jails as a table"),
        new("ping [<TIMEOUT>]", "asks whether the server answers"),
        new("echo <WORDS>", "gets the words back"),
        new("version", "version of the server"),
        new("help", "prints this help"),
        new("Log and database", null),
        new("get|set loglevel [<LEVEL>]", "CRITICAL, ERROR, WARNING, NOTICE, INFO, DEBUG, TRACEDEBUG, HEAVYDEBUG or a number"),
        new("get|set logtarget [<TARGET>]", "a file, STDOUT, STDERR, SYSOUT, SYSLOG or SYSTEMD-JOURNAL"),
        new("get|set syslogsocket [auto|<SOCKET>]", "socket for the target SYSLOG"),
        new("flushlogs", "opens the log file again, after rotation"),
        new("get|set dbfile [<FILE>]", "database of bans; None for none"),
        new("get|set dbmaxmatches [<INT>]", "log lines kept per ban in the database"),
        new("get|set dbpurgeage [<TIME>]", "how long ended bans are remembered"),
        new("Jails", null),
        new("add <JAIL> <BACKEND>", "makes a jail: auto, pyinotify, polling or systemd"),
        new("start <JAIL>", "starts a jail"),
        new("stop <JAIL>", "stops and removes a jail"),
        new("status <JAIL> [basic|short|cymru]", "state of a jail"),
        new("get <JAIL> banned [<IP>...]", "banned addresses, or 1 or 0 for each <IP>"),
        new("get <JAIL> banip [<SEP>|--with-time]", "banned addresses by end of ban"),
        new("set <JAIL> banip <IP>...", "bans"),
        new("set <JAIL> unbanip [--report-absent] <IP>...", "unbans"),
        new("set <JAIL> attempt <IP> [<LINE>...]", "counts a failure"),
        new("set <JAIL> idle on|off", "suspends and resumes a jail"),
        new("get|set <JAIL> ignoreself [true|false]", "whether own addresses are ignored"),
        new("set <JAIL> addignoreip|delignoreip <IP>", "changes what is ignored; get ignoreip shows it"),
        new("get|set <JAIL> ignorecommand|ignorecache [<VALUE>]", "external decision on what is ignored"),
        new("set <JAIL> addlogpath <FILE> [head|tail]", "follows a file; dellogpath ends it, get logpath shows"),
        new("get|set <JAIL> logencoding|logtimezone [<VALUE>]", "how log lines are read"),
        new("set <JAIL> addjournalmatch|deljournalmatch <MATCH>", "changes what is read of the journal"),
        new("set <JAIL> addfailregex|addignoreregex <REGEX>", "adds an expression; get failregex shows all"),
        new("set <JAIL> delfailregex|delignoreregex <INDEX>", "removes an expression"),
        new("get|set <JAIL> datepattern|maxlines|usedns [<VALUE>]", "how lines are understood"),
        new("get <JAIL> limitsexceeded", "log lines that were given up because a pattern needed too long for them"),
        new("get|set <JAIL> findtime|bantime [<TIME>]", "window of failures, length of a ban"),
        new("get|set <JAIL> bantime.<NAME> [<VALUE>]", "growing bans: increment, factor, formula, multipliers, maxtime, rndtime, overalljails"),
        new("get|set <JAIL> maxretry|maxmatches [<INT>]", "failures until a ban, log lines kept"),
        new("Actions", null),
        new("get <JAIL> actions", "names of the actions"),
        new("set <JAIL> addaction <ACT> [<PYFILE> <JSON>]", "adds an action; delaction removes it"),
        new("get <JAIL> actionproperties|actionmethods <ACT>", "what an action has"),
        new("get|set <JAIL> action <ACT> <PROPERTY> [<VALUE>]", "one property, such as actionban"),
        new("set <JAIL> action <ACT> <METHOD> [<JSON>]", "calls a method"),
    ];

    internal static string Help()
    {
        var text = new StringBuilder("Commands:\n");
        foreach (Command command in All)
        {
            if (command.Help is null) text.Append($"  {command.Words}\n");
            else HelpText.AppendEntry(text, $"    {command.Words}", command.Help, 45);
        }

        return text.ToString();
    }

    /// <summary>The known first word that is nearest to a wrong one, or null.</summary>
    internal static string? Near(string word) => All.Where(command => command.Help is not null)
        .SelectMany(command => command.Words.Split(' ')[0].Split('|'))
        .Distinct()
        .Select(known => (Known: known, Distance: Distance(known, word)))
        .Where(pair => pair.Distance <= 2 && pair.Distance < pair.Known.Length)
        .OrderBy(pair => pair.Distance)
        .Select(pair => pair.Known)
        .FirstOrDefault();

    private static int Distance(string one, string other)
    {
        if (Math.Abs(one.Length - other.Length) > 2) return int.MaxValue;
        int[] row = [.. Enumerable.Range(0, other.Length + 1)];
        for (int i = 1; i <= one.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= other.Length; j++)
            {
                int above = row[j];
                row[j] = Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (one[i - 1] == other[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[^1];
    }
}
