using Fail2Ban.Addresses;
using Fail2Ban.Logging;
using Fail2Ban.Tracking.Failures;

namespace Fail2Ban.Tracking.Bans;

/// <summary>The live bans of one jail.</summary>
/// <remarks>Owned by one jail loop; not thread-safe. A ban is kept compactly; a <see cref="Ban"/> is built when it is asked for.</remarks>
public sealed class BanManager
{
    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(3);

    private struct Live
    {
        public long Evidence; // handle of _pages
        public DateTime Begin; // UTC
        public double Seconds;
        public long Order; // of the ban; unique, so it also tells a reused slot from the one that was meant
        public int Count;
        public int Failures;
        public bool Restored;
        public bool IsAwaited; // by TakeRestored

        public readonly BanTime Time => new(Seconds);

        public readonly DateTimeOffset End => Time.EndOf(new DateTimeOffset(Begin));
    }

    private readonly TimeProvider _time;
    private IdTable<Live> _bans = new();
    private EvidenceCodec _codec = new();
    private EvidencePages _pages = new();
    private Dictionary<FailureId, FailureId> _addresses = [];

    // Every live ban that ends by time has an entry with its present end. Entries of ended or changed bans stay until
    // they come up, or until they are more than the bans.
    private readonly PriorityQueue<int, (long End, long Order)> _ends = new(); // slot; UTC ticks of the end, order of the ban
    private DateTimeOffset _lastCheck = DateTimeOffset.MinValue;
    private long _order;

    /// <summary>No ban yet.</summary>
    public BanManager(TimeProvider time) => _time = time;

    /// <summary>The jail's ban time, for tickets without one of their own.</summary>
    public BanTime BanTime { get; set; } = new(600);

    /// <summary>How many ids are banned.</summary>
    public int Current => _bans.Count;

    /// <summary>How many bans there were since the start, restored ones included.</summary>
    public long Total { get; private set; }

    /// <summary>When the first ban ends by time; null where none does. It is over strictly after that moment.</summary>
    public DateTimeOffset? NextEnd
    {
        get
        {
            DropStaleEnds();
            return _ends.TryPeek(out _, out (long End, long) first) ? new DateTimeOffset(first.End, TimeSpan.Zero) : null;
        }
    }

    /// <summary>Takes a ticket.</summary>
    /// <param name="ticket">Who, why and since when.</param>
    /// <param name="time">A ban time of its own; null takes the jail's.</param>
    /// <param name="previous">How often the id was banned before.</param>
    public BanDecision Add(Ticket ticket, BanTime? time = null, int previous = 0) =>
        Decide(new Ban(ticket, time ?? BanTime, previous + 1, Restored: false));

    /// <summary>Takes a ban out of the store at start, after <see cref="BanRestore"/> has corrected it; it is marked as restored.</summary>
    /// <param name="ticket">Who, why and since when; its lines are already cut to maxmatches.</param>
    /// <param name="time">The corrected time.</param>
    /// <param name="previous">The stored count.</param>
    public BanDecision Restore(Ticket ticket, BanTime time, int previous)
    {
        BanDecision decision = Decide(new Ban(ticket, time, previous + 1, Restored: true));
        if (decision.Outcome == BanOutcome.Added) _bans.ValueAt(_bans.Find(ticket.Id)).IsAwaited = true;
        return decision;
    }

    /// <summary>Each ban that <see cref="Restore"/> has added since the last call and that is still in force, one after the other.</summary>
    /// <remarks>Bans may come and end between two of them. It holds no list: they may be a million.</remarks>
    public IEnumerable<Ban> TakeRestored()
    {
        for (int index = 0; index < _bans.End; index++)
        {
            if (!_bans.IsUsed(index) || !_bans.ValueAt(index).IsAwaited) continue;
            _bans.ValueAt(index).IsAwaited = false;
            yield return BanAt(index);
        }
    }

    /// <summary>The ban of an id, or null.</summary>
    public Ban? Find(FailureId id) => _bans.Find(id) is >= 0 and var index ? BanAt(index) : null;

    /// <summary>Whether an id itself is banned.</summary>
    public bool Contains(FailureId id) => _bans.Find(id) >= 0;

    /// <summary>Gives a live ban another time and count (increments); null where it is not banned any more.</summary>
    /// <param name="id">Whose.</param>
    /// <param name="time">How long it now lasts.</param>
    /// <param name="count">How often the id was banned, this ban included.</param>
    /// <param name="restored">Whether it turns out that this ban is already stored: it then counts as restored.</param>
    public Ban? Change(FailureId id, BanTime time, int count, bool restored = false)
    {
        int index = _bans.Find(id);
        if (index < 0) return null;
        if (restored) _bans.ValueAt(index).Restored = true;
        _bans.ValueAt(index).Count = count;
        SetTime(index, time);
        return BanAt(index);
    }

    /// <summary>Ends and returns the bans whose time is over, in the order of their ends.</summary>
    /// <param name="limit">At most so many.</param>
    public IReadOnlyList<Ban> TakeExpired(int limit = int.MaxValue)
    {
        var ended = new List<Ban>();
        DateTimeOffset now = _time.GetUtcNow();
        while (ended.Count < limit && NextEnd is { } end && end < now) ended.Add(Take(_ends.Dequeue()));
        return ended;
    }

    /// <summary>Ends the ban of an id; null where there is none.</summary>
    public Ban? Remove(FailureId id) => _bans.Find(id) is >= 0 and var index ? Take(index) : null;

    /// <summary>Ends every ban of an address or network inside the given network, in ban order.</summary>
    public IReadOnlyList<Ban> RemoveWithin(IpRange network)
    {
        var inside = new List<(long Order, int Index)>();
        for (int index = 0; index < _bans.End; index++)
        {
            if (_bans.IsUsed(index) && _bans.IdAt(index).Range is { } range && network.Contains(range))
                inside.Add((_bans.ValueAt(index).Order, index));
        }

        inside.Sort();
        return inside.ConvertAll(item => Take(item.Index));
    }

    /// <summary>Ends every ban.</summary>
    /// <returns>What was in force, for whoever has to end it: a million bans as objects would take twice what they take here.</returns>
    public BanManager Flush()
    {
        var ended = new BanManager(_time) { _bans = _bans, _codec = _codec, _pages = _pages, _addresses = _addresses };
        (_bans, _codec, _pages, _addresses) = (new(), new(), new(), []);
        _ends.Clear();
        return ended;
    }

    /// <summary>Every ban, in ban order. The ids are those of the call; a ban that ended meanwhile is left out.</summary>
    public IEnumerable<Ban> All()
    {
        foreach ((long order, int index) in Ordered())
        {
            if (index < _bans.End && _bans.IsUsed(index) && _bans.ValueAt(index).Order == order) yield return BanAt(index);
        }
    }

    /// <summary>Every banned id in ban order, for <c>status</c>.</summary>
    public IReadOnlyList<FailureId> IdsInBanOrder() => Ordered().ConvertAll(item => _bans.IdAt(item.Index));

    /// <summary>Every banned id with begin and time, in the order of the ends, for <c>get banip</c>.</summary>
    public IReadOnlyList<BanSpan> InEndOrder()
    {
        List<BanSpan> spans = Ordered().ConvertAll(item =>
            new BanSpan(_bans.IdAt(item.Index), new DateTimeOffset(_bans.ValueAt(item.Index).Begin), _bans.ValueAt(item.Index).Time));
        return [.. spans.OrderBy(span => span.End)]; // stable: the same end keeps the ban order
    }

    private BanDecision Decide(Ban ban)
    {
        if (ban.End < _time.GetUtcNow()) return new BanDecision(BanOutcome.Expired, ban, LogLevel.Info, false);
        int index = _bans.Find(ban.Ticket.Id);
        if (index >= 0) return Repeated(index, ban);
        Insert(ban);
        Total++;
        return new BanDecision(BanOutcome.Added, ban, LogLevel.Notice, false);
    }

    private BanDecision Repeated(int index, Ban again)
    {
        ref Live live = ref _bans.ValueAt(index);
        TimeSpan since = again.Ticket.Time - new DateTimeOffset(live.Begin);
        bool isExtended = again.End > live.End;
        if (isExtended)
            SetTime(index, again.Time.IsPermanent ? again.Time : new BanTime(again.Time.Seconds + Math.Max(0, since.TotalSeconds)));

        LogLevel level = since.TotalSeconds switch { < 3 => LogLevel.Debug, < 60 => LogLevel.Notice, _ => LogLevel.Warning };
        DateTimeOffset now = _time.GetUtcNow();
        bool check = since > CheckInterval && (now - _lastCheck >= CheckInterval || now < _lastCheck); // the clock may have been set back
        if (check) _lastCheck = now;
        return new BanDecision(BanOutcome.AlreadyBanned, BanAt(index), level, check, isExtended);
    }

    private void Insert(Ban ban)
    {
        Ticket ticket = ban.Ticket;
        int index = _bans.Add(ticket.Id);
        _bans.ValueAt(index) = new Live
        {
            Evidence = _pages.Put(_codec.Encode(ticket.Matches.AsSpan(), ticket.Data)),
            Begin = ticket.Time.UtcDateTime,
            Order = ++_order,
            Count = ban.Count,
            Failures = ticket.Failures,
            Restored = ban.Restored,
        };
        if (ticket.Address is { } address) _addresses[ticket.Id] = address;
        SetTime(index, ban.Time);
    }

    private void SetTime(int index, BanTime time)
    {
        ref Live live = ref _bans.ValueAt(index);
        live.Seconds = time.Seconds;
        if (live.End != DateTimeOffset.MaxValue) _ends.Enqueue(index, (live.End.UtcTicks, live.Order));
        if (_ends.Count > (2 * _bans.Count) + 64) RebuildEnds();
    }

    private void RebuildEnds()
    {
        _ends.Clear();
        for (int index = 0; index < _bans.End; index++)
        {
            if (!_bans.IsUsed(index)) continue;
            ref Live live = ref _bans.ValueAt(index);
            if (live.End != DateTimeOffset.MaxValue) _ends.Enqueue(index, (live.End.UtcTicks, live.Order));
        }
    }

    private void DropStaleEnds()
    {
        while (_ends.TryPeek(out int index, out (long End, long Order) first))
        {
            if (index < _bans.End && _bans.IsUsed(index) && _bans.ValueAt(index).Order == first.Order && _bans.ValueAt(index).End.UtcTicks == first.End) return;
            _ends.Dequeue();
        }
    }

    private List<(long Order, int Index)> Ordered()
    {
        var items = new List<(long Order, int Index)>(_bans.Count);
        for (int index = 0; index < _bans.End; index++)
            if (_bans.IsUsed(index)) items.Add((_bans.ValueAt(index).Order, index));
        items.Sort();
        return items;
    }

    private Ban Take(int index)
    {
        Ban ban = BanAt(index);
        _addresses.Remove(ban.Ticket.Id);
        _pages.Free(_bans.ValueAt(index).Evidence);
        _bans.RemoveAt(index);
        if (_pages.IsWasteful) Compact();
        return ban;
    }

    private void Compact()
    {
        var pages = new EvidencePages();
        for (int index = 0; index < _bans.End; index++)
        {
            if (!_bans.IsUsed(index)) continue;
            ref Live live = ref _bans.ValueAt(index);
            live.Evidence = pages.Put(_pages.Get(live.Evidence));
        }

        _pages = pages;
    }

    private Ban BanAt(int index)
    {
        FailureId id = _bans.IdAt(index);
        ref Live live = ref _bans.ValueAt(index);
        (var matches, var data) = _codec.Decode(_pages.Get(live.Evidence));
        var ticket = new Ticket(
            id,
            _addresses.TryGetValue(id, out FailureId address) ? address : null,
            new DateTimeOffset(live.Begin),
            live.Failures,
            matches,
            data);
        return new Ban(ticket, live.Time, live.Count, live.Restored);
    }
}
