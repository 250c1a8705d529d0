namespace Fail2Ban.Configuration;

/// <summary>The options of each kind of file, in the order in which their commands are sent.</summary>
internal static class OptionRules
{
    public static readonly OptionRule[] Filter =
    [
        new("usedns"), new("prefregex"), new("ignoreregex"), new("failregex"), new("maxlines", OptionKind.Whole), new("datepattern"), new("journalmatch"),
    ];

    public static readonly OptionRule[] Action =
    [
        new("actionstart"), new("actionstart_on_demand", OptionKind.Flag), new("actionstop"), new("actionflush"), new("actionreload"), new("actioncheck"),
        new("actionrepair"), new("actionrepair_on_unban", OptionKind.Flag), new("actionban"), new("actionprolong"), new("actionreban"), new("actionunban"),
        new("norestored", OptionKind.Flag),
    ];

    /// <summary>What is read of every section, to find the jails that are enabled.</summary>
    public static readonly OptionRule[] JailFirst =
    [
        new("enabled", OptionKind.Flag, false), new("backend", OptionKind.Text, "auto"), new("filter", OptionKind.Text, ""),
    ];

    /// <summary>What becomes a plain command of the jail.</summary>
    public static readonly OptionRule[] JailCommands =
    [
        new("maxretry", OptionKind.Whole), new("maxmatches", OptionKind.Whole), new("findtime"), new("bantime"),
        new("bantime.increment", OptionKind.Flag), new("bantime.factor"), new("bantime.formula"), new("bantime.multipliers"),
        new("bantime.maxtime"), new("bantime.rndtime"), new("bantime.overalljails", OptionKind.Flag),
        new("ignorecommand"), new("ignoreself", OptionKind.Flag), new("ignoreip"), new("ignorecache"),
        new("logtimezone"), new("logencoding"),
    ];

    public static readonly OptionRule[] Jail =
    [
        .. JailFirst, new("logpath"), new("skip_if_nologs", OptionKind.Flag), new("systemd_if_nologs", OptionKind.Flag), .. JailCommands, new("action"), .. Filter,
    ];

    public static readonly OptionRule[] Server =
    [
        new("syslogsocket", OptionKind.Text, "auto"), new("loglevel", OptionKind.Text, "INFO"), new("logtarget", OptionKind.Text, ServerReader.LogTarget),
        new("allowipv6", OptionKind.Text, "auto"), new("dbfile", OptionKind.Text, "/var/lib/fail2ban/fail2ban.sqlite3"),
        new("dbmaxmatches", OptionKind.Whole), new("dbpurgeage", OptionKind.Text, "1d"),
    ];
}
