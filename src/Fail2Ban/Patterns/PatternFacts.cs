namespace Fail2Ban.Patterns;

/// <summary>What is known of every match of a pattern, for a prefilter. All of it errs to the safe side.</summary>
/// <param name="RequiredLiterals">
/// Each matching subject contains at least one of these somewhere (the matched text, not only what surrounds it);
/// empty when no such set is known.
/// </param>
/// <param name="MinimalLength">
/// From the start of a match to the end of the subject there are never fewer bytes; what lookahead sees is counted.
/// </param>
/// <param name="AnchoredAtStart">Each match begins at offset 0 of the subject.</param>
/// <param name="Heads">Each match begins with one of these; empty when no such set is known.</param>
/// <param name="Digits">Which digits it tells apart; null where that is not known.</param>
/// <param name="TakesEveryLine">It matches every subject that is one line with a character in it, and one <c>\n</c> behind, however long a search may take; false when that is not known.</param>
public sealed record PatternFacts(
    IReadOnlyList<RequiredLiteral> RequiredLiterals, int MinimalLength, bool AnchoredAtStart, IReadOnlyList<RequiredLiteral> Heads, DigitClasses? Digits, bool TakesEveryLine);
