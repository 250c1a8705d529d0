namespace Fail2Ban.Detection.Dates;

/// <summary>What became of a zone text.</summary>
internal enum ZoneReading
{
    Known,

    /// <summary>It has the form of a zone, but its abbreviation is not in the table.</summary>
    UnknownName,

    Malformed,
}
