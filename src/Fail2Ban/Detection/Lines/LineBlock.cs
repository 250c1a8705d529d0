using System.Buffers;

namespace Fail2Ban.Detection.Lines;

/// <summary>Many complete lines of one source in a pooled buffer that all followers of the source share.</summary>
/// <remarks>
/// Read-only once it was handed out; each holder owns one reference and gives it back with <see cref="Release"/>, after
/// which it must not touch the block nor a line of it. Thread safety: reading and reference counting from any thread.
/// </remarks>
public sealed class LineBlock
{
    private readonly byte[] _buffer;
    private readonly int _length;
    private readonly JournalEntry[]? _entries;
    private readonly int _entryCount;
    private int _references = 1;

    /// <summary>Lines of a file.</summary>
    /// <param name="source">The file's path.</param>
    /// <param name="buffer">From <see cref="ArrayPool{T}.Shared"/>; goes back there with the last reference.</param>
    /// <param name="length">Bytes used; valid UTF-8 that ends with <c>\n</c>, no <c>\r</c> before any <c>\n</c>. May be 0.</param>
    internal LineBlock(string source, byte[] buffer, int length)
    {
        Source = source;
        _buffer = buffer;
        _length = length;
        Count = buffer.AsSpan(0, length).Count((byte)'\n');
    }

    /// <summary>Entries of the journal.</summary>
    /// <param name="source">What is read, such as <c>systemd-journal</c>.</param>
    /// <param name="buffer">From <see cref="ArrayPool{T}.Shared"/>: date and text of each entry, one after the other.</param>
    /// <param name="length">Bytes used.</param>
    /// <param name="entries">From the shared pool as well: where each entry stands.</param>
    /// <param name="entryCount">How many of them are used.</param>
    internal LineBlock(string source, byte[] buffer, int length, JournalEntry[] entries, int entryCount)
    {
        Source = source;
        _buffer = buffer;
        _length = length;
        _entries = entries;
        _entryCount = entryCount;
        Count = entryCount;
    }

    /// <summary>Where the lines come from: the absolute path, or the name of the journal.</summary>
    public string Source { get; }

    /// <summary>How many lines there are; 0 only where the block just says that the end was reached.</summary>
    public int Count { get; }

    /// <summary>Where the first line began: a file's offset in bytes (of the log as stored), 0 for the journal.</summary>
    public long Start { get; init; }

    /// <summary>Where the next line after the block begins; the position to go on from.</summary>
    public long End { get; init; }

    /// <summary>SHA-1 (hex, lower case) of the file's first line with its line end; empty while there is none.</summary>
    public string FirstLineHash { get; init; } = "";

    /// <summary>The file system of the file; 0 for the journal.</summary>
    internal ulong Device { get; init; }

    /// <summary>The file's number in it; 0 for the journal.</summary>
    internal ulong Inode { get; init; }

    /// <summary>Whether the source's end was reached behind this block: the log is "in operation" after it.</summary>
    public bool CaughtUp { get; init; }

    /// <summary>Counts up whenever the file behind the path was replaced or cut.</summary>
    internal int Incarnation { get; init; }

    /// <summary>Whether it holds lines of a file, one after the other in <see cref="Bytes"/>.</summary>
    public bool IsOfFile => _entries is null;

    /// <summary>The bytes of a file's lines, each with its <c>\n</c>.</summary>
    public ReadOnlySpan<byte> Bytes => _buffer.AsSpan(0, _length);

    /// <summary>Goes over the lines, allocating nothing: <c>foreach (LogLine line in block)</c>.</summary>
    public LineEnumerator GetEnumerator() => new(_buffer.AsSpan(0, _length), _entries.AsSpan(0, _entryCount), _entries is not null);

    /// <summary>Takes one more reference.</summary>
    public void AddReference() => Interlocked.Increment(ref _references);

    /// <summary>Gives one reference back; with the last one the buffer returns to its pool.</summary>
    /// <exception cref="InvalidOperationException">It was released more often than it was taken: an error of the caller.</exception>
    public void Release()
    {
        int left = Interlocked.Decrement(ref _references);
        if (left > 0) return;
        if (left < 0) throw new InvalidOperationException("a block of lines was released twice");
        if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
        if (_entries is not null) ArrayPool<JournalEntry>.Shared.Return(_entries);
    }
}
