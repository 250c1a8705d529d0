namespace Fail2Ban.Detection.Lines;

/// <summary>Goes over the lines of a <see cref="LineBlock"/>.</summary>
public ref struct LineEnumerator
{
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly ReadOnlySpan<JournalEntry> _entries;
    private readonly bool _isJournal;
    private int _next;
    private int _start;
    private int _end;

    internal LineEnumerator(ReadOnlySpan<byte> bytes, ReadOnlySpan<JournalEntry> entries, bool isJournal)
    {
        _bytes = bytes;
        _entries = entries;
        _isJournal = isJournal;
    }

    /// <summary>The line; valid until the next step.</summary>
    public readonly LogLine Current
    {
        get
        {
            if (!_isJournal) return new LogLine(_bytes[_start.._end]);
            ref readonly JournalEntry entry = ref _entries[_next - 1];
            return new LogLine(_bytes[entry.DateStart..entry.TextStart], _bytes[entry.TextStart..entry.End], entry.Time);
        }
    }

    /// <summary>Steps to the next line.</summary>
    public bool MoveNext()
    {
        if (_isJournal) return _next++ < _entries.Length;
        _start = _end;
        int length = _bytes[_start..].IndexOf((byte)'\n');
        _end += length + 1;
        return length >= 0;
    }
}
