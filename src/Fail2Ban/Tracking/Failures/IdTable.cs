using Fail2Ban.Addresses;

namespace Fail2Ban.Tracking.Failures;

/// <summary>A hash table from ids to small structs for up to millions of them.</summary>
/// <remarks>
/// A Dictionary would copy one array of a hundred megabytes each time it grows and hold both meanwhile; here slots live
/// in chunks, and only the buckets (4 bytes an id) are rebuilt. Not thread-safe.
/// </remarks>
internal sealed class IdTable<TValue>
    where TValue : struct
{
    private const int ChunkBits = 11; // chunks of large tables are large objects: the collector never copies them
    private const int ChunkSize = 1 << ChunkBits;
    private const int None = -1;
    private const int FreeMark = -3; // minus None is the largest value of a free slot: −2
    private const int SmallestBuckets = 16;

    private struct Slot
    {
        public FailureId Id;
        public TValue Value;
        public int Hash;
        public int Next; // next slot of the bucket, or None; in a free slot FreeMark minus the next free one
    }

    private readonly List<Slot[]> _chunks = [];
    private int[] _buckets = NewBuckets(SmallestBuckets);
    private int _end; // slots that were ever handed out
    private int _free = None;

    /// <summary>How many ids are in the table.</summary>
    public int Count { get; private set; }

    /// <summary>Slot numbers are below this; some of them may be unused.</summary>
    public int End => _end;

    /// <summary>The slot number of an id, or −1.</summary>
    public int Find(FailureId id)
    {
        int hash = id.GetHashCode();
        int index = _buckets[hash & (_buckets.Length - 1)];
        while (index != None)
        {
            ref Slot slot = ref At(index);
            if (slot.Hash == hash && slot.Id == id) return index;
            index = slot.Next;
        }

        return None;
    }

    /// <summary>Adds an id that is not there yet.</summary>
    /// <returns>Its slot number, which holds until it is removed.</returns>
    public int Add(FailureId id)
    {
        if (Count >= _buckets.Length) Rebuild(_buckets.Length * 2);
        int index = _free;
        if (index != None)
        {
            _free = FreeMark - At(index).Next;
        }
        else
        {
            index = _end++;
            MakeRoom(index);
        }

        ref Slot slot = ref At(index);
        slot.Id = id;
        slot.Hash = id.GetHashCode();
        ref int bucket = ref _buckets[slot.Hash & (_buckets.Length - 1)];
        slot.Next = bucket;
        bucket = index;
        Count++;
        return index;
    }

    /// <summary>Whether a slot number holds an id.</summary>
    public bool IsUsed(int index) => At(index).Next >= None;

    /// <summary>The id of a slot.</summary>
    public FailureId IdAt(int index) => At(index).Id;

    /// <summary>The value of a slot.</summary>
    public ref TValue ValueAt(int index) => ref At(index).Value;

    /// <summary>Removes the id of a slot.</summary>
    public void RemoveAt(int index)
    {
        ref Slot slot = ref At(index);
        ref int link = ref _buckets[slot.Hash & (_buckets.Length - 1)];
        while (link != index) link = ref At(link).Next;
        link = slot.Next;
        slot = default;
        slot.Next = FreeMark - _free;
        _free = index;
        if (--Count == 0) Clear();
    }

    /// <summary>Removes every id and gives the memory back.</summary>
    public void Clear()
    {
        _chunks.Clear();
        _buckets = NewBuckets(SmallestBuckets);
        _end = 0;
        _free = None;
        Count = 0;
    }

    private ref Slot At(int index) => ref _chunks[index >> ChunkBits][index & (ChunkSize - 1)];

    // The first chunk grows from a few slots, so that a thousand quiet jails cost nothing.
    private void MakeRoom(int index)
    {
        if (index >> ChunkBits == _chunks.Count) _chunks.Add(new Slot[index == 0 ? SmallestBuckets : ChunkSize]);
        if (index < ChunkSize && index >= _chunks[0].Length)
        {
            Slot[] first = _chunks[0];
            Array.Resize(ref first, first.Length * 2);
            _chunks[0] = first;
        }
    }

    private void Rebuild(int size)
    {
        _buckets = NewBuckets(size);
        for (int index = 0; index < _end; index++)
        {
            ref Slot slot = ref At(index);
            if (slot.Next < None) continue;
            ref int bucket = ref _buckets[slot.Hash & (size - 1)];
            slot.Next = bucket;
            bucket = index;
        }
    }

    private static int[] NewBuckets(int size)
    {
        int[] buckets = new int[size];
        Array.Fill(buckets, None);
        return buckets;
    }
}
