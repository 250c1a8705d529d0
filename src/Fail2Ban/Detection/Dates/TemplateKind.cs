namespace Fail2Ban.Detection.Dates;

/// <summary>How the text that a template matches becomes a moment.</summary>
internal enum TemplateKind
{
    /// <summary>By its groups: year, month, day, hour and so on.</summary>
    Fields,

    /// <summary>Seconds since 1970.</summary>
    Epoch,

    /// <summary>Seconds, milliseconds or microseconds since 1970, by the number of digits.</summary>
    LongEpoch,

    /// <summary>The TAI64N label of daemontools.</summary>
    Tai64N,
}
