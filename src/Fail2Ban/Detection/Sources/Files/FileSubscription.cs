using Fail2Ban.Detection.Lines;

namespace Fail2Ban.Detection.Sources.Files;

/// <summary>One sink that follows one file.</summary>
/// <remarks>The watcher's thread delivers; the sink's thread completes; anybody asks.</remarks>
internal sealed class FileSubscription : LogSubscription
{
    private readonly FileWatcher _watcher;
    private readonly Lock _lock = new();

    // Guarded by _lock.
    private LogPosition _position;
    private int _incarnation;
    private long _linesRead;

    private int _outstanding;
    private int _passedOver;
    private long _unread;
    private long _onTheWay;
    private volatile string? _lastError;
    private volatile bool _ended;
    private volatile bool _stopped;

    internal FileSubscription(FileWatcher watcher, LogFileRequest request, LogPosition start)
    {
        _watcher = watcher;
        Request = request;
        _position = start;
    }

    public override string Source => Request.Path;

    public override LogPosition Position
    {
        get { lock (_lock) return _position; }
    }

    public override long LinesRead
    {
        get { lock (_lock) return _linesRead; }
    }

    public override long BytesBehind => Interlocked.Read(ref _unread) + Interlocked.Read(ref _onTheWay);

    public override string? LastError => _lastError;

    public override bool IsStopped => _stopped;

    internal LogFileRequest Request { get; }

    internal LineCodec Codec => Request.Encoding.Codec;

    /// <summary>Whether it was disposed.</summary>
    internal bool HasEnded => _ended;

    /// <summary>Set when the file is known to the watcher's thread. Owned by that thread, as is the next.</summary>
    internal FollowedFile? File { get; set; }

    /// <summary>Whether the sink was told once that the end was reached.</summary>
    internal bool ToldCaughtUp { get; private set; }

    public override void Dispose()
    {
        if (_ended) return;
        _ended = true;
        _watcher.Post(new WatcherCommand(this, null));
    }

    /// <summary>The file's turn in which the sink had no room for the rest of a rotated file.</summary>
    internal int HeldUpIn { get; set; }

    internal void SetError(string? error) => _lastError = error;

    internal void SetUnread(long bytes) => Interlocked.Exchange(ref _unread, bytes);

    internal void Stop(string error)
    {
        _lastError = error;
        _stopped = true;
    }

    /// <summary>The incarnation that the start position belongs to.</summary>
    internal void SetIncarnation(int incarnation)
    {
        lock (_lock) _incarnation = incarnation;
    }

    /// <summary>Whether the sink can take one more; if not, the watcher is woken when it can.</summary>
    internal bool HasCredit()
    {
        if (Volatile.Read(ref _outstanding) < MaximumOutstanding) return true;
        Interlocked.Exchange(ref _passedOver, 1);
        // A completion between the two looks would otherwise wake nobody.
        return Volatile.Read(ref _outstanding) < MaximumOutstanding;
    }

    internal void Deliver(LineBlock block)
    {
        ToldCaughtUp |= block.CaughtUp;
        Interlocked.Increment(ref _outstanding);
        Interlocked.Add(ref _onTheWay, block.End - block.Start);
        Request.Sink.Accept(new LineDelivery(block, this));
    }

    internal override void Completed(LineBlock block)
    {
        lock (_lock)
        {
            _linesRead += block.Count;
            // A late line of the file before the rotation must not bring its position back.
            if (block.Incarnation > _incarnation || (block.Incarnation == _incarnation && block.End >= _position.Offset))
            {
                _incarnation = block.Incarnation;
                _position = new LogPosition(block.End, block.FirstLineHash);
            }
        }

        Interlocked.Add(ref _onTheWay, block.Start - block.End);
        block.Release();
        // Half the credit first: otherwise each single completion would wake the watcher for a single chunk.
        if (Interlocked.Decrement(ref _outstanding) <= MaximumOutstanding / 2 && Interlocked.Exchange(ref _passedOver, 0) == 1)
            _watcher.Post(new WatcherCommand(this, null));
    }
}
