using System.Text;
using Fail2Ban.Values;

namespace Fail2Ban.Detection.Matching;

/// <summary>Puts the lines of one connection together: a name in one line, the address in another, the outcome in a third.</summary>
/// <remarks>
/// Connections are known by <c>mlfid</c>. What is remembered is the failure as far as it is known; it is the same object
/// that is returned, so that the caller's changes stay with the connection. Bounded in number and age. Not thread-safe.
/// </remarks>
internal sealed class Connections
{
    /// <summary>How many are remembered at most.</summary>
    public const int Capacity = 100;

    /// <summary>For how long.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    private const int LinesPerConnection = 1000;

    private readonly Dictionary<Fields, Entry> _known = new(new ByKey());
    private readonly Dictionary<Fields, Entry>.AlternateLookup<ReadOnlySpan<byte>> _knownByKey;

    // The order of storing; some may be gone, or stored again, since.
    private readonly Queue<(Fields Failure, long Number)> _oldest = [];
    private readonly Stack<Fields> _unused = [];
    private readonly TimeProvider _time;
    private long _number;

    public Connections(TimeProvider time)
    {
        _time = time;
        _knownByKey = _known.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    public int Count => _known.Count;

    /// <summary>Empty fields for a line; to be given back to <see cref="Return"/>.</summary>
    public Fields Rent() => _unused.TryPop(out Fields? fields) ? fields : new Fields();

    /// <summary>Ends the use of fields, unless their connection is remembered.</summary>
    public void Return(Fields fields)
    {
        if (fields.IsRemembered) return;
        fields.Reset();
        _unused.Push(fields);
    }

    /// <summary>Merges a line's fields into its connection.</summary>
    /// <param name="line">What the line captured, <c>mlfid</c> included; not to be used any more unless it is what is returned.</param>
    /// <param name="matched">The line itself, or the lines of a multi-line match; none where nobody wants to see them.</param>
    /// <returns>What is known now; <c>nofail</c> is set in it where this is no failure.</returns>
    public Fields Merge(Fields line, IReadOnlyList<MatchedLine> matched)
    {
        if (!line.TryText(FieldSlot.MlfId, out ReadOnlySpan<byte> id)) id = Encoding.UTF8.GetBytes(PythonText.Str(line[FieldSlot.MlfId]));
        bool gained = line.IsSet(FieldSlot.MlfGained);
        if (gained && !line.IsSet(FieldSlot.NoFail)) line.Copy("mlfgained", "nofail");
        bool noFail = line.IsSet(FieldSlot.NoFail);
        bool forget = line.Take(FieldSlot.MlfForget);

        Fields failure = line;
        if (Find(id) is { } known)
        {
            failure = known;
            Continue(known, line, gained);
            if (forget) Forget(known);
            Return(line);
        }
        else if (!forget)
        {
            line.AddUserOf(line);
            Remember(id, line);
        }

        if (Outweighs(failure)) noFail = gained = false;
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

    // A success does not clear a failure that was not counted yet, nor attempts under several names.
    private static bool Outweighs(Fields failure)
    {
        bool wasPending = failure.IsPending;
        failure.IsPending = false;
        if (!wasPending && failure.UserCount <= 1) return false;
        failure.Take(FieldSlot.NoFail);
        failure.Take(FieldSlot.MlfGained);
        return true;
    }

    // The original keeps them all; whoever can write to the log within one connection could fill the memory.
    private static void KeepLatest(List<MatchedLine> lines)
    {
        if (lines.Count > LinesPerConnection) lines.RemoveRange(0, lines.Count - LinesPerConnection);
    }

    private static void Continue(Fields known, Fields line, bool gained)
    {
        known.AddUserOf(line);
        if (!TakeBack(known, gained) && !known.IsPending) known.Matches = Fields.NoLines; // they were reported with the failure before
        known.Update(line);
    }

    // What the last line has said about being no failure does not hold for the next.
    private static bool TakeBack(Fields known, bool gained)
    {
        bool wasNoFail = known.Take(FieldSlot.NoFail);
        wasNoFail |= known.Take(FieldSlot.MlfGained);
        if (gained) known.IsPending = false;
        return wasNoFail;
    }

    private Fields? Find(ReadOnlySpan<byte> id)
    {
        if (!_knownByKey.TryGetValue(id, out Entry entry)) return null;
        if (_time.GetElapsedTime(entry.Stored) < Lifetime) return entry.Failure;
        Forget(entry.Failure);
        Return(entry.Failure);
        return null;
    }

    private void Forget(Fields failure)
    {
        _known.Remove(failure);
        failure.IsRemembered = false;
    }

    private void Remember(ReadOnlySpan<byte> id, Fields failure)
    {
        while (_known.Count >= Capacity)
        {
            if (!_oldest.TryDequeue(out (Fields Failure, long Number) oldest) || !IsKnown(oldest)) continue;
            Forget(oldest.Failure);
            Return(oldest.Failure);
        }

        if (_oldest.Count >= 2 * Capacity)
        {
            for (int left = _oldest.Count; left > 0; left--)
                if (_oldest.Dequeue() is var each && IsKnown(each)) _oldest.Enqueue(each);
        }

        failure.SetKey(id);
        failure.IsRemembered = true;
        _known.Add(failure, new Entry(failure, _time.GetTimestamp(), ++_number));
        _oldest.Enqueue((failure, _number));
    }

    // The object may serve another connection by now, or none; its number tells.
    private bool IsKnown((Fields Failure, long Number) stored) => _known.TryGetValue(stored.Failure, out Entry entry) && entry.Number == stored.Number;

    private readonly record struct Entry(Fields Failure, long Stored, long Number);

    private sealed class ByKey : IEqualityComparer<Fields>, IAlternateEqualityComparer<ReadOnlySpan<byte>, Fields>
    {
        public bool Equals(Fields? x, Fields? y) => x!.Key.SequenceEqual(y!.Key);

        public int GetHashCode(Fields obj) => GetHashCode(obj.Key);

        public bool Equals(ReadOnlySpan<byte> alternate, Fields other) => other.Key.SequenceEqual(alternate);

        public int GetHashCode(ReadOnlySpan<byte> alternate) => ConnectionHash.Of(alternate);

        public Fields Create(ReadOnlySpan<byte> alternate) => throw new NotSupportedException("a connection is remembered with its fields");
    }
}
