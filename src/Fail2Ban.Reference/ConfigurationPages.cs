using Fail2Ban.Configuration;

namespace Fail2Ban.Reference;

/// <summary>The pages about the files of the configuration.</summary>
internal static class ConfigurationPages
{
    private static readonly Entries s_server = OptionTexts.Of(OptionRules.Server, OptionTexts.Server, ["socket", "pidfile"]);
    private static readonly Entries s_jail = OptionTexts.Of(OptionRules.Jail.DistinctBy(rule => rule.Name), OptionTexts.Jail, []);
    private static readonly Entries s_filter = OptionTexts.Of(OptionRules.Filter, OptionTexts.Filter, []);
    private static readonly Entries s_action = OptionTexts.Of(OptionRules.Action, OptionTexts.Action, ["timeout", "families", "lane", "kerneltimeout", "name", "actname"]);

    private static readonly Entries s_filterTags = new(("tag", "what it matches"),
    [
        ("<HOST>", "an address, in brackets or not, or with `usedns` other than `no` also a host name"),
        ("<ADDR>", "an address, in brackets or not; `<IP4>` and `<IP6>` for one family"),
        ("<SUBNET>", "an address or a network; `<CIDR>` is the length of its prefix"),
        ("<DNS>", "a host name"),
        ("<F-ID>…</F-ID>", "what is to be banned when it is no address; `<F-ID/>` for one word"),
        ("<F-USER>…</F-USER>", "a user; `<F-ALT_USER>` where an expression has another place for it"),
        ("<F-NAME>…</F-NAME>", "any name of your own in capitals: the text reaches actions as `<F-NAME>`"),
        ("<F-PORT/>", "a port"),
        ("<F-CONTENT>…</F-CONTENT>", "in `prefregex`: what the other expressions see"),
        ("<F-MLFID>…</F-MLFID>", "what lines of one session have in common; `<F-NOFAIL>` marks a line that is no failure by itself, `<F-MLFFORGET>` and `<F-MLFGAINED>` one that forgets or forgives the session"),
        ("<SKIPLINES>", "any number of lines, with `maxlines` above 1"),
    ]);

    private static readonly Entries s_actionTags = new(("tag", "what it stands for"),
    [
        ("<ip>", "the address or network, or another id as it is"),
        ("<fid>", "what was counted, where that is not the address"),
        ("<family>", "`inet4` or `inet6`"),
        ("<ip-rev>", "the address reversed for DNS, with a dot at its end"),
        ("<ip-host>", "its host name"),
        ("<failures>", "failures that led to the ban; `<ipfailures>` over all jails, `<ipjailfailures>` with earlier bans of this one"),
        ("<matches>", "their log lines; `<ipmatches>` over all jails, `<ipjailmatches>` with earlier bans of this one"),
        ("<time>", "when the ban began, seconds since 1970"),
        ("<bantime>", "how long it lasts in seconds, `-1` for ever"),
        ("<bancount>", "how often the address was banned"),
        ("<restored>", "`1` for a ban that a start restored, otherwise `0`"),
        ("<F-NAME>", "what a tag of that name captured in the filter; `<F-*>` for all"),
        ("<jail.name>", "the jail; `<jail.banned>`, `<jail.banned_total>`, `<jail.found>` and `<jail.found_total>` are its counters"),
        ("<name>", "and every other option and parameter of the action, by its name"),
        ("<fq-hostname>", "the machine's name; `<sh-hostname>` is its first part"),
        ("<br>", "a new line; `<sp>` is a blank"),
    ]);

    private static readonly PageSection s_format = new("Format",
    [
        new Paragraph("`[SECTION]` lines begin sections, `option = value` lines stand below them; a line that is indented continues a value. `#` and `;` at the beginning of a line make it a comment, `;` after a blank one at its end."),
        new Paragraph("`%(option)s` stands for another option of the section or of `[DEFAULT]`, `%(section/option)s` for one of another section, `%(known/option)s` for the value that earlier files gave. `%%` is a percent sign."),
        new Paragraph("`[INCLUDES]` has `before` and `after`: files that are read before and after this one, one a line."),
        new Paragraph("In filters and actions `<option>` stands for another option or parameter. In actions `[Init]` holds what a jail may give in brackets, and `[Init?family=inet6]` what holds for one family only."),
    ]);

    private static readonly PageSection s_files = new("Files",
    [
        new Paragraph("Each name is read from four places, the later ones winning option by option: `NAME.conf`, `NAME.d/*.conf`, `NAME.local`, `NAME.d/*.local`. Leave `*.conf` as the package has it and put what is yours in `*.local`."),
        new Entries(("file", "what it has"),
        [
            ("fail2ban.conf", "the server: log, socket, database"),
            ("jail.conf", "the jails: which log, which filter, which action, how many failures, how long"),
            ("filter.d/*.conf", "filters: which lines are failures, and of whom"),
            ("action.d/*.conf", "actions: how to ban and unban"),
            ("paths-*.conf", "where each system has its logs"),
        ]),
        new Paragraph("`fail2ban-client -t` tries everything that a start would do and names file and line of what is wrong; `fail2ban-client -d` shows the result."),
    ]);

    private static readonly PageSection s_times = new("Times",
    [
        new Paragraph("A time is a number of seconds, or has units: `s`, `m`, `h`, `d`, `w`, `mo`, `y`, also written out. They add up: `1d 12h`, `1h30m`; a day has 24 hours, a year 365.25 days. `fail2ban-client --str2sec 1d12h` tells the seconds."),
    ]);

    private static readonly Paragraph s_escape = new("Values that a log or DNS gave reach a command as variables of the shell, never as a part of its text.");

    internal static Page Server { get; } = new("fail2ban.conf", "options of the server",
        [new("Options", [new Paragraph("In `[Definition]` or `[DEFAULT]`, best in `fail2ban.local`. The command line goes before them."), s_server]), s_format]);

    internal static Page Jail { get; } = new("jail.conf", "options of a jail",
        [new("Options", [new Paragraph("In a section that has the jail's name, or for all jails in `[DEFAULT]`; best in `jail.local` or `jail.d/*.local`."), s_jail]), s_times, s_files, s_format]);

    internal static Page Filter { get; } = new("filter.d/*.conf", "options of a filter",
        [new("Options", [new Paragraph("In `[Definition]`; every other option is text for `%(…)s` and `<…>`."), s_filter]), new("Tags in expressions", [s_filterTags]), s_format]);

    internal static Page Action { get; } = new("action.d/*.conf", "options of an action",
        [new("Options", [new Paragraph("In `[Definition]`, and what a jail may change in `[Init]`. Commands are run by `/bin/sh`."), s_action]), new("Tags in commands", [s_actionTags, s_escape]), s_format]);

    internal static Page Manual { get; } = new("jail.conf", "configuration of the fail2ban server",
    [
        s_files, s_format,
        new("Server options", [new Paragraph("`fail2ban.conf`, section `[Definition]` or `[DEFAULT]`."), s_server]),
        new("Jail options", [new Paragraph("`jail.conf`, in a section that has the jail's name, or for all jails in `[DEFAULT]`."), s_jail]),
        s_times,
        new("Filter options", [new Paragraph("`filter.d/*.conf`, section `[Definition]`. Every other option is text for `%(…)s` and `<…>`."), s_filter, new Heading("Tags in expressions"), s_filterTags]),
        new("Action options", [new Paragraph("`action.d/*.conf`, section `[Definition]`, and what a jail may change in `[Init]`. Commands are run by `/bin/sh`."), s_action, new Heading("Tags in commands"), s_actionTags, s_escape]),
        new("Example",
        [
            new Paragraph("`jail.local`:"),
            new Example("[DEFAULT]\nbantime = 1h\nignoreip = 127.0.0.1/8 ::1 198.51.100.0/24\n\n[sshd]\nenabled = true\nmaxretry = 3"),
        ]),
        new("See also", [new Paragraph("`fail2ban-client`(1), `fail2ban-server`(1), `fail2ban-regex`(1)")]),
    ]);
}
