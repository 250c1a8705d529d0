using System.Collections.Immutable;
using Fail2Ban.Addresses;
using Fail2Ban.Detection.Matching;

namespace Fail2Ban.Tracking.Failures;

/// <summary>Who is to be banned, and why: what counting failures hands to the ban manager.</summary>
/// <param name="Id">What is banned.</param>
/// <param name="Address">The address to act on where it differs from <paramref name="Id"/>; otherwise null.</param>
/// <param name="Time">The time of the last failure.</param>
/// <param name="Failures">How many failures were counted (<c>&lt;failures&gt;</c>); 0 for a manual ban.</param>
/// <param name="Matches">The last lines, oldest first, at most maxmatches; empty for a manual ban.</param>
/// <param name="Data">The captured fields of the first failure.</param>
public sealed record Ticket(
    FailureId Id,
    FailureId? Address,
    DateTimeOffset Time,
    int Failures,
    ImmutableArray<MatchedLine> Matches,
    FailureData Data);
