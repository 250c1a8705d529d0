using System.Text.RegularExpressions;

namespace Fail2Ban.EndToEnd.Tests.Days;

/// <summary>All that a server has done to its host so far, without what differs by chance (times, paths, hash orders).</summary>
internal sealed partial record DayState(IReadOnlyDictionary<string, string> Parts)
{
    // The original does not look whether an action is in force before it starts it; and a ban by hand of who is banned is
    // only told when the ban is older than three seconds of the machine's time.
    private static readonly string[] Untold = ["is in force already", $"{BannedTwice} already banned"];

    /// <summary>The address that is banned twice by hand.</summary>
    public const string BannedTwice = "198.51.100.7";

    public static DayState Of(DayHost host, IReadOnlyList<string> jails)
    {
        var parts = new Dictionary<string, string>
        {
            ["nft"] = Ruleset(host.Output("nft", "list", "ruleset")),
            ["iptables"] = Sorted(host.Output("iptables", "-S")),
            ["ip6tables"] = Sorted(host.Output("ip6tables", "-S")),
            ["iptables-legacy"] = Sorted(host.Output("iptables-legacy", "-S")),
            ["ipset"] = Sorted(Seed().Replace(host.Output("ipset", "save"), "")),
            ["recent"] = Sorted(host.Output("sh", "-c", "grep -o '^src=[^ ]*' /proc/net/xt_recent/* 2>/dev/null")),
            ["routes"] = Sorted(host.Output("ip", "route", "show", "type", "unreachable")) + Sorted(host.Output("ip", "-6", "route", "show", "type", "unreachable")),
            ["jails"] = host.Stored("SELECT name, enabled FROM jails ORDER BY name"),
            ["bans"] = host.Stored("SELECT jail, ip, bantime, bancount, CAST(data AS TEXT) FROM bans ORDER BY jail, ip, timeofban, rowid"),
            ["bips"] = host.Stored("SELECT jail, ip, bantime, bancount, CAST(data AS TEXT) FROM bips ORDER BY jail, ip"),
            ["log"] = Sorted(string.Join('\n', Told().Matches(host.ReadLog()).Where(match => !Untold.Any(match.Value.Contains)).Select(match => Times().Replace(match.Groups[1].Value, "TIME").Replace("Repeal Ban", "Unban", StringComparison.Ordinal)))),
        };
        foreach (string file in Directory.EnumerateFiles(Path.Combine(host.Folder, "calls")))
            parts[$"calls of {Path.GetFileName(file)}"] = Times().Replace(File.ReadAllText(file), "TIME");
        foreach (string jail in jails) parts[$"banned in {jail}"] = Sorted(host.Ask("get", jail, "banip").Replace(' ', '\n'));
        return new DayState(parts);
    }

    /// <summary>What the log says about ids.</summary>
    public static string WhatIsTold(DayHost host) => string.Join('\n', Told().Matches(host.ReadLog()).Select(match => match.Value));

    /// <summary>What differs, told as the lines that only one of both has.</summary>
    /// <param name="original">The other one.</param>
    /// <param name="apart">Parts that are known to differ.</param>
    public IEnumerable<string> DifferencesTo(DayState original, params IReadOnlyList<string> apart)
    {
        foreach (string name in Parts.Keys.Union(original.Parts.Keys).Order(StringComparer.Ordinal))
        {
            string ours = Parts.GetValueOrDefault(name, "(none)"), theirs = original.Parts.GetValueOrDefault(name, "(none)");
            if (ours == theirs || apart.Contains(name)) continue;
            yield return $"== {name}\n-- only ours:\n{Only(ours, theirs)}\n-- only the original's:\n{Only(theirs, ours)}\n-- ours:\n{ours}\n-- the original's:\n{theirs}";
        }
    }

    private static string Only(string text, string other)
    {
        List<string> rest = [.. other.Split('\n')];
        return string.Join('\n', text.Split('\n').Where(line => !rest.Remove(line)));
    }

    // Each line behind the names of the blocks around it. The order of sets and rules is that in which jails happened to
    // come first; a rule that is there twice stays there twice.
    private static string Ruleset(string text)
    {
        text = Elements().Replace(Counters().Replace(text, "counter"),
            match => string.Join(", ", match.Value.Split(',', StringSplitOptions.TrimEntries).Order(StringComparer.Ordinal)));
        var blocks = new List<string>();
        var lines = new List<string>();
        foreach (string line in text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (line == "}") blocks.RemoveAt(blocks.Count - 1);
            else lines.Add($"{string.Join(" / ", blocks)} / {line}");
            if (line.EndsWith('{')) blocks.Add(line[..^2]);
        }

        return Sorted(string.Join('\n', lines));
    }

    private static string Sorted(string text) => string.Join('\n', text.Split('\n').Select(line => line.TrimEnd()).Order(StringComparer.Ordinal));

    // What is told about an id: [jail] Ban …, and warnings of actions; not what differs in the way the log is followed.
    [GeneratedRegex(@"fail2ban\.(?:actions|filter|observer)\s+\[\d+\]: ((?:INFO|NOTICE|WARNING|ERROR)\s+\[[a-z0-9]+\] .*)")]
    private static partial Regex Told();

    [GeneratedRegex(@"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d|\b1\d{9}(?:\.\d+)?\b")]
    private static partial Regex Times();

    [GeneratedRegex(@"(?<=elements = \{)[^}]*")]
    private static partial Regex Elements();

    [GeneratedRegex(@"counter packets \d+ bytes \d+")]
    private static partial Regex Counters();

    [GeneratedRegex(@" initval 0x[0-9a-f]+")]
    private static partial Regex Seed();
}
