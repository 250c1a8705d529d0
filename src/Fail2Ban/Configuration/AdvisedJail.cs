using Fail2Ban.Configuration.Ini;

namespace Fail2Ban.Configuration;

/// <summary>An enabled jail as it was read, for the search for likely mistakes.</summary>
/// <param name="Section">As written.</param>
/// <param name="Backend">As the server will get it.</param>
/// <param name="IsJournalInstead">The backend is systemd only because no log file was found.</param>
/// <param name="LogFiles">What the globs of <c>logpath</c> found, whether they will be read or not.</param>
/// <param name="EmptyGlobs">Globs that found nothing.</param>
/// <param name="FailRegexes">All, everything put in but <c>&lt;HOST&gt;</c> and its like.</param>
/// <param name="PrefRegex">Null or empty if there is none.</param>
/// <param name="HasJournalMatch">Whether jail or filter give one.</param>
/// <param name="PlaceOf">Where a failregex stands.</param>
internal sealed record AdvisedJail(
    IniSection Section,
    string Backend,
    bool IsJournalInstead,
    IReadOnlyList<string> LogFiles,
    IReadOnlyList<string> EmptyGlobs,
    IReadOnlyList<string> FailRegexes,
    string? PrefRegex,
    bool HasJournalMatch,
    Func<string, ConfigurationPlace?> PlaceOf)
{
    public bool ReadsJournal => Backend.StartsWith("systemd", StringComparison.Ordinal);
}
