namespace Fail2Ban.Native.Pcre2;

/// <summary>How a search of PCRE2 ended.</summary>
public enum Pcre2Result
{
    /// <summary>The pattern does not occur.</summary>
    NoMatch,

    /// <summary>It occurs; the workspace holds the spans.</summary>
    Match,

    /// <summary>Given up at the match limit.</summary>
    MatchLimit,

    /// <summary>Given up for want of stack or heap, or for an error of PCRE2's own.</summary>
    Failed,
}
