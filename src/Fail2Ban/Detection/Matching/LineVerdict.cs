namespace Fail2Ban.Detection.Matching;

/// <summary>What became of a line.</summary>
public enum LineVerdict
{
    /// <summary>No failregex (or not the prefregex) occurs in it.</summary>
    NoMatch,

    /// <summary>Older than findtime; not searched.</summary>
    TooOld,

    /// <summary>An ignoreregex occurs in it.</summary>
    Ignored,

    /// <summary>A failregex occurs, but it is no failure of its own (<c>nofail</c>).</summary>
    NoFailure,

    /// <summary>A failregex occurs, and the connection's address is not known yet.</summary>
    Pending,

    /// <summary>A failregex occurs, and neither the line nor its neighbours have a date: not counted.</summary>
    Undated,

    /// <summary>At least one failure was reported.</summary>
    Matched,

    /// <summary>Its date has a zone or form that makes the original fail; logged, not searched.</summary>
    Failed,

    /// <summary>A pattern was given up at its budget; nothing is known of the line.</summary>
    LimitExceeded,
}
