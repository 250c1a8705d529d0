namespace Fail2Ban.Detection.Matching;

/// <summary>A line that belongs to a failure, split where its date was cut out.</summary>
/// <param name="Before">What stands before the date.</param>
/// <param name="Date">The date's text; empty where the line has none.</param>
/// <param name="After">What stands after the date.</param>
public sealed record MatchedLine(string Before, string Date, string After)
{
    /// <summary>The whole line as it was logged.</summary>
    public override string ToString() => Before + Date + After;
}
