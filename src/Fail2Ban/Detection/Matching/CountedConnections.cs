using System.Text;

namespace Fail2Ban.Detection.Matching;

/// <summary>Puts the lines of one connection together as <see cref="Connections"/> does, where only verdicts are wanted: no fields, no lines.</summary>
/// <remarks>Bounded in number and age, as there. Not thread-safe.</remarks>
internal sealed class CountedConnections
{
    private const int Buckets = 256; // a power of 2, some of which stay empty
    private const int None = -1;

    private readonly TimeProvider _time;
    private readonly long _lifetime;
    private readonly int[] _buckets = new int[Buckets];

    // The last one is for lines of no connection, or of one that ends with its first line.
    private readonly Connection[] _connections = new Connection[Connections.Capacity + 1];
    private int _firstUnused;

    // In the order of storing.
    private int _oldest = None, _newest = None;

    /// <param name="time">Its timestamps tell ages.</param>
    public CountedConnections(TimeProvider time)
    {
        _time = time;
        _lifetime = (long)(Connections.Lifetime.TotalSeconds * time.TimestampFrequency);
        _buckets.AsSpan().Fill(None);
        for (int i = 0; i < _connections.Length; i++) _connections[i] = new Connection { Key = [], User = [], Next = i < Connections.Capacity - 1 ? i + 1 : None };
    }

    /// <summary>Says what a line is, after those of its connection.</summary>
    /// <param name="line">What it captured.</param>
    /// <param name="useDns">What becomes of names.</param>
    /// <param name="host">The name that must be resolved to know who failed; null in all other cases.</param>
    /// <returns><see cref="LineVerdict.Matched"/>, <see cref="LineVerdict.NoFailure"/>, <see cref="LineVerdict.Pending"/>, or <see cref="LineVerdict.NoMatch"/> for a name that is not to be used.</returns>
    public LineVerdict Judge(in LineCaptures line, UseDns useDns, out string? host)
    {
        host = null;
        bool isNoFailure = line.IsSet(FieldSlot.NoFail);
        int place = line.TryText(FieldSlot.MlfId, out ReadOnlySpan<byte> id) ? Merge(line, id, ref isNoFailure) : Alone;
        ref Connection connection = ref _connections[place];
        if (place == Alone) connection.Clear();
        connection.Put(line);
        if (isNoFailure) return LineVerdict.NoFailure;
        if (connection.HasAddress) return LineVerdict.Matched;
        if (connection.Name is { } name)
        {
            host = FailureIdentity.OfName(name, null, useDns, out bool isUnusable)?.Host;
            return isUnusable ? LineVerdict.NoMatch : LineVerdict.Matched;
        }

        if (connection.HasId) return LineVerdict.Matched;
        connection.IsPending = true;
        return LineVerdict.Pending;
    }

    private static int Alone => Connections.Capacity;

    private int Merge(in LineCaptures line, ReadOnlySpan<byte> id, ref bool isNoFailure)
    {
        bool gained = line.IsSet(FieldSlot.MlfGained), forget = line.IsSet(FieldSlot.MlfForget);
        isNoFailure |= gained;
        int hash = ConnectionHash.Of(id), place = Find(id, hash);
        if (place < 0 && forget) return Alone;
        if (place < 0) place = Remember(id, hash);
        ref Connection connection = ref _connections[place];
        line.TryText(FieldSlot.User, out ReadOnlySpan<byte> user);
        connection.AddUser(user);

        // A success does not clear a failure that was not counted yet, nor attempts under several names.
        if ((connection.IsPending && !gained) || connection.HasOtherUsers) isNoFailure = false;
        connection.IsPending = false;
        if (forget) Forget(place);
        return place;
    }

    private int Find(ReadOnlySpan<byte> id, int hash)
    {
        for (int place = _buckets[hash & (Buckets - 1)]; place >= 0; place = _connections[place].Next)
        {
            ref Connection connection = ref _connections[place];
            if (connection.Hash != hash || !connection.Key.AsSpan(0, connection.KeyLength).SequenceEqual(id)) continue;
            if (_time.GetTimestamp() - connection.Stored < _lifetime) return place;
            Forget(place);
            return None;
        }

        return None;
    }

    private int Remember(ReadOnlySpan<byte> id, int hash)
    {
        if (_firstUnused < 0) Forget(_oldest);
        int place = _firstUnused;
        ref Connection connection = ref _connections[place];
        _firstUnused = connection.Next;
        connection.Clear();
        connection.SetKey(id, hash);
        connection.Stored = _time.GetTimestamp();
        ref int bucket = ref _buckets[hash & (Buckets - 1)];
        connection.Next = bucket;
        bucket = place;
        connection.Older = _newest;
        connection.Newer = None;
        (_newest < 0 ? ref _oldest : ref _connections[_newest].Newer) = place;
        _newest = place;
        return place;
    }

    // What is known of it stays until another one takes its place.
    private void Forget(int place)
    {
        ref Connection connection = ref _connections[place];
        ref int link = ref _buckets[connection.Hash & (Buckets - 1)];
        while (link != place) link = ref _connections[link].Next;
        link = connection.Next;
        (connection.Older < 0 ? ref _oldest : ref _connections[connection.Older].Newer) = connection.Newer;
        (connection.Newer < 0 ? ref _newest : ref _connections[connection.Newer].Older) = connection.Older;
        connection.Next = _firstUnused;
        _firstUnused = place;
    }

    private struct Connection
    {
        // What is larger is given up by Clear, in bytes.
        private const int LargestKept = 4096;

        /// <summary>What it is known by.</summary>
        public byte[] Key;

        /// <summary>The first user that it named, where that is not nobody.</summary>
        public byte[] User;

        /// <summary>Bytes used of these.</summary>
        public int KeyLength, UserLength;

        /// <summary>The name of its host, where one was named.</summary>
        public string? Name;

        /// <summary>When it was stored.</summary>
        public long Stored;

        /// <summary>Its neighbours in the order of storing; the next one of its bucket, or of those that are not used.</summary>
        public int Older, Newer, Next;

        /// <summary>Of its key.</summary>
        public int Hash;

        /// <summary>Whether it has named another user than the first.</summary>
        public bool HasOtherUsers;

        /// <summary>Whether its address, or its id, was captured.</summary>
        public bool HasAddress, HasId;

        /// <summary>Whether a failure waits for its address.</summary>
        public bool IsPending;

        public void Clear()
        {
            KeyLength = UserLength = 0;
            Name = null;
            HasOtherUsers = HasAddress = HasId = IsPending = false;
            if (Key.Length > LargestKept) Key = [];
            if (User.Length > LargestKept) User = [];
        }

        public void SetKey(ReadOnlySpan<byte> key, int hash)
        {
            Copy(key, ref Key);
            KeyLength = key.Length;
            Hash = hash;
        }

        public void AddUser(ReadOnlySpan<byte> user)
        {
            if (user.IsEmpty || HasOtherUsers) return;
            if (UserLength > 0)
            {
                HasOtherUsers = !user.SequenceEqual(User.AsSpan(0, UserLength));
                return;
            }

            Copy(user, ref User);
            UserLength = user.Length;
        }

        public void Put(in LineCaptures line)
        {
            HasAddress |= line.Has(FieldSlot.Ip4) || line.Has(FieldSlot.Ip6);
            HasId |= line.Has(FieldSlot.Fid);
            if (line.TryText(FieldSlot.Dns, out ReadOnlySpan<byte> name)) Name = Encoding.UTF8.GetString(name);
        }

        private static void Copy(ReadOnlySpan<byte> text, ref byte[] place)
        {
            if (place.Length < text.Length) place = new byte[Math.Max(32, text.Length)];
            text.CopyTo(place);
        }
    }
}
