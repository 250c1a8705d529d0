using Fail2Ban.Configuration.Ini;

namespace Fail2Ban.Configuration;

/// <summary>Says where a jail does not read what its configuration seems to say: the journal in place of files, or files in place of the journal.</summary>
internal sealed class JournalAdvisor(IniFileSet jails, List<ConfigurationWarning> warnings)
{
    private HashSet<string>? _syslogFiles;

    public void Advise(AdvisedJail jail)
    {
        IniValue? backend = Origin(jail, "backend");
        IniValue? paths = Origin(jail, "logpath");
        string name = jail.Section.Name;
        if (jail.IsJournalInstead)
        {
            if (paths is not null) Warn(paths, $"jail '{name}' reads the journal, as its logpath matches no file: {string.Join(", ", jail.EmptyGlobs)}");
        }
        else if (jail.ReadsJournal)
        {
            string why = backend is null ? $"backend = {jail.Backend}" : $"backend = {jail.Backend}, {backend}";
            if (paths is not null && (jail.LogFiles.Any(file => !IsSyslog(file)) || jail.LogFiles.Count == 0 && IsUsers(jail, paths)))
            {
                string files = jail.LogFiles.Count > 0 ? Shown(jail.LogFiles) : paths.Text.ReplaceLineEndings(", ");
                Warn(paths, $"jail '{name}' reads the journal ({why}), not its logpath {files}; to read the file, set backend = auto in [{name}]");
            }
            else if (!jail.HasJournalMatch)
            {
                Warn(backend, jail.Section, $"jail '{name}' searches every entry of the journal ({why}); give it a journalmatch, or backend = auto and a logpath");
            }
        }
        else
        {
            Files(jail, backend, paths);
        }
    }

    private void Files(AdvisedJail jail, IniValue? backend, IniValue? paths)
    {
        string name = jail.Section.Name;
        if (paths is null) Warn(backend, jail.Section, $"jail '{name}' reads nothing: it has backend {jail.Backend} and no logpath");
        else foreach (string glob in jail.EmptyGlobs) Warn(paths, $"logpath of jail '{name}' matches no file: {glob}");

        // In an own file somebody wrote it on purpose; the jails that are shipped are made for both.
        if (jail.Section.Options.TryGetValue("journalmatch", out IniValue? match) && match.Text.Length > 0 && !IsShipped(match))
            Warn(match, $"journalmatch of jail '{name}' has no effect with backend {jail.Backend}, which reads files; to read the journal, set backend = systemd");
    }

    // What syslog writes to files stands in the journal as well, so nothing is missed there.
    private bool IsSyslog(string file)
    {
        _syslogFiles ??= [.. jails.Defaults.Options.Where(option => option.Key.StartsWith("syslog_", StringComparison.Ordinal)).Select(option => option.Value.Text)];
        return _syslogFiles.Contains(file)
            || file is "/var/log/syslog" or "/var/log/messages" or "/var/log/auth.log" or "/var/log/secure" or "/var/log/mail.log" or "/var/log/mail.warn" or "/var/log/maillog" or "/var/log/daemon.log";
    }

    private static bool IsUsers(AdvisedJail jail, IniValue paths) => jail.Section.Options.ContainsKey("logpath") && !IsShipped(paths);

    private static bool IsShipped(IniValue value) => value.File.EndsWith("/jail.conf", StringComparison.Ordinal);

    private static string Shown(IReadOnlyList<string> files) => files.Count <= 2 ? string.Join(", ", files) : $"{files[0]} and {files.Count - 1} more";

    private IniValue? Origin(AdvisedJail jail, string option) => jail.Section.Options.GetValueOrDefault(option) ?? jails.Defaults.Options.GetValueOrDefault(option);

    private void Warn(IniValue place, string message) => warnings.Add(new(place.File, place.Line, message));

    private void Warn(IniValue? place, IniSection otherwise, string message) => warnings.Add(new(place?.File ?? otherwise.File, place?.Line ?? otherwise.Line, message));
}
