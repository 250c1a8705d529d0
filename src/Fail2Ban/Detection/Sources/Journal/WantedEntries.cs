namespace Fail2Ban.Detection.Sources.Journal;

/// <summary>Alternatives; of each, all fields must be there; of a field, any of its terms (indices into a <see cref="MatchTable"/>).</summary>
internal sealed record WantedEntries(int[][][] Groups);
