using System.Text;

namespace Fail2Ban.Client.Commands;

/// <summary>The commands, defined once: help, man page, completions and hints about wrong words come from here.</summary>
internal static class CommandTable
{
    /// <summary>All, under their headings. Commands of the protocol that only programs send are not among them (<see cref="Internal"/>).</summary>
    internal static IReadOnlyList<CommandSection> Sections { get; } =
    [
        new("Basic",
        [
            new("start", "starts the server and all enabled jails"),
            new("restart [--unban] [--if-exists] [<JAIL>]", "stops and starts the server, or one jail"),
            new("reload [--restart] [--unban] [--if-exists] [<JAIL>|--all]", "reads the configuration again, without losing bans unless --unban is given"),
            new("stop", "stops all jails and the server"),
            new("unban --all", "unbans everybody in every jail and in the database"),
            new("unban <IP>...", "unbans in every jail and in the database"),
            new("banned [<IP>...]", "banned addresses by jail, or the jails that banned each <IP>"),
            new("status [--all [<FLAVOR>]]", "jails, or the state of all of them"),
            new("stats", "failures and bans of all jails as a table; also statistics"),
            new("ping [<TIMEOUT>]", "asks whether the server answers"),
            new("echo <WORD>...", "gets the words back"),
            new("sleep <SECONDS>", "waits on the server's side"),
            new("server-status", "tells whether the server is ready"),
            new("version", "version of the server"),
            new("help", "prints this help"),
        ]),
        new("Log and database",
        [
            new("get|set loglevel [<LEVEL>]", "CRITICAL, ERROR, WARNING, NOTICE, INFO, DEBUG, TRACEDEBUG, HEAVYDEBUG or a number"),
            new("get|set logtarget [<TARGET>]", "a file, STDOUT, STDERR, SYSOUT, SYSLOG or SYSTEMD-JOURNAL"),
            new("get|set syslogsocket [auto|<FILE>]", "socket for the target SYSLOG"),
            new("flushlogs", "opens the log file again, after rotation"),
            new("get|set dbfile [<FILE>]", "database of bans; None for none"),
            new("get|set dbmaxmatches [<INT>]", "log lines kept per ban in the database"),
            new("get|set dbpurgeage [<TIME>]", "how long ended bans are remembered"),
            new("set allowipv6 auto|yes|no", "whether IPv6 is used"),
            new("get thread", "stack size of threads, kept for compatibility"),
        ]),
        new("Jails",
        [
            new("add <JAIL> [<BACKEND>]", "makes a jail: auto, pyinotify, polling or systemd"),
            new("start <JAIL>", "starts a jail"),
            new("stop <JAIL>|--all", "stops and removes a jail"),
            new("status <JAIL> [<FLAVOR>]", "state of a jail; flavors are basic, short, stats and cymru"),
            new("get <JAIL> banned [<IP>...]", "banned addresses, or 1 or 0 for each <IP>"),
            new("get <JAIL> banip [<SEP>|--with-time]", "banned addresses by end of ban"),
            new("set <JAIL> banip <IP>...", "bans"),
            new("set <JAIL> unbanip [--report-absent] <IP>...", "unbans"),
            new("set <JAIL> attempt <IP> [<LINE>...]", "counts a failure"),
            new("set <JAIL> idle on|off", "suspends and resumes a jail"),
            new("get|set <JAIL> ignoreself [true|false]", "whether own addresses are ignored"),
            new("get <JAIL> ignoreip", "what is ignored"),
            new("set <JAIL> addignoreip <IP>...", "ignores addresses, networks or names"),
            new("set <JAIL> delignoreip <IGNORED>...", "ignores them no longer"),
            new("get|set <JAIL> ignorecommand|ignorecache [<VALUE>]", "external decision on what is ignored"),
            new("get <JAIL> logpath", "files that are followed"),
            new("set <JAIL> addlogpath <FILE> [head|tail]", "follows a file, from its beginning or end"),
            new("set <JAIL> dellogpath <LOG>...", "follows a file no longer"),
            new("set <JAIL> addlogglob <PATTERN> [head|tail]", "follows what fits a pattern, now and later"),
            new("set <JAIL> dellogglob <PATTERN>...", "looks for such files no longer"),
            new("get <JAIL> logglob", "patterns of files that are followed"),
            new("get <JAIL> sources", "per log: position, lines read, how far behind, last error"),
            new("get|set <JAIL> logencoding [<ENCODING>]", "encoding of the files, auto for the locale's"),
            new("get|set <JAIL> logtimezone [<ZONE>]", "zone of dates that name none"),
            new("get <JAIL> journalmatch", "what is read of the journal"),
            new("set <JAIL> addjournalmatch|deljournalmatch <MATCH>...", "changes what is read of the journal"),
            new("get <JAIL> failregex|ignoreregex", "the expressions, expanded and numbered"),
            new("set <JAIL> addfailregex|addignoreregex <REGEX>", "adds an expression"),
            new("set <JAIL> delfailregex|delignoreregex <INDEX>", "removes an expression"),
            new("get|set <JAIL> prefregex [<REGEX>]", "what each line must match first"),
            new("get|set <JAIL> datepattern [<PATTERN>]", "how dates look"),
            new("get|set <JAIL> maxlines [<INT>]", "lines that an expression sees at once"),
            new("get|set <JAIL> usedns [yes|warn|no|raw]", "what becomes of host names"),
            new("get <JAIL> limitsexceeded", "log lines that were given up because a pattern needed too long for them"),
            new("get|set <JAIL> findtime|bantime [<TIME>]", "window of failures, length of a ban"),
            new("get|set <JAIL> bantime.increment|bantime.overalljails [true|false]", "whether bans grow, and over all jails"),
            new("get|set <JAIL> bantime.factor|bantime.formula|bantime.multipliers [<VALUE>]", "how bans grow"),
            new("get|set <JAIL> bantime.maxtime|bantime.rndtime [<TIME>]", "the longest ban, and what chance adds"),
            new("get|set <JAIL> maxretry|maxmatches [<INT>]", "failures until a ban, log lines kept"),
        ]),
        new("Actions",
        [
            new("get <JAIL> actions", "names of the actions"),
            new("set <JAIL> addaction <ACTNAME> [<PYFILE> <JSON>]", "adds an action"),
            new("set <JAIL> delaction <ACT>", "removes an action"),
            new("get <JAIL> actionproperties|actionmethods <ACT>", "what an action has"),
            new("get <JAIL> action <ACT> <PROPERTY>", "one property, such as actionban"),
            new("set <JAIL> action <ACT> <PROPERTY> <VALUE>", "changes a property"),
            new("set <JAIL> action <ACT> start|stop|flush|reload [<JSON>]", "calls a method"),
        ]),
    ];

    /// <summary>The commands without headings.</summary>
    internal static IReadOnlyList<Command> All { get; } = [.. Sections.SelectMany(section => section.Commands)];

    /// <summary>First words that a server knows and nobody types.</summary>
    internal static IReadOnlyList<string> Internal { get; } = ["statistic", "statistics", "config-error", "server-stream", "multi-set"];

    internal static string Help()
    {
        var text = new StringBuilder("Commands:\n");
        foreach (CommandSection section in Sections)
        {
            text.Append($"  {section.Title}\n");
            foreach (Command command in section.Commands) HelpText.AppendEntry(text, $"    {command.Words}", command.Help, 45);
        }

        return text.ToString();
    }
}
