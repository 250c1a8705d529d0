namespace Fail2Ban.Detection.Sources;

/// <summary>How one source stands with one jail.</summary>
/// <param name="Name">The path as the jail gave it, or the name of the journal.</param>
/// <param name="Way">How changes are noticed: <c>inotify</c>, <c>polling</c> (behind a colon: why), <c>journal</c>.</param>
/// <param name="Offset">Bytes of the file that are worked off; null for the journal.</param>
/// <param name="Size">Bytes of the file; null for the journal.</param>
/// <param name="Time">When the last entry that was worked off was received; null for a file.</param>
/// <param name="LinesRead">Lines worked off since the start.</param>
public sealed record SourceState(string Name, string Way, long? Offset, long? Size, DateTimeOffset? Time, long LinesRead)
{
    /// <summary>Bytes that are not worked off; a line without its end counts. Null for the journal.</summary>
    public long? BytesBehind { get; init; }

    /// <summary>Whole lines that are not worked off; null where that is not known (a journal before its end was reached).</summary>
    public long? LinesBehind { get; init; }

    /// <summary>Whether <see cref="LinesBehind"/> was made of bytes and the usual length of a line.</summary>
    public bool LinesAreEstimated { get; init; }

    /// <summary>
    /// Of a file: how long the oldest line that is not worked off has been known. Of the journal: how old the last entry
    /// is that was worked off, until the end was reached. Zero when nothing is behind.
    /// </summary>
    public TimeSpan TimeBehind { get; init; }

    /// <summary>Why it cannot be read at the moment; null while it can.</summary>
    public string? LastError { get; init; }
}
