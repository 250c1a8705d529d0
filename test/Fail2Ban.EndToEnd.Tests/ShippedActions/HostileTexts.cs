namespace Fail2Ban.EndToEnd.Tests.ShippedActions;

/// <summary>
/// What an attacker might make an id, a user name, a log line or the name of his address: each would run a program,
/// write a file or forge a mail if it were read as anything but text.
/// </summary>
internal static class HostileTexts
{
    /// <summary>One of each kind.</summary>
    /// <param name="program">The program that must not run: its name, or its path.</param>
    /// <param name="file">A file that nobody must write.</param>
    public static string[] OfEachKind(string program, string file) =>
    [
        // Substitution, in each form that a shell knows
        $"$({program})`{program}`", $"$(({program}))", $"${{x:-$({program})}}", $"<({program})", $"a[$({program})]", $"$0 $1 $@ $f2bV_ip ${{IFS}}{program}",

        // Ends of commands and of quotes
        $"; {program};", $"| {program}", $"& {program} &", $"|| {program}", $"x\n{program}\n", $"\"; {program}; \"", $"'; {program}; '", $"\\\"; {program}; \\\"", $"\"`{program}`\"", $"\\`{program}\\`",
        $") {program} (", $"}} ; {program} ; {{", $"fi; {program}; if", $"esac; {program}", $"\\\n{program}", $"EOF\n{program}\nEOF\n",

        // Redirections, globs, homes, assignments, functions
        $"> {file}", $"2>{file}", "/*/?[a-z]*", "~root", "~.*", $"!{program}", $"PATH=/ {program}", $"x='() {{ :;}}; {program}'",

        // Options of the programs that are given it
        "-c canary|canary &", $"-oQ/tmp -X{file}", $"-oProxyCommand={program}", $"--output={file}", "-j ACCEPT", $"@{file}",

        // Mail, hosts.deny, JSON, nsupdate, nft, sed, awk
        $"a\r\nBcc: canary@example.net\r\n\r\n.\r\n~!{program}", $"\n~|{program}\n.\nQUIT\n", "x\nSubject: forged\n\n--x\nContent-Type: text/html\n\n", $"ALL : spawn {program}", "\",\"mode\":\"challenge\",\"x\":\"",
        $"\nshow\n!{program}\n", "} ; flush ruleset ; {", $"/e;{program}", $"\" {{ system(\"{program}\") }} \"",

        // Tags, interpolation, formats
        "<ip> <matches> <F-USER> <actionban>", "%(actionban)s %(__name__)s %s%n%d%%", "{0} {ip} ${jail}",

        // Characters that look like others, or are nothing; bytes that are no UTF-8 come as U+FFFD
        $"a\0;{program}", $"\u2028{program}\u2029\u0085{program}", $"\uff1b{program}\uff5c{program}\u202e\u200b\ufeff", "\udcff\ud800\udc80\ufffd", "\x1b]0;x\a\x1b[2J\b\x7f", "", " \t", "\\", "\"", "'", "$(",

        // Longer than one argument may be
        string.Concat(Enumerable.Repeat($"$({program})", 20_000)),
    ];

    /// <summary>Those, and more of some kinds.</summary>
    /// <inheritdoc cref="OfEachKind"/>
    public static string[] All(string program, string file) =>
    [
        .. OfEachKind(program, file),
        $"$({program})", $"`{program}`", $"$(<{file})", $">({program})", $"$(printf x >{file})", $"$'{program}'", "$0 $1 $@ $* $# $f2bV_ip ${f2bV_F_user}", $";{program}", $"|{program}|",
        $"&& {program}", $"x\r\n{program}\r\n", $"\\'; {program}; \\'", $"\"$({program})\"", $"'$({program})'", $"]] && {program} && [[", $";;& {program};;", $"done; {program}; for x", $"#\n{program}",
        $"HERE\n{program}\n", $">> {file}", $">|{file}", $"<>{file}", $"</etc/passwd >{file}", "*", "~+", $"!! {program}", $"() {{ :; }}; {program}", $"--exec={program}", $"-o {file}", "-- -x",
        $"-E {program}", "-d @/etc/passwd", $"~:!{program}", "\n.\n", $"ALL: ALL: twist {program}", "{\"mode\":\"x\"}", $"1w {file}", "'; DROP TABLE bans; --", $"<matches>$({program})", "<br>.<br>",
        $"\0{program}", $"\v{program}\f", "\ud83d\ude80 ${\u00e4}", " ", "\\\\", "`", "$", "${", new string('A', 200_000) + $"; {program}",
    ];
}
