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

    private readonly OrderedDictionary<string, (Fields Failure, long Stored)> _known = []; // oldest first

    public int Count => _known.Count;

    /// <summary>Merges a line's fields into its connection.</summary>
    /// <param name="line">What the line captured, <c>mlfid</c> included.</param>
    /// <param name="matched">The line itself, or the lines of a multi-line match.</param>
    /// <returns>What is known now; <c>nofail</c> is set in it where this is no failure.</returns>
    public Fields Merge(Fields line, IReadOnlyList<MatchedLine> matched)
    {
        string id = PythonText.Str(line["mlfid"]);
        bool gained = line.IsSet("mlfgained");
        if (gained && !line.IsSet("nofail")) line["nofail"] = line["mlfgained"];
        bool noFail = line.IsSet("nofail");
        bool forget = line.Take("mlfforget");

        Fields failure = line;
        if (Find(id) is { } known)
        {
            failure = known;
            Continue(known, line, gained);
            if (forget) _known.Remove(id);
        }
        else if (!forget)
        {
            line.AddUser(line["user"]);
            Remember(id, line);
        }

        bool wasPending = failure.IsPending;
        failure.IsPending = false;
        if (wasPending || failure.Users?.Count > 1)
        {
            // A success does not clear a failure that was not counted yet, nor attempts under several names.
            failure.Take("nofail");
            failure.Take("mlfgained");
            noFail = gained = false;
        }

        if (!noFail)
        {
            List<MatchedLine> matches = [.. failure.NoFailMatches, .. failure.Matches];
            failure.NoFailMatches.Clear();
            if (!gained) matches.AddRange(matched);
            KeepLatest(matches);
            failure.Matches = matches;
        }
        else if (!forget)
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
        known.AddUser(line["user"]);
        bool wasNoFail = known.Take("nofail");
        wasNoFail |= known.Take("mlfgained");
        if (gained) known.IsPending = false;
        if (!wasNoFail && !known.IsPending) known.Matches = []; // they were reported with the failure before
        known.Update(line);
    }

    private Fields? Find(string id)
    {
        if (!_known.TryGetValue(id, out (Fields Failure, long Stored) entry)) return null;
        if (time.GetElapsedTime(entry.Stored) < Lifetime) return entry.Failure;
        _known.Remove(id);
        return null;
    }

    private void Remember(string id, Fields failure)
    {
        if (_known.Count >= Capacity) _known.RemoveAt(0);
        _known[id] = (failure, time.GetTimestamp());
    }
}
