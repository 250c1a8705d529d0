using Fail2Ban.Configuration;

namespace Fail2Ban.Reference;

/// <summary>What the options of the configuration mean. Their names and kinds are those of <see cref="OptionRules"/>.</summary>
internal static class OptionTexts
{
    /// <summary>One of the tables below as entries: each option of the rules, with its kind and default.</summary>
    /// <exception cref="InvalidOperationException">An option has no text, or a text no option.</exception>
    internal static Entries Of(IEnumerable<OptionRule> rules, IReadOnlyDictionary<string, string> texts, IEnumerable<string> others)
    {
        List<OptionRule> all = [.. rules];
        string[] names = [.. all.Select(rule => rule.Name), .. others];
        if (texts.Keys.Except(names).FirstOrDefault() is { } stray) throw new InvalidOperationException($"{stray} is no option, and has a text");
        return new(("option", "meaning"), [.. names.Select(name => (name, Text(name, all.Find(rule => rule.Name == name))))]);

        string Text(string name, OptionRule rule)
        {
            string text = texts.TryGetValue(name, out string? found) ? found : throw new InvalidOperationException($"the option {name} has no text");
            string kind = rule.Kind switch { OptionKind.Whole => " A whole number.", OptionKind.Flag => " `true` or `false`.", _ => "" };
            string otherwise = rule.Default switch { null or "" => "", bool flag => $" Unset: `{(flag ? "true" : "false")}`.", var value => $" Unset: `{value}`." };
            int unset = text.IndexOf(" Unset: ", StringComparison.Ordinal);
            return (unset < 0 ? text + kind : text.Insert(unset, kind)) + otherwise;
        }
    }

    internal static IReadOnlyDictionary<string, string> Server { get; } = new Dictionary<string, string>
    {
        ["loglevel"] = "How much is logged: `CRITICAL`, `ERROR`, `WARNING`, `NOTICE`, `INFO`, `DEBUG`, `TRACEDEBUG`, `HEAVYDEBUG` or a number. Bans are logged at `NOTICE`, failures at `INFO`.",
        ["logtarget"] = "Where it is logged: a file, `STDOUT`, `STDERR`, `SYSOUT` (standard output without times), `SYSLOG` or `SYSTEMD-JOURNAL`. Options may follow in brackets: `padding=on|off`, `datetime=on|off`, `facility=NAME`, `format=\"…\"`.",
        ["syslogsocket"] = "The socket of syslog for the target `SYSLOG`; `auto` finds it.",
        ["allowipv6"] = "Whether IPv6 is used: `auto`, `yes` or `no`.",
        ["dbfile"] = "The database of bans; `None` for none.",
        ["dbmaxmatches"] = "Log lines kept per ban in the database. Unset: `10`.",
        ["dbpurgeage"] = "How long bans that are over are remembered.",
        ["socket"] = "Where the server listens; a name that begins with `@` is an abstract socket. Unset: `/var/run/fail2ban/fail2ban.sock`.",
        ["pidfile"] = "Where the server writes its process id. Unset: `/var/run/fail2ban/fail2ban.pid`.",
    };

    internal static IReadOnlyDictionary<string, string> Jail { get; } = new Dictionary<string, string>
    {
        ["enabled"] = "Whether the jail is started.",
        ["backend"] = "How its logs are followed: `auto` and `pyinotify` by inotify, `polling` once a second, `systemd` reads the journal and takes no files. Parameters may follow in brackets: `systemd[journalflags=1]`.",
        ["filter"] = "The filter, by the name of its file in `filter.d` without the suffix; parameters may follow in brackets: `sshd[mode=aggressive]`.",
        ["logpath"] = "The logs, one a line. Shell patterns are allowed; files that fit one later are followed too. `tail` behind a path begins at its end, `head` at its beginning.",
        ["skip_if_nologs"] = "Where no log is there: leave the jail out instead of failing.",
        ["systemd_if_nologs"] = "Where no log is there, the backend is `auto` and the filter has a `journalmatch`: read the journal. Unset: `true`.",
        ["maxretry"] = "Failures within `findtime` that lead to a ban. Unset: `3`.",
        ["maxmatches"] = "Log lines that are kept of an address, for mails and reports; at most so many reach `<matches>`. Unset: `5`.",
        ["findtime"] = "The window in which failures count, a time. Unset: `10m`.",
        ["bantime"] = "How long a ban lasts, a time; `-1` is for ever. Unset: `10m`.",
        ["bantime.increment"] = "Whether an address that was banned before is banned for longer. Needs a database.",
        ["bantime.factor"] = "A factor for longer bans, a number or an expression. Unset: `1`.",
        ["bantime.formula"] = "How longer bans grow: an expression of `ban.Time`, `ban.Count` and `banFactor`. Unset: the time doubles with each ban.",
        ["bantime.multipliers"] = "Factors for the first, second, … further ban in place of the formula, whole numbers separated by single blanks; the last holds for all after it.",
        ["bantime.maxtime"] = "The longest ban, a time.",
        ["bantime.rndtime"] = "The most that chance adds to a longer ban, a time.",
        ["bantime.overalljails"] = "Whether earlier bans of all jails count, not only those of this one.",
        ["ignorecommand"] = "A command that decides whether an address is ignored: it is when the command ends with 0. `<ip>` and other tags stand for what failed.",
        ["ignoreself"] = "Whether the machine's own addresses are ignored. Unset: `true`.",
        ["ignoreip"] = "Addresses, networks and host names that are never banned, separated by blanks or commas; `file:PATH` takes them from a file, one a line.",
        ["ignorecache"] = "Keeps what `ignorecommand` decided: `key=\"<ip>\", max-count=100, max-time=5m`.",
        ["logtimezone"] = "The time zone of dates that name none: `UTC`, `UTC+0200`, `UTC-05:00`. Unset: the machine's.",
        ["logencoding"] = "The encoding of the logs; `auto` for the locale's.",
        ["action"] = "What is done with a ban: actions by the names of their files in `action.d`, separated by blanks or lines, each with parameters in brackets.",
        ["usedns"] = "As in the filter; the jail's goes before it.",
        ["prefregex"] = "As in the filter; the jail's goes before it.",
        ["ignoreregex"] = "As in the filter; the jail's goes before it.",
        ["failregex"] = "As in the filter; the jail's goes before it. `%(known/failregex)s` stands for the filter's.",
        ["maxlines"] = "As in the filter; the jail's goes before it.",
        ["datepattern"] = "As in the filter; the jail's goes before it.",
        ["journalmatch"] = "As in the filter; the jail's goes before it.",
    };

    internal static IReadOnlyDictionary<string, string> Filter { get; } = new Dictionary<string, string>
    {
        ["usedns"] = "What becomes of host names in a log: `yes` asks DNS, `warn` asks and warns, `no` ignores them, `raw` bans them as they are. Unset: `warn`.",
        ["prefregex"] = "What each line must match first; what `<F-CONTENT>` captures is all that the other expressions see.",
        ["failregex"] = "The expressions, one a line. One that matches is a failure of what `<HOST>`, `<ADDR>`, `<SUBNET>` or `<F-ID>` captured.",
        ["ignoreregex"] = "Lines that match one of these are no failures.",
        ["maxlines"] = "Lines that an expression sees at once. Unset: `1`.",
        ["datepattern"] = "How dates look, one pattern a line, with `%Y`, `%m` and so on as in strptime(3); `{DATE}` stands for all the usual ones, `Epoch` for seconds since 1970, `^` binds to the line's beginning. Unset: the usual ones.",
        ["journalmatch"] = "Entries of the journal that are read: `_SYSTEMD_UNIT=sshd.service + _COMM=sshd`; `+` separates alternatives.",
    };

    internal static IReadOnlyDictionary<string, string> Action { get; } = new Dictionary<string, string>
    {
        ["actionstart"] = "Run when the jail starts, or with `actionstart_on_demand` before its first ban.",
        ["actionstart_on_demand"] = "Whether `actionstart` waits for the first ban. Unset: where the action distinguishes families.",
        ["actionstop"] = "Run when the jail stops.",
        ["actionflush"] = "Run in place of an `actionunban` for each address when all are unbanned at once.",
        ["actionreload"] = "Run when the action changed with a reload.",
        ["actioncheck"] = "Run after a command failed: whether what `actionstart` made is still there.",
        ["actionrepair"] = "Run when `actioncheck` failed; without it the action is stopped and started.",
        ["actionrepair_on_unban"] = "Whether a failed `actioncheck` is repaired also before an unban.",
        ["actionban"] = "Bans.",
        ["actionprolong"] = "Run when a ban becomes longer than it was.",
        ["actionreban"] = "Run in place of `actionban` for bans that a repair sets anew.",
        ["actionunban"] = "Unbans.",
        ["norestored"] = "Whether bans that a start restores are kept from this action, as mails should be.",
        ["timeout"] = "How long a command may take, a time. Unset: `60`.",
        ["families"] = "Families for which `actionstart` and `actionstop` are run, separated by blanks: `inet4 inet6`. Unset: those that the action has conditions for.",
        ["lane"] = "`notify`: the action only tells others, may take its time and is repeated where it fails; `enforce`: it bans. Unset: judged by `norestored` and what the action defines.",
        ["kerneltimeout"] = "nftables only: whether elements of sets end by themselves, should this server have died. `true` or `false`. Unset: `false`.",
        ["name"] = "Parameter: the name within the firewall, and what `<name>` stands for. Unset: that of the jail.",
        ["actname"] = "Parameter: the action's name within the jail. Unset: that of its file.",
    };
}
