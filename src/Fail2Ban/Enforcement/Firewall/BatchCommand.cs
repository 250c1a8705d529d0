using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Fail2Ban.Enforcement.Firewall;

/// <summary>A command of iptables or ipset that does no more than one line of the tool's restore format, so that many go through one process.</summary>
/// <param name="Restore">The command that reads such lines.</param>
/// <param name="Opening">What it reads before them.</param>
/// <param name="Before">The line up to the address.</param>
/// <param name="Tag">What stands for the address: <c>&lt;ip&gt;</c> or <c>&lt;fid&gt;</c>.</param>
/// <param name="After">The line behind the address.</param>
/// <param name="Closing">What it reads after them.</param>
/// <param name="Listing">For lines that delete rules: the command that lists the chain, since such a line is searched from its beginning.</param>
internal sealed record BatchCommand(string Restore, string Opening, string Before, string Tag, string After, string Closing, string? Listing = null)
{
    /// <summary>At most so many bytes go through one process: its input is put into a pipe at once.</summary>
    public const int MostBytes = 60_000;

    private static readonly SearchValues<char> Plain = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:,/+=@");

    private static readonly string[] Folders = ["/usr/sbin/", "/sbin/", "/usr/bin/", "/bin/"];

    // What asks iptables for another command than the one at the beginning, or is not known to restore.
    private static readonly string[] Commands = ["-A", "-C", "-D", "-I", "-R", "-L", "-S", "-F", "-Z", "-N", "-X", "-P", "-E", "-t", "-w", "-W", "-h", "-V"];

    /// <summary>
    /// Recognises <c>iptables [-w [N]] [-t TABLE] -I CHAIN [1] … -s &lt;ip&gt; …</c> (also -A and -D, and ip6tables, -legacy
    /// and -nft), and <c>ipset -exist add|del SET &lt;ip&gt; …</c>; nothing that a shell could read in another way.
    /// </summary>
    public static bool TryParse(string command, [NotNullWhen(true)] out BatchCommand? batch)
    {
        batch = null;
        string[] words = [.. command.Trim().Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries).Select(Unquoted)];
        if (words.Length < 5 || words.Count(IsTag) != 1 || !Array.TrueForAll(words, word => IsTag(word) || !word.AsSpan().ContainsAnyExcept(Plain))) return false;
        string name = Array.Find(Folders, folder => words[0].StartsWith(folder, StringComparison.Ordinal)) is { } found ? words[0][found.Length..] : words[0];
        batch = name switch
        {
            "ipset" => Ipset(words),
            "iptables" or "ip6tables" or "iptables-legacy" or "ip6tables-legacy" or "iptables-nft" or "ip6tables-nft" => Iptables(words),
            _ => null,
        };
        return batch is not null;
    }

    /// <summary>The line for an address or a network.</summary>
    public string LineFor(string range) => $"{Before}{range}{After}\n";

    /// <summary>Where each address or network stands in a listing, as <c>-s 192.0.2.1/32</c> or behind -d; the first one counts.</summary>
    public static Dictionary<string, int> PlacesIn(string listing)
    {
        var places = new Dictionary<string, int>();
        int line = 0;
        foreach (ReadOnlySpan<char> rule in listing.AsSpan().EnumerateLines())
        {
            int at = rule.IndexOf(" -s ");
            if (at < 0) at = rule.IndexOf(" -d ");
            line++;
            if (at < 0) continue;
            ReadOnlySpan<char> range = rule[(at + 4)..];
            int end = range.IndexOf(' ');
            if (end >= 0) range = range[..end];
            if (range.EndsWith("/32") && !range.Contains(':')) range = range[..^3];
            else if (range.EndsWith("/128")) range = range[..^4];
            places.TryAdd(range.ToString(), line);
        }

        return places;
    }

    private static bool IsTag(string word) => word is "<ip>" or "<fid>";

    // A whole word in quotes is that word, as long as nothing in it could be more to the shell.
    private static string Unquoted(string word) =>
        word.Length > 2 && word[0] == '"' && word[^1] == '"' && (IsTag(word[1..^1]) || !word.AsSpan(1, word.Length - 2).ContainsAnyExcept(Plain)) ? word[1..^1] : word;

    // Without -exist a line that is done already would fail, and with it all behind it.
    private static BatchCommand? Ipset(string[] words) =>
        words[1] == "-exist" && words[2] is "add" or "del" && IsTag(words[4])
            ? Of($"{words[0]} -exist restore", "", words.AsSpan(2), "")
            : null;

    private static BatchCommand? Iptables(string[] words)
    {
        string wait = "", table = "filter";
        int at = 1;
        for (; at + 1 < words.Length; at++)
        {
            if (words[at] == "-w")
            {
                wait = " -w";
                if (int.TryParse(words[at + 1], out _)) wait += " " + words[++at];
            }
            else if (words[at] == "-t") table = words[++at];
            else break;
        }

        ReadOnlySpan<string> rule = words.AsSpan(at);
        if (rule.Length < 4 || rule[0] is not ("-I" or "-A" or "-D")) return null;
        if (rule[0] == "-D" && int.TryParse(rule[2], out _)) return null;
        bool hasSource = false;
        for (int i = 1; i < rule.Length; i++)
        {
            if (rule[i].StartsWith("--table", StringComparison.Ordinal) || Commands.Contains(rule[i])) return null;
            hasSource |= IsTag(rule[i]) && rule[i - 1] is "-s" or "--source" or "-d" or "--destination";
        }

        if (!hasSource) return null;
        BatchCommand batch = Of($"{words[0]}-restore{wait} --noflush", $"*{table}\n", rule, "COMMIT\n");
        return rule[0] == "-D" ? batch with { Listing = $"{words[0]}{wait} -t {table} -S {rule[1]}" } : batch;
    }

    private static BatchCommand Of(string restore, string opening, ReadOnlySpan<string> line, string closing)
    {
        int tag = line.IndexOfAny("<ip>", "<fid>");
        string before = string.Join(' ', line[..tag]!) + " ";
        string after = tag + 1 < line.Length ? " " + string.Join(' ', line[(tag + 1)..]!) : "";
        return new BatchCommand(restore, opening, before, line[tag], after, closing);
    }
}
