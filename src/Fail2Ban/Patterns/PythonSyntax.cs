namespace Fail2Ban.Patterns;

/// <summary>Rewrites of pattern text that belong to the dialect and stay visible to the user.</summary>
public static class PythonSyntax
{
    /// <summary>
    /// Gives global flags at the head of a group their local form: <c>((?i)X)</c> and <c>(?:(?i)X)</c> become
    /// <c>(?i:X)</c>, so the capture of the first form is gone. Python 3.11 refuses them otherwise.
    /// </summary>
    /// <param name="pattern">Pattern text; one that is no valid pattern is rewritten all the same.</param>
    public static string LocaliseLeadingFlags(string pattern) => throw new NotImplementedException();
}
