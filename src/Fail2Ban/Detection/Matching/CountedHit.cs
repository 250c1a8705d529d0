namespace Fail2Ban.Detection.Matching;

/// <summary>A failregex that occurred in the last line, where only verdicts are wanted.</summary>
/// <param name="Regex">Its index, from 0.</param>
/// <param name="Verdict"><see cref="LineVerdict.Matched"/>, <see cref="LineVerdict.NoFailure"/> or <see cref="LineVerdict.Pending"/>.</param>
internal readonly record struct CountedHit(int Regex, LineVerdict Verdict);
