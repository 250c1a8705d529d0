using Fail2Ban.Client.Commands;
using ClientOptions = Fail2Ban.Client.OptionTable;
using RegexOptions = Fail2Ban.RegexTool.OptionTable;

namespace Fail2Ban.Reference;

/// <summary>The pages about the three programs.</summary>
internal static class ProgramPages
{
    private static readonly PageSection s_files = new("Files",
    [
        new Entries(("file", "what it is"),
        [
            ("/etc/fail2ban/", "the configuration: `fail2ban.conf`, `jail.conf`, `filter.d/`, `action.d/`, and what you put beside them in `*.local` and `*.d/`; see `jail.conf`(5)"),
            ("/var/run/fail2ban/fail2ban.sock", "the socket of the server; who may write to it may command the server"),
            ("/var/lib/fail2ban/fail2ban.sqlite3", "bans and positions in logs, over a restart"),
            ("/var/log/fail2ban.log", "the log"),
        ]),
    ]);

    private static readonly PageSection s_exit = new("Exit status", [new Paragraph("0, or 255 for any failure.")]);

    internal static Page Client { get; } = new("fail2ban-client", "configures and asks the fail2ban server",
    [
        new("Synopsis", [new Example("fail2ban-client [OPTIONS] COMMAND")]),
        new("Description",
        [
            new Paragraph("`fail2ban-client` sends a command to the running server and prints its answer. `start`, `restart` and `reload` read the configuration and give it to the server."),
            new Paragraph("A command that is not known is answered with the nearest one that is. Where there is no server, the answer says how to start it and what its log said last."),
        ]),
        new("Options", [new Paragraph("Options come before the command. Long ones may be shortened as long as they are unique."), ClientEntries()]),
        new("Commands",
        [
            new Paragraph("`[…]` may be left out, `|` separates alternatives, `...` may be repeated, names in capitals stand for values."),
            .. CommandTable.Sections.SelectMany(section => (Block[])
            [
                new Heading(section.Title),
                new Entries(("command", "what it does"), [.. section.Commands.Select(command => (command.Words, command.Help))]),
            ]),
        ]),
        new("Interactive mode", [new Paragraph("With `-i` commands are read from a prompt with history and completion, and answered one by one; `exit` ends it.")]),
        new("Completion", [new Paragraph("Completions for bash, zsh and fish offer commands, and from the running server the names of jails, actions and banned addresses.")]),
        s_exit,
        s_files,
        new("Examples",
        [
            new Entries(("command", "what it does"),
            [
                ("fail2ban-client status sshd", "counters and banned addresses of a jail"),
                ("fail2ban-client set sshd banip 192.0.2.1", "bans by hand"),
                ("fail2ban-client unban 192.0.2.1", "unbans in every jail"),
                ("fail2ban-client get sshd banip --with-time", "since when and until when each is banned"),
                ("fail2ban-client reload", "reads changed files; bans stay"),
                ("fail2ban-client --json status sshd", "the same for a program"),
            ]),
        ]),
        new("See also", [new Paragraph("`fail2ban-server`(1), `fail2ban-regex`(1), `jail.conf`(5)")]),
    ]);

    internal static Page Server { get; } = new("fail2ban-server", "follows logs and bans who fails too often",
    [
        new("Synopsis", [new Example("fail2ban-server [OPTIONS]")]),
        new("Description",
        [
            new Paragraph("`fail2ban-server` reads the configuration and starts all jails that are enabled: in the background, or with `-f` in the foreground, as a service manager starts it (`fail2ban-server -xf start`). With other words than `start` it acts as `fail2ban-client`."),
            new Paragraph("Started by systemd with `Type=notify` it says that it is ready once the bans of the database are in force, and serves a watchdog. A socket that systemd opened (`LISTEN_FDS`) is used in place of its own."),
        ]),
        new("Options", [ClientEntries()]),
        new("Signals",
        [
            new Entries(("signal", "what it does"),
            [
                ("TERM", "stops all jails and ends the server; so does `INT`"),
                ("USR1", "opens the log file again, as `flushlogs`"),
                ("HUP", "nothing, so that a terminal that closes does not end it"),
            ]),
        ]),
        s_exit,
        s_files,
        new("See also", [new Paragraph("`fail2ban-client`(1), `jail.conf`(5)")]),
    ]);

    internal static Page RegexTool { get; } = new("fail2ban-regex", "tries filters and regular expressions on logs",
    [
        new("Synopsis", [new Example("fail2ban-regex [OPTIONS] LOG REGEX [IGNOREREGEX]\nfail2ban-regex [-c CONFIG] --lint FILTER")]),
        new("Description",
        [
            new Paragraph("`fail2ban-regex` reads a log as a jail would and reports which lines match, which are missed, and which dates it found. It needs no server, bans nobody and writes nothing."),
            new Entries(("argument", "what it may be"),
            [
                ("LOG", "a log file; `-` for standard input; `systemd-journal`, optionally with parameters in brackets; anything else is a line itself"),
                ("REGEX", "the name of a jail or of a filter, optionally with options in brackets (`sshd[mode=aggressive]`); the path of a filter file; anything else is a failregex itself"),
                ("IGNOREREGEX", "an ignoreregex in place of those of the filter"),
            ]),
        ]),
        new("Options",
        [
            new Entries(("option", "what it does"),
                [.. RegexOptions.All.Select(option => (string.Join(", ", option.Names) + (option.Value is null ? "" : $" <{option.Value}>"), option.Help))]),
        ]),
        new("Faults in filters",
        [
            new Paragraph("With `--lint` no log is read. The filter, or each one of the configuration with `--lint all`, is looked at in every form that its parameters give it. The samples are lines in the comments of its files, as the program logs them, with or without their date and head."),
            new Entries(("fault", "what it means"),
            [
                ("open", "neither end of the line is fixed (`^`, `$`), so the host may be found anywhere in it"),
                ("forgeable", "in the line that is shown, text where the pattern takes any text has another host found"),
                ("slow", "a text that grows needs more than a hundred steps a byte (counted, not timed)"),
                ("unsampled", "no comment of the file is a line that the pattern matches"),
                ("shadowed", "all samples of the pattern match one before it"),
                ("excluded", "the prefregex lets no line through that the pattern could match"),
            ]),
        ]),
        new("Exit status", [new Paragraph("0 when the log was read or a filter has no fault, 1 for faults in a filter or a failure inside, 2 for an unknown option, 255 for wrong input.")]),
        new("Examples",
        [
            new Entries(("command", "what it does"),
            [
                ("fail2ban-regex /var/log/auth.log sshd", "what the filter sshd makes of a log"),
                ("fail2ban-regex systemd-journal sshd", "the same of the journal"),
                ("fail2ban-regex --lint all", "look for faults in all filters"),
                ("fail2ban-regex -o ip /var/log/auth.log sshd", "only the addresses"),
                ("fail2ban-regex 'Jan  1 12:00:00 host app: bad 192.0.2.1' 'bad <HOST>$'", "one line and one expression"),
            ]),
        ]),
        new("See also", [new Paragraph("`fail2ban-client`(1), `jail.conf`(5)")]),
    ]);

    private static Entries ClientEntries() => new(("option", "what it does"),
        [.. ClientOptions.All.Select(option => (string.Join(", ", option.Names) + (option.Value is null ? "" : $" <{option.Value}>"), option.Help))]);
}
