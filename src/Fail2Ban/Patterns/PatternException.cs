namespace Fail2Ban.Patterns;

/// <summary>A pattern that cannot be compiled.</summary>
/// <param name="reason">What is wrong, in one sentence that names the construct.</param>
/// <param name="position">Where in the Python text, in characters from 0; -1 when unknown.</param>
public sealed class PatternException(string reason, int position)
    : Exception(position < 0 ? reason : $"{reason} at position {position}")
{
    /// <summary>Where in the Python text, in characters from 0; -1 when unknown.</summary>
    public int Position => position;
}
