using Fail2Ban.Detection.Lines;

namespace Fail2Ban.Detection.Sources.Journal;

/// <summary>One sink that follows the journal.</summary>
/// <remarks>The follower's thread delivers; the sink's thread completes; anybody asks.</remarks>
internal sealed class JournalSubscription : LogSubscription
{
    /// <summary>What stands for the journal wherever a path would stand.</summary>
    internal const string Name = "systemd-journal";

    private readonly JournalFollower _follower;
    private readonly TimeZoneInfo _zone;
    private long _position;
    private long _linesRead;
    private int _outstanding;
    private int _passedOver;
    private volatile string? _lastError;
    private volatile bool _ended;
    private volatile bool _inStep;
    private int _linesOnTheWay;

    internal JournalSubscription(JournalFollower follower, JournalRequest request, TimeZoneInfo zone)
    {
        _follower = follower;
        _zone = zone;
        _position = request.After;
        Request = request;
        LastSeen = request.After;
        CatchUp = new CatchUp(this);
    }

    public override string Source => Name;

    /// <summary>Microseconds since 1970 at which the last entry that was worked off was received, and that time as text.</summary>
    public override LogPosition Position
    {
        get
        {
            long position = Interlocked.Read(ref _position);
            return new LogPosition(position, JournalTime.Text(position, _zone));
        }
    }

    public override long LinesRead => Interlocked.Read(ref _linesRead);

    /// <summary>Not known of the journal: 0.</summary>
    public override long BytesBehind => 0;

    public override string? LastError => _lastError;

    public override bool IsStopped => false;

    public override SourceState State
    {
        get
        {
            DateTimeOffset time = JournalTime.At(Interlocked.Read(ref _position));
            bool isInStep = _inStep;
            return new SourceState(Name, "journal", null, null, time, LinesRead)
            {
                LinesBehind = isInStep ? Volatile.Read(ref _linesOnTheWay) : null,
                TimeBehind = isInStep ? TimeSpan.Zero : _follower.UtcNow - time,
                LastError = _lastError,
            };
        }
    }

    internal JournalRequest Request { get; }

    /// <summary>Whether it was disposed.</summary>
    internal bool HasEnded => _ended;

    // Owned by the follower's thread.

    internal CatchUp CatchUp { get; }

    internal BlockBuilder Block { get; } = new();

    /// <summary>Which entries are wanted, in the terms of the shared view; null while not in step.</summary>
    internal WantedEntries? Wanted
    {
        get;
        set
        {
            field = value;
            _inStep = value is not null;
        }
    }

    /// <summary>When the last entry that went to the sink was received, in microseconds since 1970.</summary>
    internal long LastSeen { get; set; }

    /// <summary>Whether the shared view has not been at the end since this one joined it: it may show entries again.</summary>
    internal bool MaySeeAgain { get; set; }

    /// <summary>Whether the sink was told that the end was reached.</summary>
    internal bool ToldCaughtUp { get; private set; }

    public override void Dispose()
    {
        if (_ended) return;
        _ended = true;
        _follower.Note(this);
    }

    internal void SetError(string? error) => _lastError = error;

    /// <summary>Whether the sink can take one more; if not, the follower is woken when it can.</summary>
    internal bool HasCredit()
    {
        if (Volatile.Read(ref _outstanding) < MaximumOutstanding) return true;
        Interlocked.Exchange(ref _passedOver, 1);
        // A completion between the two looks would otherwise wake nobody.
        return Volatile.Read(ref _outstanding) < MaximumOutstanding;
    }

    internal void Deliver(bool caughtUp)
    {
        ToldCaughtUp |= caughtUp;
        Interlocked.Increment(ref _outstanding);
        LineBlock block = Block.Take(caughtUp);
        Interlocked.Add(ref _linesOnTheWay, block.Count);
        Request.Sink.Accept(new LineDelivery(block, this));
    }

    internal override void Completed(LineBlock block)
    {
        Interlocked.Add(ref _linesRead, block.Count);
        Interlocked.Add(ref _linesOnTheWay, -block.Count);
        if (block.Count > 0) Interlocked.Exchange(ref _position, block.End);
        block.Release();
        if (Interlocked.Decrement(ref _outstanding) <= MaximumOutstanding / 2 && Interlocked.Exchange(ref _passedOver, 0) == 1) _follower.Wake();
    }
}
