namespace Fail2Ban.Detection.Matching;

/// <summary>A failregex that occurred in the last line.</summary>
/// <param name="Regex">Its index, from 0.</param>
/// <param name="Verdict"><see cref="LineVerdict.Matched"/>, <see cref="LineVerdict.NoFailure"/>, <see cref="LineVerdict.Pending"/>, <see cref="LineVerdict.Undated"/>, or where several lines were taken from the window: to be ignored <see cref="LineVerdict.Ignored"/>, for nobody <see cref="LineVerdict.NoMatch"/>.</param>
/// <param name="Lines">The lines that the regex itself matched; those of its connection are only in the failure.</param>
/// <param name="Data">What is known of the failure so far.</param>
/// <param name="Failure">The failure it reported; null for the other verdicts.</param>
public readonly record struct RegexHit(int Regex, LineVerdict Verdict, IReadOnlyList<MatchedLine> Lines, FailureData Data, Failure? Failure);
