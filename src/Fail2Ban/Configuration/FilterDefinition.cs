namespace Fail2Ban.Configuration;

/// <summary>What a filter says, after interpolation and tags; the expressions are not yet compiled.</summary>
/// <param name="Name">Filter name.</param>
/// <param name="FailRegexes">In order; may be empty.</param>
/// <param name="IgnoreRegexes">In order; may be empty.</param>
/// <param name="PrefRegex">Null or empty when there is none.</param>
/// <param name="MaxLines">Lines of the multi-line buffer; null when not given.</param>
/// <param name="DatePattern">One text, patterns separated by newlines; null when not given.</param>
/// <param name="JournalMatches">Words of each match; a <c>+</c> separates alternatives.</param>
/// <param name="UseDns"><c>yes</c>, <c>warn</c>, <c>no</c> or <c>raw</c> as written; null when not given.</param>
/// <param name="LogTimeZone">The jail's <c>logtimezone</c>; null when not given.</param>
/// <param name="LogEncoding">The jail's <c>logencoding</c>; null when not given.</param>
/// <param name="Options">The effective options of the file after substitution, for display.</param>
public sealed record FilterDefinition(
    string Name,
    IReadOnlyList<string> FailRegexes,
    IReadOnlyList<string> IgnoreRegexes,
    string? PrefRegex,
    int? MaxLines,
    string? DatePattern,
    IReadOnlyList<IReadOnlyList<string>> JournalMatches,
    string? UseDns,
    string? LogTimeZone,
    string? LogEncoding,
    IReadOnlyDictionary<string, string?> Options);
