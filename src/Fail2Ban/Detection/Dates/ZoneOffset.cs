using System.Diagnostics.CodeAnalysis;

namespace Fail2Ban.Detection.Dates;

/// <summary>A fixed distance from UTC, as <c>logtimezone</c> and dates in logs give it. There are no named zones and no summer time.</summary>
/// <param name="Minutes">Minutes east of UTC.</param>
public readonly record struct ZoneOffset(int Minutes)
{
    /// <summary>Reads <c>UTC</c>, <c>CET</c>, <c>+0100</c>, <c>-07:30</c>, <c>UTC+01</c>; the empty text is UTC.</summary>
    /// <param name="text">The zone as written; case matters.</param>
    /// <param name="zone">The offset where the result is true.</param>
    /// <param name="error">The original's words where the result is false.</param>
    public static bool TryParse(string text, out ZoneOffset zone, [NotNullWhen(false)] out string? error) => throw new NotImplementedException();
}
