namespace Fail2Ban.Detection.Dates;

/// <summary>Why a date text that was found has no time.</summary>
public enum DateFault
{
    /// <summary>Nothing is wrong: there is a time, or no date was found, or the template matches the empty text.</summary>
    None,

    /// <summary>The text is no date (<c>Feb 30</c>, second 61). The detector has logged it; the line is treated as dateless.</summary>
    Unreadable,

    /// <summary>
    /// The text names a time zone that nobody knows (<see cref="DateDetector.UnknownZone"/>). The original fails on such
    /// a line and drops it.
    /// </summary>
    UnknownZone,
}
