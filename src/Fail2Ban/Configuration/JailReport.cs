namespace Fail2Ban.Configuration;

/// <summary>What was found out about one enabled jail, for <c>--test -v</c>.</summary>
/// <param name="Name">Section name.</param>
/// <param name="Backend">As the server will get it, <c>systemd</c> already chosen where the rules say so.</param>
/// <param name="LogFiles">Files that the globs of <c>logpath</c> found.</param>
/// <param name="JournalMatches">One text a match, words joined by spaces.</param>
/// <param name="FailRegexes">How many failregexes the jail and its filter give.</param>
/// <param name="IgnoreRegexes">How many ignoreregexes.</param>
/// <param name="Actions">Action names as the server will know them.</param>
/// <param name="Error">Why the jail was skipped, or null.</param>
public sealed record JailReport(
    string Name,
    string Backend,
    IReadOnlyList<string> LogFiles,
    IReadOnlyList<string> JournalMatches,
    int FailRegexes,
    int IgnoreRegexes,
    IReadOnlyList<string> Actions,
    string? Error)
{
    /// <summary>Where the reason stands; null without one.</summary>
    public ConfigurationPlace? Place { get; init; }

    /// <summary>Continues the reason with what was probably meant; empty if nothing is near.</summary>
    public string Hint { get; init; } = "";
}
