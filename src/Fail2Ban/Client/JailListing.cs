using System.Text;
using Fail2Ban.Configuration;

namespace Fail2Ban.Client;

/// <summary>What each enabled jail would read and do, no line longer than 80 columns unless a single name is.</summary>
internal static class JailListing
{
    private const int Column = 13;
    private const int MostFiles = 10;

    internal static string Show(IReadOnlyList<JailReport> jails)
    {
        var text = new StringBuilder(jails.Count == 0 ? "No jail is enabled." : $"Enabled jails: {jails.Count}").Append('\n');
        foreach (JailReport jail in jails)
        {
            text.Append('\n').Append(jail.Name).Append('\n');
            if (jail.Error is { } error)
            {
                Append(text, "skipped", error);
                continue;
            }

            Append(text, "backend", jail.Backend);
            foreach (string file in jail.LogFiles.Take(MostFiles)) Append(text, file == jail.LogFiles[0] ? "files" : "", file);
            if (jail.LogFiles.Count > MostFiles) Append(text, "", $"and {jail.LogFiles.Count - MostFiles} more");
            bool isJournal = jail.Backend.StartsWith("systemd", StringComparison.Ordinal);
            if (!isJournal && jail.LogFiles.Count == 0) Append(text, "files", "none");
            if (isJournal && jail.JournalMatches.Count == 0) Append(text, "journal", "every entry");
            if (isJournal) foreach (string match in jail.JournalMatches) Append(text, match == jail.JournalMatches[0] ? "journal" : "", match);
            Append(text, "patterns", jail.IgnoreRegexes > 0 ? $"{jail.FailRegexes}, and {jail.IgnoreRegexes} to ignore" : $"{jail.FailRegexes}");
            Append(text, "actions", jail.Actions.Count > 0 ? string.Join(", ", jail.Actions) : "none");
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, string head, string words) =>
        HelpText.AppendEntry(text, $"   {head}", SafeText(words), Column);

    // Names come from files, and must not steer the terminal.
    private static string SafeText(string text) => Logging.SafeText.Escape(text);
}
