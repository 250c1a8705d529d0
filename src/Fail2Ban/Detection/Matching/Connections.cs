using Fail2Ban.Values;

namespace Fail2Ban.Detection.Matching;

/// <summary>Puts the lines of one connection together: a name in one line, the address in another, the outcome in a third.</summary>
/// <remarks>
/// Connections are known by <c>mlfid</c>. What is remembered is the failure as far as it is known; it is the same object
/// that is returned, so that the caller's changes stay with the connection. Bounded in number and age. Not thread-safe.
/// </remarks>
internal sealed class Connections(TimeProvider time)
{
    private const int Capacity = 100;
    private const int LinesPerConnection = 1000;
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    private readonly Dictionary<string, Entry> _known = [];

    // The order of storing; some may be gone, or stored again, since.
    private readonly Queue<(string Id, long Number)> _oldest = [];
    private long _number;

    public int Count => _known.Count;

    /// <summary>Merges a line's fields into its connection.</summary>
    /// <param name="line">What the line captured, <c>mlfid</c> included.</param>
    /// <param name="matched">The line itself, or the lines of a multi-line match; none where nobody wants to see them.</param>
    /// <returns>What is known now; <c>nofail</c> is set in it where this is no failure.</returns>
    public Fields Merge(Fields line, IReadOnlyList<MatchedLine> matched)
    {
        string id = PythonText.Str(line[FieldSlot.MlfId]);
        bool gained = line.IsSet(FieldSlot.MlfGained);
        if (gained && !line.IsSet(FieldSlot.NoFail)) line["nofail"] = line[FieldSlot.MlfGained];
        bool noFail = line.IsSet(FieldSlot.NoFail);
        bool forget = line.Take(FieldSlot.MlfForget);

        Fields failure = line;
        if (Find(id) is { } known)
        {
            failure = known;
            Continue(known, line, gained);
            if (forget) _known.Remove(id);
        }
        else if (!forget)
        {
            line.AddUser(line[FieldSlot.User]);
            Remember(id, line);
        }

        bool wasPending = failure.IsPending;
        failure.IsPending = false;
        if (wasPending || failure.Users?.Count > 1)
        {
            // A success does not clear a failure that was not counted yet, nor attempts under several names.
            failure.Take(FieldSlot.NoFail);
            failure.Take(FieldSlot.MlfGained);
            noFail = gained = false;
        }

        if (!noFail)
        {
            if (matched.Count == 0) return failure;
            List<MatchedLine> matches = failure.HasNoFailMatches ? [.. failure.NoFailMatches, .. failure.Matches] : [.. failure.Matches];
            if (failure.HasNoFailMatches) failure.NoFailMatches.Clear();
            if (!gained) matches.AddRange(matched);
            KeepLatest(matches);
            failure.Matches = matches;
        }
        else if (!forget && matched.Count > 0)
        {
            failure.NoFailMatches.AddRange(matched);
            KeepLatest(failure.NoFailMatches);
        }

        return failure;
    }

    // The original keeps them all; whoever can write to the log within one connection could fill the memory.
    private static void KeepLatest(List<MatchedLine> lines)
    {
        if (lines.Count > LinesPerConnection) lines.RemoveRange(0, lines.Count - LinesPerConnection);
    }

    private static void Continue(Fields known, Fields line, bool gained)
    {
        known.AddUser(line[FieldSlot.User]);
        bool wasNoFail = known.Take(FieldSlot.NoFail);
        wasNoFail |= known.Take(FieldSlot.MlfGained);
        if (gained) known.IsPending = false;
        if (!wasNoFail && !known.IsPending) known.Matches = Fields.NoLines; // they were reported with the failure before
        known.Update(line);
    }

    private Fields? Find(string id)
    {
        if (!_known.TryGetValue(id, out Entry entry)) return null;
        if (time.GetElapsedTime(entry.Stored) < Lifetime) return entry.Failure;
        _known.Remove(id);
        return null;
    }

    private void Remember(string id, Fields failure)
    {
        while (_known.Count >= Capacity)
            if (_oldest.TryDequeue(out (string Id, long Number) oldest) && IsKnown(oldest)) _known.Remove(oldest.Id);

        if (_oldest.Count >= 2 * Capacity)
        {
            (string Id, long Number)[] left = [.. _oldest.Where(IsKnown)];
            _oldest.Clear();
            foreach ((string Id, long Number) each in left) _oldest.Enqueue(each);
        }

        _known.Add(id, new Entry(failure, time.GetTimestamp(), ++_number));
        _oldest.Enqueue((id, _number));
    }

    private bool IsKnown((string Id, long Number) stored) => _known.TryGetValue(stored.Id, out Entry entry) && entry.Number == stored.Number;

    private readonly record struct Entry(Fields Failure, long Stored, long Number);
}
