namespace Fail2Ban.Values;

/// <summary>Durations as administrators write them: <c>600</c>, <c>10m</c>, <c>1d12h</c>, <c>2*3m</c>; in seconds.</summary>
public static class Duration
{
    /// <summary>Reads a duration.</summary>
    /// <param name="text">The text as in the option.</param>
    /// <param name="seconds">long, or double where months, years, fractions or a division make it one (Python's <c>int</c> and <c>float</c>); negative is allowed.</param>
    /// <param name="error">In Python's words where the original shows them (<c>name 'abc' is not defined</c>); empty on success.</param>
    public static bool TryParse(string text, out object seconds, out string error) => throw new NotImplementedException();

    /// <summary>Reads a duration as a floating number of seconds.</summary>
    /// <param name="text">The text as in the option.</param>
    /// <param name="seconds">Seconds; fractions kept; negative is allowed.</param>
    /// <param name="error">What is wrong; empty on success.</param>
    public static bool TryParseSeconds(string text, out double seconds, out string error) => throw new NotImplementedException();
}
