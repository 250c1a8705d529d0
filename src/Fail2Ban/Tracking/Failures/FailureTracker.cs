using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Fail2Ban.Addresses;
using Fail2Ban.Detection.Matching;

namespace Fail2Ban.Tracking.Failures;

/// <summary>Counts the failures of each id of one jail; at <see cref="MaxRetry"/> it hands out a ticket and forgets the id.</summary>
/// <remarks>Owned by one jail loop; not thread-safe. Memory: about 100 bytes for each id, and the text of its lines as UTF-8.</remarks>
public sealed class FailureTracker
{
    private struct Count
    {
        public long Evidence; // handle of _pages
        public DateTime First; // UTC; where counting began, moves on with findtime
        public DateTime Last; // UTC
        public int Retries;
        public int Failures;
    }

    private readonly IdTable<Count> _counts = new();
    private readonly EvidenceCodec _codec = new();
    private EvidencePages _pages = new();

    // Ids that are not the address to act on (<F-ID> beside <ADDR>); rare, so not in every slot.
    private readonly Dictionary<FailureId, FailureId> _addresses = [];

    // Invariant: no id's last failure is older.
    private DateTime _oldest = DateTime.MaxValue;

    /// <summary>How many retries make a ticket; at least 1.</summary>
    public int MaxRetry { get; set; } = 3;

    /// <summary>The time within which failures count together.</summary>
    public TimeSpan FindTime { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How many of the last lines are kept for each id; 0 keeps none after the second failure.</summary>
    public int MaxMatches { get; set; } = 5;

    /// <summary>How many ids are counted at present.</summary>
    public int Current => _counts.Count;

    /// <summary>How many failures were counted since the start.</summary>
    public long Total { get; private set; }

    /// <summary>Counts one failure.</summary>
    /// <param name="id">Whose: <c>failure.Id</c>, or one address of <c>failure.Host</c>.</param>
    /// <param name="address">The address to act on where it differs from the id; otherwise null.</param>
    /// <param name="failure">Time, lines and fields.</param>
    /// <param name="retries">How many retries it counts for: 1, or max(1, number of lines) for <c>attempt</c>.</param>
    /// <returns>The ticket when the id has reached <see cref="MaxRetry"/>; otherwise null.</returns>
    public Ticket? Add(FailureId id, FailureId? address, Failure failure, int retries = 1)
    {
        Total++;
        if (_pages.IsWasteful) Compact(); // each further line of an id moves its block
        int index = _counts.Find(id);
        if (index >= 0)
        {
            ref Count known = ref _counts.ValueAt(index);
            CountAgain(ref known, failure, retries);
            return known.Retries >= MaxRetry ? Take(index) : null;
        }

        // Most bans of a jail with maxretry 1 never need a slot.
        if (retries >= MaxRetry) return new Ticket(id, address, failure.Time, 1, failure.Matches, failure.Data);

        index = _counts.Add(id);
        DateTime time = failure.Time.UtcDateTime;
        _counts.ValueAt(index) = new Count
        {
            Evidence = _pages.Put(_codec.Encode(failure.Matches.AsSpan(), failure.Data)),
            First = time,
            Last = time,
            Retries = retries,
            Failures = 1,
        };
        if (address is { } other) _addresses[id] = other;
        if (time < _oldest) _oldest = time;
        return null;
    }

    /// <summary>The observer's step: adds retries to an id that is known as bad (see <see cref="KnownBad"/>).</summary>
    /// <param name="id">Whose.</param>
    /// <param name="extra">How many; nothing happens for 0 and less.</param>
    /// <returns>The ticket when the id has reached <see cref="MaxRetry"/>; null otherwise, and when the id is not counted now.</returns>
    public Ticket? AddRetries(FailureId id, int extra)
    {
        int index = _counts.Find(id);
        if (index < 0 || extra <= 0) return null;
        ref Count known = ref _counts.ValueAt(index);
        known.Retries += extra;
        known.Failures++;
        Total++;
        return known.Retries >= MaxRetry ? Take(index) : null;
    }

    /// <summary>Forgets an id.</summary>
    /// <returns>Whether it was counted.</returns>
    public bool Remove(FailureId id)
    {
        int index = _counts.Find(id);
        if (index >= 0) Remove(index);
        return index >= 0;
    }

    /// <summary>Forgets the ids whose last failure is <see cref="FindTime"/> ago or longer; to be called about every 5 s.</summary>
    public void Purge(DateTimeOffset now)
    {
        DateTime limit = now.UtcDateTime - FindTime;
        if (_counts.Count == 0) _oldest = DateTime.MaxValue;
        if (_oldest > limit) return; // nothing can be so old: saves the walk through a million ids
        DateTime oldest = DateTime.MaxValue;
        for (int index = 0; index < _counts.End; index++)
        {
            if (!_counts.IsUsed(index)) continue;
            DateTime last = _counts.ValueAt(index).Last;
            if (last <= limit) Remove(index);
            else if (last < oldest) oldest = last;
        }

        _oldest = oldest;
        if (_pages.IsWasteful) Compact();
    }

    private void Compact()
    {
        var pages = new EvidencePages();
        for (int index = 0; index < _counts.End; index++)
        {
            if (!_counts.IsUsed(index)) continue;
            ref Count count = ref _counts.ValueAt(index);
            count.Evidence = pages.Put(_pages.Get(count.Evidence));
        }

        _pages = pages;
    }

    private void CountAgain(ref Count known, Failure failure, int retries)
    {
        DateTime time = failure.Time.UtcDateTime;
        if (time > known.Last)
        {
            if (known.First < time - FindTime)
            {
                // The rate so far, carried over to one findtime; Python's round() takes halves to the even number.
                known.Retries = (int)Math.Round(known.Retries / (time - known.First).TotalSeconds * FindTime.TotalSeconds, MidpointRounding.ToEven);
                known.First = time - FindTime;
            }

            known.Last = time;
        }

        known.Retries += retries;
        known.Failures++;
        if (failure.Matches.Length == 1 && _codec.TryAppend(_pages.Get(known.Evidence), failure.Matches[0], MaxMatches, out ReadOnlySpan<byte> longer))
        {
            _pages.Free(known.Evidence);
            known.Evidence = _pages.Put(longer);
            return;
        }

        (ImmutableArray<MatchedLine> matches, FailureData data) = _codec.Decode(_pages.Get(known.Evidence));
        var all = new List<MatchedLine>(matches);

        // As in the original, only the lines of the first failure stay split at their date.
        foreach (MatchedLine line in failure.Matches) all.Add(new MatchedLine("", "", line.ToString()));
        _pages.Free(known.Evidence);
        known.Evidence = _pages.Put(_codec.Encode(CollectionsMarshal.AsSpan(all)[Math.Max(0, all.Count - MaxMatches)..], data));
    }

    private Ticket Take(int index)
    {
        Count count = _counts.ValueAt(index);
        FailureId id = _counts.IdAt(index);
        (ImmutableArray<MatchedLine> matches, FailureData data) = _codec.Decode(_pages.Get(count.Evidence));
        var ticket = new Ticket(
            id,
            _addresses.TryGetValue(id, out FailureId address) ? address : null,
            new DateTimeOffset(count.Last),
            count.Failures,
            matches,
            data);
        Remove(index);
        return ticket;
    }

    private void Remove(int index)
    {
        _pages.Free(_counts.ValueAt(index).Evidence);
        if (_addresses.Count > 0) _addresses.Remove(_counts.IdAt(index));
        _counts.RemoveAt(index);
    }
}
