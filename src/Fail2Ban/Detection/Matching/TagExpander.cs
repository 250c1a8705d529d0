using System.Buffers;
using System.Text.RegularExpressions;
using Fail2Ban.Patterns;

namespace Fail2Ban.Detection.Matching;

/// <summary>Turns fail2ban's tags in a regex (<c>&lt;HOST&gt;</c>, <c>&lt;F-USER&gt;</c>, …) into Python's dialect.</summary>
internal static partial class TagExpander
{
    private const string IPv4 = @"(?:::f{4,6}:)?(?P<ip4>(?:\d{1,3}\.){3}\d{1,3})";
    private const string IPv6 = @"(?P<ip6>(?:[0-9a-fA-F]{1,4}::?|:){1,7}(?:[0-9a-fA-F]{1,4}|(?<=:):))";
    private const string Name = @"(?P<dns>[\w\-.^_]*\w)";
    private const string Prefix = @"(?P<cidr>\d+)";
    private const string Address = $@"\[?(?:{IPv4}|{IPv6})\]?";

    private static readonly SearchValues<char> GroupNameCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");

    /// <param name="text">As the user wrote it.</param>
    /// <param name="useDns">Decides whether <c>&lt;HOST&gt;</c> takes names.</param>
    public static string Expand(string text, UseDns useDns)
    {
        int skips = 0;
        HashSet<string>? opened = null;
        string expanded = Tokens().Replace(text, match => match.Value switch
        {
            "<HOST>" => useDns == UseDns.No ? Address : $"(?:{Address}|{Name})",
            "<ADDR>" or "<F-ADDR/>" => Address,
            "<IP4>" or "<F-IP4/>" => IPv4,
            "<IP6>" or "<F-IP6/>" => IPv6,
            "<DNS>" or "<F-DNS/>" => Name,
            "<CIDR>" or "<F-CIDR/>" => Prefix,
            "<SUBNET>" or "<F-SUBNET/>" => $@"\[?(?:{IPv4}|{IPv6})(?:/{Prefix})?\]?",
            "<F-ID/>" => @"(?P<fid>\S+)",
            "<F-PORT/>" => @"(?P<fport>\w+)",
            "<SKIPLINES>" => $@"\n(?P<skiplines{skips++}>(?:(?:.*\n)*?))",
            string token => Group(token, ref opened),
        });
        return PythonSyntax.LocaliseLeadingFlags(expanded);
    }

    // <F-NAME> opens a group, </F-NAME> closes it where it was opened; anything else is plain text.
    private static string Group(string token, ref HashSet<string>? opened)
    {
        bool closes = token.StartsWith("</", StringComparison.Ordinal);
        string name = closes ? token[2..^1] : token[1..^1];
        if (name.Length < 3 || !name.StartsWith("F-", StringComparison.Ordinal)) return token;
        if (name.AsSpan(2).ContainsAnyExcept(GroupNameCharacters)) return token;
        if (closes) return opened?.Contains(name) == true ? ")" : token;

        (opened ??= []).Add(name);
        return $"(?P<{GroupOf(name[2..].ToLowerInvariant())}>";
    }

    /// <summary>The group of a tag's name in lower case; two have a name of their own.</summary>
    public static string GroupOf(string name) => name switch { "id" => "fid", "port" => "fport", _ => name };

    [GeneratedRegex(@"</?[\w\-]+/?>", RegexOptions.CultureInvariant)]
    private static partial Regex Tokens();
}
