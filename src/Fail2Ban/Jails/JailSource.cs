using Fail2Ban.Detection.Lines;
using Fail2Ban.Detection.Matching;
using Fail2Ban.Detection.Sources;
using Fail2Ban.Store;

namespace Fail2Ban.Jails;

/// <summary>What a jail reads: it takes lines from subscriptions into the jail's loop, and has the store remember how far they came.</summary>
/// <remarks>Owned by one jail's loop; not thread-safe, but lines are accepted from the source's thread.</remarks>
public abstract class JailSource : ILineSink, IDisposable
{
    // After a crash, lines of at most this time are read again.
    private static readonly TimeSpan StoreInterval = TimeSpan.FromSeconds(10);

    private readonly LineReader _read;
    private readonly Dictionary<LogSubscription, Reading> _readings = [];

    // While the jail is idle: what has come, in order. The sources pass over a sink that has so much of theirs.
    private readonly Queue<LineDelivery> _held = new();
    private int _linesDone; // of the first one
    private ITimer? _store;
    private bool _isStoreDue;

    private protected JailSource(string jail, JailServices services, JailLoop loop, LineReader read)
    {
        Jail = jail;
        Services = services;
        Loop = loop;
        _read = read;
    }

    /// <summary>How each source stands, in the order in which they are followed.</summary>
    public abstract IReadOnlyList<SourceState> States { get; }

    private protected string Jail { get; }

    private protected JailServices Services { get; }

    private protected JailLoop Loop { get; }

    /// <summary>Called by the source on its thread.</summary>
    void ILineSink.Accept(LineDelivery delivery) => Loop.Post(static state =>
    {
        (JailSource source, LineDelivery delivery) = ((JailSource, LineDelivery))state!;
        source.Take(delivery);
    }, (this, delivery));

    /// <inheritdoc/>
    public void Dispose()
    {
        _store?.Dispose();
        foreach (LogSubscription subscription in _readings.Keys) subscription.Dispose();
        _readings.Clear();
        while (_held.TryDequeue(out LineDelivery delivery)) delivery.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Lines of the subscription count from now on.</summary>
    private protected Reading Begin(string name, LogSubscription subscription, bool inOperation)
    {
        var reading = new Reading(name, subscription) { Stored = subscription.Position };
        reading.Progress.InOperation = inOperation;
        _readings.Add(subscription, reading);
        return reading;
    }

    /// <summary>Ends reading; the store remembers how far it came.</summary>
    /// <returns>Where it ended.</returns>
    private protected LogPosition End(Reading reading)
    {
        // What still comes is disposed unread, which must not count.
        LogPosition end = reading.Subscription.Position;
        reading.End = end;
        if (_held.TryPeek(out LineDelivery first) && first.From == reading.Subscription)
        {
            reading.End = end = Behind(first.Block, _linesDone) ?? end;
            _linesDone = 0;
        }

        _readings.Remove(reading.Subscription);
        reading.Subscription.Dispose();
        for (int count = _held.Count; count > 0; count--)
        {
            LineDelivery delivery = _held.Dequeue();
            if (delivery.From == reading.Subscription) delivery.Dispose();
            else _held.Enqueue(delivery);
        }

        return end;
    }

    // The position behind some lines of a file, where they are in the block as they are in the file; null elsewhere: the
    // block is then read again.
    private static LogPosition? Behind(LineBlock block, int lines)
    {
        if (lines == 0 || !block.IsOfFile || block.Bytes.Length != block.End - block.Start) return null;
        int length = 0;
        for (; lines > 0; lines--) length += block.Bytes[length..].IndexOf((byte)'\n') + 1;
        return new LogPosition(block.Start + length, block.FirstLineHash, block.Device, block.Inode);
    }

    /// <summary>What the store keeps of a position.</summary>
    private protected abstract StoredPosition ToStored(LogPosition position);

    /// <summary>The end of the source was reached for the first time.</summary>
    private protected abstract void CaughtUp(Reading reading);

    private protected async Task StoreAsync(Reading reading)
    {
        LogPosition position = reading.End ?? reading.Subscription.Position;
        if (position == reading.Stored || Services.Store is not { } store) return;
        reading.Stored = position;
        await store.UpdateLogAsync(Jail, reading.Name, ToStored(position));
    }

    private void Take(LineDelivery delivery)
    {
        _held.Enqueue(delivery);
        if (_held.Count == 1) Resume();
    }

    /// <summary>Reads what has come, up to the line at which the jail is idle.</summary>
    internal void Resume()
    {
        while (_held.TryPeek(out LineDelivery delivery))
        {
            if (_readings.TryGetValue(delivery.From, out Reading? reading))
            {
                _linesDone = _read(delivery.Block, reading.Progress, _linesDone);
                if (_linesDone < delivery.Block.Count) return;
                if (delivery.Block.CaughtUp && !reading.Progress.InOperation)
                {
                    reading.Progress.InOperation = true;
                    CaughtUp(reading);
                }
            }

            _linesDone = 0;
            _held.Dequeue().Dispose();
            StoreSoon();
        }
    }

    private void StoreSoon()
    {
        if (_isStoreDue || Services.Store is null) return;
        _isStoreDue = true;
        _store ??= Services.Time.CreateTimer(static state =>
        {
            var source = (JailSource)state!;
            source.Loop.Run(source.StoreAllAsync);
        }, this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _store.Change(StoreInterval, Timeout.InfiniteTimeSpan);
    }

    private async Task StoreAllAsync()
    {
        _isStoreDue = false;
        foreach (Reading reading in _readings.Values.ToArray()) await StoreAsync(reading);
    }

    /// <summary>One subscription of the jail.</summary>
    private protected sealed class Reading(string name, LogSubscription subscription)
    {
        /// <summary>Under which the store knows it.</summary>
        public string Name => name;

        public LogSubscription Subscription => subscription;

        public LogProgress Progress { get; } = new();

        /// <summary>Where it ended; null while it goes on.</summary>
        public LogPosition? End { get; set; }

        /// <summary>What was given to the store last.</summary>
        public LogPosition Stored { get; set; }
    }
}

/// <summary>Reads the lines of a block.</summary>
/// <param name="block">The lines.</param>
/// <param name="progress">How far its source is.</param>
/// <param name="from">The index of the first line to read.</param>
/// <returns>The index of the first line that was not read, since the jail is idle; the number of lines if all were.</returns>
internal delegate int LineReader(LineBlock block, LogProgress progress, int from);
