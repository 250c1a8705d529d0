namespace Fail2Ban.Patterns;

/// <summary>A text that a subject must contain, as a prefilter looks for it.</summary>
/// <param name="Text">UTF-8, never empty; ASCII in lower case where <paramref name="IgnoreCase"/> is set.</param>
/// <param name="IgnoreCase">ASCII letters of the subject count without regard to case.</param>
/// <param name="AsciiSubjectsOnly">
/// The text is only required of subjects that are ASCII throughout: without case, Python lets the signs
/// U+017F, U+212A, U+0130 and U+0131 stand for s, k and i.
/// </param>
public sealed record RequiredLiteral(ReadOnlyMemory<byte> Text, bool IgnoreCase, bool AsciiSubjectsOnly);
