namespace Fail2Ban.Detection.Dates;

/// <summary>What the detector found in one line.</summary>
/// <param name="Found">Whether a template matches; otherwise nothing else has a meaning.</param>
/// <param name="Start">Where the text to cut begins, in bytes of the line.</param>
/// <param name="End">Where it ends (exclusive), in bytes of the line.</param>
/// <param name="Time">The moment it names; null where the text is empty or could not be read (see <see cref="Fault"/>).</param>
/// <param name="Fault">Why there is no time.</param>
/// <param name="Template">Index in <see cref="DateDetector.Templates"/>, whose order changes with what the log uses; -1 if none.</param>
public readonly record struct DateMatch(bool Found, int Start, int End, DateTimeOffset? Time, DateFault Fault, int Template)
{
    /// <summary>No template matches.</summary>
    public static DateMatch None { get; } = new(false, 0, 0, null, DateFault.None, -1);

    /// <summary>A match of the empty text, as <c>{NONE}</c> gives it: the line has no date and needs none (no warning).</summary>
    public bool IsEmpty => Found && Start == End;
}
