using System.Text;

namespace Fail2Ban.EndToEnd.Tests.ShippedActions;

/// <summary>
/// Programs that record how they were called, in front of the PATH of this process: for firewalls and mailers that are
/// not installed here, or must not be reached. That the real ones understand what is recorded is not shown by this.
/// </summary>
internal sealed class StandIns : IDisposable
{
    private const string Script = """
        #!/bin/sh
        # One record a call: the arguments in brackets, then the standard input of those that read it.
        # Most calls need no other program for that.
        name=${0##*/} reads=
        newline='
        '
        record=$name
        for argument do
            case $argument in
            -) reads=1;;
            *"$newline"*) argument=$(printf '%s' "$argument" | sed -z 's/\n/\\n/g');;
            esac
            record="$record [$argument]"
        done
        case $name in sendmail|mail|nsupdate|apprise) reads=1;; esac
        if [ -n "$reads" ]; then
            input=$(cat)
            record=$(printf '%s\n%s' "$record" "$input" | sed '2,$s/^/  | /')
        fi
        printf '%s\n' "$record" >>"$STAND_IN_RECORD"
        here=${0%/*}
        if [ -f "$here/$name.answer" ]; then . "$here/$name.answer"; fi
        """;

    // A rule or chain is there once it was put there, until the action is stopped or somebody removes all chains.
    private const string RuleMemory = """
        rule=$(printf '%s ' "$@" | sed -E 's/ -[CIADNL] / /; s/ -n / /; s/ 1 / /')
        case " $* " in
        *' -L blacklist '*) [ ! -e "$here/$name.emptied" ];; # somebody else's chain
        ' -N blacklist ') rm -f "$here/$name.emptied";;
        ' -X ') rm -f "$here/$name.rules"; : >"$here/$name.emptied";;
        *' -C '*|*' -L '*) grep -qsxF -e "$rule" "$here/$name.rules";;
        *' -I '*|*' -A '*|*' -N '*) printf '%s\n' "$rule" >>"$here/$name.rules";;
        *' -D '*|*' --delete-chain '*) rm -f "$here/$name.rules";;
        esac
        """;

    private static readonly string[] Names =
    [
        "iptables", "ip6tables", "ipset", "firewall-cmd", "ufw", "ss", "conntrack", "pfctl", "ipfw", "ipf", "npfctl", "ip", "shorewall", "shorewall6",
        "apf", "csf", "ssh", "curl", "nginx", "nsupdate", "sendmail", "mail", "whois", "geoiplookup", "geoiplookup6", "dig", "apprise", "afctl", "id", "canary",
        "getent", "timeout",
    ];

    private readonly string? _path = Environment.GetEnvironmentVariable("PATH");

    public StandIns()
    {
        foreach (string name in Names)
        {
            Write(name, Script);
            File.SetUnixFileMode(Path(name), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        // What the programs say where an action asks them; a jump or chain is never there before.
        Answer("iptables", RuleMemory);
        Answer("ip6tables", RuleMemory);
        Answer("ipset", "case $1 in --test|--list) exit 1;; esac");
        Answer("ipfw", """
            case $* in
            list) echo '00100 allow ip from any to any via lo0'; echo '00111 allow tcp from any to me 25'
                echo '02000 unreach port tcp from 192.0.2.1 to 127.0.0.1 22';;
            '-S list') echo '02345 set 10 unreach port log tcp from 192.0.2.1 to me dst-port 22';;
            esac
            """);
        Answer("firewall-cmd", """
            rule=$(printf '%s ' "$@" | sed -E 's/ --(add|query|remove)-rule / /') rules=$here/$name.rules
            touch "$rules"
            case $* in
            *--query-rule*) grep -qxF -e "$rule" "$rules";;
            *--add-rule*) printf '%s\n' "$rule" >>"$rules";;
            *--add-chain*) printf '%s\n' "$*" >>"$rules";;
            *--remove-rules*) sed -i "/^--direct $3 $4 $5 /d" "$rules";;
            *--remove-rule*) kept=$(grep -vxF -e "$rule" "$rules"); printf '%s\n' "$kept" >"$rules";;
            *--remove-chain*) sed -i "/^--direct --add-chain $3 $4 $5\$/d" "$rules";;
            --reload) rm -f "$rules";;
            *--get-chains*) echo f2b-other $(sed -n "s/^--direct --add-chain $3 $4 //p" "$rules");;
            *--get-entries*) echo 192.0.2.1;;
            *--permanent*--get-ipsets*) echo other;;
            esac
            """);
        Answer("pfctl", """
            case $* in
            *' -f -') printf '%s\n' "$input" | grep -v ^table >"$here/$name.rules";;
            *' -F rules') rm -f "$here/$name.rules";;
            *' -s rules') cat "$here/$name.rules" 2>/dev/null;;
            esac
            """);
        Answer("whois", "printf 'netname: EXAMPLE\\n.\\n~!canary\\nSubject: forged\\n'");
        Answer("timeout", "shift; \"$@\"");
        Answer("geoiplookup", "echo 'GeoIP Country Edition: NL, Netherlands'");
        Answer("geoiplookup6", "echo 'GeoIP Country V6 Edition: NL, Netherlands'");
        Answer("dig", "printf '\"abuse@example.net, -oQ/tmp@x, noc@example.net;canary, $(canary)@x\"\\n'");
        Answer("canary", $"touch {Path("ran")}");
        Answer("id", "echo 0");
        Answer("curl", """
            case $* in
            *--get*) printf '{"success": true, "result": [ {"id": "0123456789abcdef0123456789abcdef", "scope": {"id": "x"}} ] }';;
            *) echo '{"success": true}';;
            esac
            """);
        Answer("getent", "case $2 in ssh) echo 'ssh 22/tcp';; tcp) echo 'tcp 6 TCP';; esac");
        Environment.SetEnvironmentVariable("STAND_IN_RECORD", Path("record"));
        Environment.SetEnvironmentVariable("PATH", $"{Folder}:{_path}");
        Environment.SetEnvironmentVariable("TZ", "UTC");
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("f2b-stand-ins.").FullName;

    public string Path(string name) => System.IO.Path.Combine(Folder, name);

    /// <summary>Whether the program that nobody should run was run since the last <see cref="Forget"/>.</summary>
    public bool CanaryRan => File.Exists(Path("ran"));

    /// <summary>What was recorded since the last call.</summary>
    public string Take()
    {
        var text = new StringBuilder(File.Exists(Path("record")) ? File.ReadAllText(Path("record")) : "");
        File.Delete(Path("record"));
        return text.Replace(Folder, "{folder}").ToString();
    }

    public void Write(string name, string text) => File.WriteAllText(Path(name), text + "\n");

    /// <summary>Removes what an action, or the programs' memory of it, left.</summary>
    public void Forget()
    {
        foreach (string name in new[] { "record", "ran", "file", "state", "dshield.buffer", "dshield.first", "dshield.last", "dshield.sent" }) File.Delete(Path(name));
        foreach (string pattern in new[] { "*.rules", "*.emptied", "*.auto" })
            foreach (string left in Directory.GetFiles(Folder, pattern)) File.Delete(left);
    }

    public void Dispose()
    {
        Environment.SetEnvironmentVariable("PATH", _path);
        Directory.Delete(Folder, recursive: true);
    }

    private void Answer(string name, string script) => Write($"{name}.answer", script);
}
