namespace Fail2Ban.Detection.Sources.Journal;

/// <summary>What a jail wants of the journal.</summary>
/// <param name="Parameters">Which journal.</param>
/// <param name="Matches">Which entries: alternatives as of <see cref="JournalMatch"/>; empty means all.</param>
/// <param name="Sink">Who gets the lines.</param>
public sealed record JournalRequest(JournalParameters Parameters, IReadOnlyList<IReadOnlyList<string>> Matches, ILineSink Sink)
{
    /// <summary>Entries that were received then or before are not wanted; microseconds since 1970.</summary>
    public long After { get; init; }
}
