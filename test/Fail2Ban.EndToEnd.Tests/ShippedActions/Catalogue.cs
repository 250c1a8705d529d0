namespace Fail2Ban.EndToEnd.Tests.ShippedActions;

/// <summary>Every action that is shipped, with the parameters that the tests run it with.</summary>
internal static class Catalogue
{
    private const string Log = "logpath=\"{folder}/log\"";
    private const string Mail = "mailcmd=\"sendmail -f <sender> <dest>\"";

    // Without an entry: name[port="ssh,http"]. {folder} is where the stand-ins are.
    private static readonly Dictionary<string, string> s_parameters = new(StringComparer.Ordinal)
    {
        ["iptables"] = "iptables[port=ssh, protocol=\"tcp,udp\", chain=\"INPUT FORWARD\"]",
        ["iptables-ipset"] = "iptables-ipset[port=ssh, ipsettime=\"<timeout-bantime>\"]",
        ["iptables-new"] = "iptables-new[port=ssh]",
        ["ipfw"] = "ipfw[port=22]",
        ["osx-ipfw"] = "osx-ipfw[port=22, rulenum=2345]",
        ["bsd-ipfw"] = "bsd-ipfw[startstatefile=\"{folder}/state\"]",
        ["osx-afctl"] = "osx-afctl[afctl=afctl]",
        ["symbiosis-blacklist-allports"] = "symbiosis-blacklist-allports[folder=\"{folder}\"]",
        ["ufw"] = "ufw[kill-mode=ss, application=OpenSSH]",
        ["hostsdeny"] = "hostsdeny[file=\"{folder}/file\"]",
        ["dummy"] = "dummy[target=\"{folder}/file\"]",
        ["nginx-block-map"] = "nginx-block-map[blck_lst_file=\"{folder}/file\", srv_pid=\"{folder}/pid\"]",
        ["mikrotik"] = "mikrotik[user=admin, host=router.example.org, keyfile=/etc/key]",
        ["netscaler"] = "netscaler[ns_host=ns.example.org, ns_auth=dXNlcjpwYXNz, ns_dataset=bad]",
        ["nsupdate"] = "nsupdate[domain=bl.example.org, nsupdatecmd=nsupdate, keyfile=/etc/key]",
        ["sendmail"] = $"sendmail[{Mail}]",
        ["sendmail-buffered"] = $"sendmail-buffered[{Mail}, lines=2, tmpfile=\"{{folder}}/file\"]",
        ["sendmail-whois"] = $"sendmail-whois[{Mail}]",
        ["sendmail-whois-matches"] = $"sendmail-whois-matches[{Mail}]",
        ["sendmail-whois-ipmatches"] = $"sendmail-whois-ipmatches[{Mail}]",
        ["sendmail-whois-ipjailmatches"] = $"sendmail-whois-ipjailmatches[{Mail}]",
        ["sendmail-whois-lines"] = $"sendmail-whois-lines[{Mail}, {Log}]",
        ["sendmail-geoip-lines"] = $"sendmail-geoip-lines[{Mail}, {Log}]",
        ["mail-whois-lines"] = $"mail-whois-lines[{Log}]",
        ["mail-buffered"] = "mail-buffered[lines=2, tmpfile=\"{folder}/file\"]",
        ["complain"] = $"complain[{Log}]",
        ["xarf-login-attack"] = $"xarf-login-attack[{Log}, mailcmd=sendmail]",
        ["dshield"] = "dshield[port=\"ssh,8080\", myip=198.51.100.1, lines=2, tmpfile=\"{folder}/dshield\"]",
        ["mynetwatchman"] = "mynetwatchman[mnwlogin=me@example.org, mnwpass=secret, port=ssh, tmpfile=\"{folder}/mynetwatchman\"]",
        ["abuseipdb"] = "abuseipdb[abuseipdb_apikey=key, abuseipdb_category=\"18,22\"]",
        ["blocklist_de"] = "blocklist_de[email=me@example.org, apikey=key]",
        ["ipthreat"] = "ipthreat[ipthreat_apikey=key]",
        ["cloudflare"] = "cloudflare[cfuser=me@example.org, cftoken=key]",
        ["cloudflare-token"] = "cloudflare-token[cfzone=0123, cftoken=key]",
    };

    // These speak to the kernel by themselves, without a program that could be stood in for.
    private static readonly string[] s_kernel = ["nftables", "nftables-allports", "nftables-multiport", "iptables-xt_recent-echo"];

    private static readonly Loss s_emptied = new("iptables -F; iptables -X; ip6tables -F; ip6tables -X; ipset destroy");
    private static readonly Loss s_reloaded = new("firewall-cmd --reload"); // direct rules are gone with it
    private static readonly Loss s_flushed = new("nft flush ruleset");

    /// <summary>The actions that have an <c>actioncheck</c>, and what makes it fail. All others have none.</summary>
    public static IReadOnlyDictionary<string, Loss> Losses { get; } = new SortedDictionary<string, Loss>(StringComparer.Ordinal)
    {
        ["firewallcmd-allports"] = s_reloaded,
        ["firewallcmd-ipset"] = s_reloaded,
        ["firewallcmd-multiport"] = s_reloaded,
        ["firewallcmd-new"] = s_reloaded,
        ["iptables"] = s_emptied,
        ["iptables-allports"] = s_emptied,
        ["iptables-ipset"] = s_emptied,
        ["iptables-ipset-proto6"] = s_emptied,
        ["iptables-ipset-proto6-allports"] = s_emptied,
        ["iptables-multiport"] = s_emptied,
        ["iptables-multiport-log"] = s_emptied,
        ["iptables-new"] = s_emptied,
        ["iptables-xt_recent-echo"] = s_emptied,
        ["nftables"] = s_flushed,
        ["nftables-allports"] = s_flushed,
        ["nftables-multiport"] = s_flushed,
        ["pf"] = new("pfctl -a f2b/demo -F rules"),
        ["symbiosis-blacklist-allports"] = s_emptied with { Foreign = "iptables -N blacklist; ip6tables -N blacklist" },
    };

    /// <summary>All, by their names.</summary>
    public static IReadOnlyList<string> Names { get; } = In(Path.Combine(Fail2Ban.Tests.RepositoryRoot.Find(), "config", "action.d"));

    /// <summary>The actions in a folder; those that are only read by others left out.</summary>
    public static IReadOnlyList<string> In(string folder) =>
    [
        .. Directory.GetFiles(folder, "*.conf").Select(Path.GetFileNameWithoutExtension).OfType<string>()
            .Where(static name => !name.EndsWith("-common", StringComparison.Ordinal)).Order(StringComparer.Ordinal),
    ];

    /// <summary>Those that can be run with stand-ins.</summary>
    public static IEnumerable<string> Recordable => Names.Except(s_kernel);

    /// <summary>The action as a jail would have it.</summary>
    public static string Text(string name, string folder) =>
        (s_parameters.TryGetValue(name, out string? text) ? text : $"{name}[port=\"ssh,http\"]").Replace("{folder}", folder, StringComparison.Ordinal);
}
