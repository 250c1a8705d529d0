namespace Fail2Ban.Detection.Dates;

/// <summary>Why a date text that was found has no time.</summary>
public enum DateFault
{
    /// <summary>Nothing is wrong: there is a time, or no date was found, or the template matches the empty text.</summary>
    None,

    /// <summary>The text is no date (<c>Feb 30</c>, second 61). The detector has logged it; the line is treated as dateless.</summary>
    Unreadable,

    /// <summary>
    /// The original fails on such a line and drops it: a zone that nobody knows, or a pattern that has a month without
    /// a day. <see cref="DateDetector.FailureReason"/> names the exception that it logs.
    /// </summary>
    Failed,
}
