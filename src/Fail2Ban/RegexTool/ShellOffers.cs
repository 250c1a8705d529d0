using Fail2Ban.RegexTool.Lint;

namespace Fail2Ban.RegexTool;

/// <summary>
/// What a shell asks for when the user presses Tab: <c>fail2ban-regex --offer WORD...</c>, the last word being the one that is
/// typed. Each line is a candidate, with a TAB and its help behind it; <c>:file</c> and <c>:directory</c> are for the shell to find.
/// </summary>
internal static class ShellOffers
{
    /// <summary>The first argument that asks for offers; help does not list it.</summary>
    internal const string Option = "--offer";

    private const string Files = ":file";

    internal static string Lines(IReadOnlyList<string> typed)
    {
        string begin = typed.Count > 0 ? typed[^1] : "";
        RegexToolOptions options = OptionParser.Parse([.. typed.SkipLast(1)], out string? wrong);
        IEnumerable<(string Word, string Help)> all = wrong is not null ? Values(typed, options.ConfigDirectory)
            : begin.StartsWith('-') ? OptionTable.All.SelectMany(option => option.Names.Select(name => (name, option.Help)))
            : options.Arguments.Count switch
            {
                0 => [("systemd-journal", "the journal"), (Files, "")],
                1 => [.. Filters(options.ConfigDirectory), (Files, "")],
                2 => [(Files, "")],
                _ => [],
            };
        return string.Concat(all.Where(one => one.Word[0] == ':' || one.Word.StartsWith(begin, StringComparison.Ordinal))
            .Select(one => one.Help.Length > 0 ? $"{one.Word}\t{one.Help}\n" : $"{one.Word}\n"));
    }

    // The last word before the one that is typed is an option that waits for its value.
    private static IEnumerable<(string Word, string Help)> Values(IReadOnlyList<string> typed, string configuration) =>
        typed.Count < 2 ? [] : OptionTable.All.FirstOrDefault(option => option.Names.Contains(typed[^2]))?.Value switch
        {
            "FILTER" => [(LintCommand.All, "every filter"), .. Filters(configuration), (Files, "")],
            "CONFIG" => [(":directory", "")],
            "USEDNS" => [("yes", ""), ("warn", ""), ("no", ""), ("raw", "")],
            "LOG_LEVEL" => ((string[])["critical", "error", "warning", "notice", "info", "msg", "debug", "tracedebug", "heavydebug"]).Select(level => (level, "")),
            "OUT" => [("id", "what would be banned"), ("ip", "its address"), ("msg", "the line without its date"), ("row", "all of it")],
            "VERBOSE" => Enumerable.Range(0, 5).Select(level => ($"{level}", "")),
            _ => [],
        };

    private static IEnumerable<(string Word, string Help)> Filters(string directory) => FilterNames.In(directory).Select(name => (name, "filter"));
}
