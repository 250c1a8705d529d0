using Fail2Ban.Addresses;
using Fail2Ban.Detection.Matching;

namespace Fail2Ban.Tracking.Failures;

/// <summary>Counts the failures of each id of one jail; at <see cref="MaxRetry"/> it hands out a ticket and forgets the id.</summary>
/// <remarks>Owned by one jail loop; not thread-safe. Memory: about 90 bytes for each id, and the text of its lines as UTF-8.</remarks>
public sealed class FailureTracker
{
    /// <summary>How many retries make a ticket; at least 1.</summary>
    public int MaxRetry { get; set; } = 3;

    /// <summary>The time within which failures count together.</summary>
    public TimeSpan FindTime { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How many of the last lines are kept for each id; 0 keeps none after the second failure.</summary>
    public int MaxMatches { get; set; } = 50;

    /// <summary>How many ids are counted at present.</summary>
    public int Current => throw new NotImplementedException();

    /// <summary>How many failures were counted since the start.</summary>
    public long Total => throw new NotImplementedException();

    /// <summary>Counts one failure.</summary>
    /// <param name="id">Whose: <c>failure.Id</c>, or one address of <c>failure.Host</c>.</param>
    /// <param name="address">The address to act on where it differs from the id; otherwise null.</param>
    /// <param name="failure">Time, lines and fields.</param>
    /// <param name="retries">How many retries it counts for: 1, or max(1, number of lines) for <c>attempt</c>.</param>
    /// <returns>The ticket when the id has reached <see cref="MaxRetry"/>; otherwise null.</returns>
    public Ticket? Add(FailureId id, FailureId? address, Failure failure, int retries = 1) => throw new NotImplementedException();

    /// <summary>The observer's step: adds retries to an id that is known as bad (see <see cref="KnownBad"/>).</summary>
    /// <returns>The ticket when the id has reached <see cref="MaxRetry"/>; null otherwise, and when the id is not counted now.</returns>
    public Ticket? AddRetries(FailureId id, int extra) => throw new NotImplementedException();

    /// <summary>Forgets an id.</summary>
    /// <returns>Whether it was counted.</returns>
    public bool Remove(FailureId id) => throw new NotImplementedException();

    /// <summary>Forgets the ids whose last failure is <see cref="FindTime"/> ago or longer; to be called about every 5 s.</summary>
    public void Purge(DateTimeOffset now) => throw new NotImplementedException();
}
