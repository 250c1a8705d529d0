using System.Text.RegularExpressions;

namespace Fail2Ban.Logging;

/// <summary>A target as written: <c>SYSLOG[facility=LOCAL0]</c>.</summary>
/// <param name="Name">Without its options.</param>
/// <param name="Options">Name to value.</param>
internal sealed partial record TargetName(string Name, IReadOnlyDictionary<string, string> Options)
{
    /// <summary>STDOUT and the like in upper case; a file as it is.</summary>
    internal string Kind => Name.ToUpperInvariant() is "STDOUT" or "STDERR" or "SYSOUT" or "SYSLOG" or "SYSTEMD-JOURNAL" ? Name.ToUpperInvariant() : "FILE";

    internal bool? Flag(string option) => Options.TryGetValue(option, out string? value) ? value.ToUpperInvariant() is "1" or "ON" or "TRUE" or "YES" : null;

    internal static bool TryParse(string text, out TargetName target, out string error)
    {
        string trimmed = text.Trim();
        var options = new Dictionary<string, string>();
        int open = trimmed.IndexOf('[', StringComparison.Ordinal);
        target = new TargetName(open < 0 ? trimmed : trimmed[..open].TrimEnd(), options);
        error = "";
        if (open < 0) return true;
        if (!trimmed.EndsWith(']'))
        {
            error = "unexpected option syntax";
            return false;
        }

        string inner = trimmed[(open + 1)..^1];
        int at = 0;
        while (at < inner.Length)
        {
            Match option = Option().Match(inner, at);
            if (!option.Success || option.Index != at)
            {
                error = $"expected option, wrong syntax at {at}: {inner[at..Math.Min(inner.Length, at + 25)]}";
                return false;
            }

            options[option.Groups[1].Value] = option.Groups[2].Success ? option.Groups[2].Value : option.Groups[3].Success ? option.Groups[3].Value : option.Groups[4].Value.Trim();
            at += option.Length;
        }

        return true;
    }

    [GeneratedRegex("""\s*([\w\-.]+)=(?:"([^"]*)"|'([^']*)'|([^,\]"']*))\s*(?:,|\]\s*\[|$)\s*""")]
    private static partial Regex Option();
}
