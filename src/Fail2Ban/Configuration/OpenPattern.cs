using System.Text.RegularExpressions;

namespace Fail2Ban.Configuration;

/// <summary>Finds failregexes whose address can be dictated by whoever writes into the log.</summary>
/// <remarks>
/// Meant to be silent rather than wrong. A pattern counts as open if the text before the address is free (it does not
/// begin with <c>^</c>, or <c>.*</c> stands before the address) and the end is free as well (it does not end with
/// <c>$</c>): a name or URL that holds the whole sentence with a foreign address then matches.
/// </remarks>
internal static partial class OpenPattern
{
    public static bool IsOpen(string regex, string? prefRegex)
    {
        // The prefix cuts the content out of the line at a known place.
        if (!string.IsNullOrEmpty(prefRegex)) return false;
        Match address = Address().Match(regex);
        if (!address.Success || End().IsMatch(regex)) return false;
        return !Start().IsMatch(regex) || Anything().IsMatch(regex[..address.Index]);
    }

    [GeneratedRegex(@"<(?:HOST|ADDR|IP4|IP6|CIDR|SUBNET|DNS|F-ID|F-IP4|F-IP6|F-DNS)>|\(\?P<(?:host|ip4|ip6|dns|fid)>")]
    private static partial Regex Address();

    // Flags and opening groups may stand before the anchor.
    [GeneratedRegex(@"^\s*(?:\(\?[a-zA-Z]+\)|\((?:\?:|\?P<\w+>|\?[a-z]+:)?|<F-[\w-]+>)*(?:\^|\\A)")]
    private static partial Regex Start();

    [GeneratedRegex(@"(?:(?<!\\)\$|\\Z)[\s)]*(?:</F-[\w-]+>\)*)?$")]
    private static partial Regex End();

    [GeneratedRegex(@"(?<!\\)\.[*+]")]
    private static partial Regex Anything();
}
