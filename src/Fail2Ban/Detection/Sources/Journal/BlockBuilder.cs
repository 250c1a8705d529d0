using System.Buffers;
using Fail2Ban.Detection.Lines;

namespace Fail2Ban.Detection.Sources.Journal;

/// <summary>Collects the entries of one delivery.</summary>
/// <remarks>Not thread-safe.</remarks>
internal sealed class BlockBuilder
{
    private const int MostEntries = 256;
    private const int MostBytes = 256 * 1024;

    private GrowingBuffer _buffer;
    private JournalEntry[]? _entries;
    private long _lastTime;

    internal int Count { get; private set; }

    internal bool IsFull => Count == MostEntries || (Count > 0 && _buffer.Length >= MostBytes);

    /// <param name="text">What was composed.</param>
    /// <param name="realTime">When the entry was received, in microseconds since 1970.</param>
    internal void Append(EntryText text, long realTime)
    {
        if (_entries is null)
        {
            _buffer = new GrowingBuffer(Math.Max(4096, text.Bytes.Length));
            _entries = ArrayPool<JournalEntry>.Shared.Rent(MostEntries);
        }

        int start = _buffer.Length;
        _buffer.Append(text.Bytes);
        _entries[Count++] = new JournalEntry(start, start + text.DateLength, _buffer.Length, text.Time);
        _lastTime = realTime;
    }

    /// <summary>What was collected; the next entry begins a new block.</summary>
    internal LineBlock Take(bool caughtUp)
    {
        LineBlock block = _entries is null
            ? new LineBlock(JournalSubscription.Name, [], 0, ArrayPool<JournalEntry>.Shared.Rent(1), 0) { CaughtUp = caughtUp }
            : new LineBlock(JournalSubscription.Name, _buffer.Buffer, _buffer.Length, _entries, Count) { End = _lastTime, CaughtUp = caughtUp };
        _entries = null;
        Count = 0;
        return block;
    }
}
