using Fail2Ban.Detection.Lines;
using Fail2Ban.Native.Libc;

namespace Fail2Ban.Detection.Sources.Files;

/// <summary>One sink that follows one file.</summary>
/// <remarks>The watcher's thread delivers; the sink's thread completes; anybody asks.</remarks>
internal sealed class FileSubscription : LogSubscription
{
    private const double TypicalLine = 100;

    private readonly FileWatcher _watcher;
    private readonly Lock _lock = new();

    // Guarded by _lock.
    private LogPosition _position;
    private int _incarnation;
    private long _linesRead;

    private long _bytesDone;
    private TimeSpan? _behindSince;
    private (long Known, TimeSpan At) _mark;

    private int _outstanding;
    private int _passedOver;
    private long _unread;
    private long _half;
    private long _size;
    private long _onTheWay;
    private int _linesOnTheWay;
    private int _toldGone;
    private volatile string _way = "inotify";
    private volatile string? _lastError;
    private volatile bool _ended;
    private volatile bool _stopped;

    internal FileSubscription(FileWatcher watcher, LogFileRequest request, StartPoint start)
    {
        _watcher = watcher;
        Request = request;
        _position = start.Position;
        Unopened = start.Unopened;
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

    public override SourceState State
    {
        get
        {
            lock (_lock)
            {
                long half = Interlocked.Read(ref _half), whole = Math.Max(0, Interlocked.Read(ref _unread) - half);
                long bytes = whole + Interlocked.Read(ref _onTheWay);
                double perLine = _linesRead > 0 && _bytesDone > 0 ? (double)_bytesDone / _linesRead : TypicalLine;
                return new SourceState(Source, _way, _position.Offset, Interlocked.Read(ref _size), null, _linesRead)
                {
                    BytesBehind = bytes + half,
                    LinesBehind = Volatile.Read(ref _linesOnTheWay) + (long)Math.Ceiling(whole / perLine),
                    LinesAreEstimated = whole > 0,
                    TimeBehind = bytes > 0 && _behindSince is { } since ? _watcher.Now - since : TimeSpan.Zero,
                    LastError = _lastError,
                };
            }
        }
    }

    internal LogFileRequest Request { get; }

    internal LineCodec Codec => Request.Encoding.Codec;

    /// <summary>Whether it was disposed.</summary>
    internal bool HasEnded => _ended;

    /// <summary>Set when the file is known to the watcher's thread. Owned by that thread, as are the next ones.</summary>
    internal FollowedFile? File { get; set; }

    /// <summary>The file that could not be opened at first, but is to be gone on in; null otherwise, and once a file was opened.</summary>
    internal FileStatus? Unopened { get; set; }

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

    internal void SetWay(string way) => _way = way;

    /// <summary>Tells what is not delivered yet.</summary>
    /// <param name="bytes">All of it.</param>
    /// <param name="half">What of this is a line without its end.</param>
    /// <param name="size">The newest file's size.</param>
    /// <param name="now">On the watcher's clock.</param>
    internal void SetUnread(long bytes, long half, long size, TimeSpan now)
    {
        Interlocked.Exchange(ref _unread, bytes);
        Interlocked.Exchange(ref _half, half);
        Interlocked.Exchange(ref _size, size);
        lock (_lock)
        {
            long behind = bytes - half + Interlocked.Read(ref _onTheWay), known = _bytesDone + behind;
            if (behind <= 0)
            {
                _behindSince = null;
            }
            else if (_behindSince is null || _bytesDone >= _mark.Known)
            {
                // What is unread now was not there at the last mark, or a part of it was not.
                _behindSince = _behindSince is null ? now : _mark.At;
                _mark = (known, now);
            }
        }
    }

    /// <summary>The file has been away for long.</summary>
    internal void TellGone()
    {
        if (Request.Gone is { } gone && Interlocked.Exchange(ref _toldGone, 1) == 0) gone(this);
    }

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
        Interlocked.Add(ref _linesOnTheWay, block.Count);
        Request.Sink.Accept(new LineDelivery(block, this));
    }

    internal override void Completed(LineBlock block)
    {
        lock (_lock)
        {
            _linesRead += block.Count;
            _bytesDone += block.End - block.Start;
            // A late line of the file before the rotation must not bring its position back.
            if (block.Incarnation > _incarnation || (block.Incarnation == _incarnation && block.End >= _position.Offset))
            {
                _incarnation = block.Incarnation;
                _position = new LogPosition(block.End, block.FirstLineHash, block.Device, block.Inode);
            }
        }

        Interlocked.Add(ref _onTheWay, block.Start - block.End);
        Interlocked.Add(ref _linesOnTheWay, -block.Count);
        block.Release();
        // Half the credit first: otherwise each single completion would wake the watcher for a single chunk.
        if (Interlocked.Decrement(ref _outstanding) <= MaximumOutstanding / 2 && Interlocked.Exchange(ref _passedOver, 0) == 1)
            _watcher.Post(new WatcherCommand(this, null));
    }
}
