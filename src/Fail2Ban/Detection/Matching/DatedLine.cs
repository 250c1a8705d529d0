using System.Text;
using Fail2Ban.Detection.Lines;

namespace Fail2Ban.Detection.Matching;

/// <summary>A line with its date cut out. A view, valid as long as the line it was made from.</summary>
internal readonly ref struct DatedLine
{
    /// <summary>What patterns see, with one final <c>\n</c>.</summary>
    public required ReadOnlySpan<byte> Text { get; init; }

    public required ReadOnlySpan<byte> Before { get; init; }

    public required ReadOnlySpan<byte> Date { get; init; }

    /// <summary>What stands after the date, without line end.</summary>
    public required ReadOnlySpan<byte> After { get; init; }

    /// <summary>When it happened, where that is known.</summary>
    public LineTime Time { get; init; }

    /// <summary>Whether the line should have had a date and has none; <see cref="Time"/> is then lent from a line before, or now.</summary>
    public bool IsUndated { get; init; }

    /// <summary>Why the line is not searched: too old, or failed; <see cref="LineVerdict.NoMatch"/> where it is to be searched.</summary>
    public LineVerdict Verdict { get; init; }

    public MatchedLine ToMatchedLine() =>
        new(Encoding.UTF8.GetString(Before), Encoding.UTF8.GetString(Date), Encoding.UTF8.GetString(After));
}
