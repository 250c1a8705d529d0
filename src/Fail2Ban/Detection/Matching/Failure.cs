using System.Collections.Immutable;
using Fail2Ban.Addresses;

namespace Fail2Ban.Detection.Matching;

/// <summary>One matched attempt: what detection hands to tracking.</summary>
/// <param name="Id">What is counted.</param>
/// <param name="Address">The address to act on where it differs from <paramref name="Id"/>; otherwise null.</param>
/// <param name="Host">
/// A host name that must be resolved first: there is then one failure per address and <paramref name="Id"/> is only the
/// name as text. Null otherwise.
/// </param>
/// <param name="Time">When the log says it happened (or when it was read, where the log does not say); never in the future.</param>
/// <param name="Matches">The lines that led to it, oldest first; at least one.</param>
/// <param name="Data">The captured fields.</param>
public sealed record Failure(
    FailureId Id,
    FailureId? Address,
    string? Host,
    DateTimeOffset Time,
    ImmutableArray<MatchedLine> Matches,
    FailureData Data);
