namespace Fail2Ban.RegexTool.Lint;

/// <summary>A text, its date cut out, that belongs to one failregex or more.</summary>
/// <param name="Text">ASCII or UTF-8, ended by a newline.</param>
/// <param name="Occurrences">One for each failregex, in their order; the first is what a jail acts upon.</param>
/// <param name="IsWritten">It stands in a comment; otherwise it was made of the pattern.</param>
internal sealed record Sample(byte[] Text, IReadOnlyList<Occurrence> Occurrences, bool IsWritten)
{
    /// <summary>What a jail acts upon.</summary>
    public Occurrence First => Occurrences[0];
}
