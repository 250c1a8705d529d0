namespace Fail2Ban.Patterns;

/// <summary>How a search ended.</summary>
public enum MatchOutcome
{
    /// <summary>The pattern does not occur.</summary>
    NoMatch,

    /// <summary>The pattern occurs; the groups can be read.</summary>
    Match,

    /// <summary>The search was given up at its budget: neither a match nor its absence is known.</summary>
    LimitExceeded,
}
