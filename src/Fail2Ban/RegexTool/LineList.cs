using System.Text;

namespace Fail2Ban.RegexTool;

/// <summary>Lines of one kind: all are counted, but no more are kept than will be printed.</summary>
/// <param name="kind"><c>matched</c>, <c>ignored</c> or <c>missed</c>.</param>
/// <param name="limit">As many lines are not printed any more, nor kept; null for no limit.</param>
/// <param name="movable">How many of the latest may still be taken back.</param>
internal sealed class LineList(string kind, int? limit, int movable)
{
    private readonly List<string> _lines = [];
    private bool _isTooLong;

    public int Count { get; private set; }

    /// <summary>Counts a line where none is kept any more.</summary>
    /// <returns>False where it has to be added.</returns>
    public bool TryCount()
    {
        if (_isTooLong) Count++;
        return _isTooLong;
    }

    /// <param name="date">The printed date of a journal entry, or nothing.</param>
    /// <param name="text">The line.</param>
    public void Add(ReadOnlySpan<byte> date, ReadOnlySpan<byte> text)
    {
        Count++;
        if (_isTooLong) return;
        if (_lines.Count >= limit + movable)
        {
            // So many are final that the list will never be short enough again.
            _isTooLong = true;
            _lines.Clear();
            return;
        }

        _lines.Add(Encoding.UTF8.GetString(date) + Encoding.UTF8.GetString(text));
    }

    /// <param name="lines">Lines, each with its <c>\n</c>.</param>
    /// <param name="count">How many there are.</param>
    public void AddAll(ReadOnlySpan<byte> lines, int count)
    {
        for (; !_isTooLong && count > 0; count--)
        {
            int length = lines.IndexOf((byte)'\n');
            Add([], lines[..length]);
            lines = lines[(length + 1)..];
        }

        Count += count;
    }

    /// <summary>Takes back the first line with this text, as the original does.</summary>
    public void Remove(string line)
    {
        if (Count == 0) return;
        int position = _lines.IndexOf(line);
        if (position < 0 && !_isTooLong) return;
        Count--;
        if (position >= 0) _lines.RemoveAt(position);
    }

    /// <summary>Prints the lines, or how to have them printed.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="explain">What stands behind a line; null for nothing.</param>
    public void Print(TextWriter output, Func<string, IEnumerable<string>>? explain)
    {
        if (Count == 0) return;
        string title = $"{char.ToUpperInvariant(kind[0])}{kind[1..]} line(s):";
        if (Count >= limit)
        {
            output.Write($"{title} too many to print.  Use --print-all-{kind} to print all {Count} lines\n");
            return;
        }

        output.Write($"|- {title}\n");
        foreach (string line in _lines)
            foreach (string text in explain is null ? [line] : explain(line)) output.Write($"|  {TrimEnd(text)}\n");
        output.Write("`-\n");
    }

    // Python counts the four separators of ASCII among white space.
    private static string TrimEnd(string text)
    {
        int length = text.Length;
        while (length > 0 && (char.IsWhiteSpace(text[length - 1]) || text[length - 1] is >= '\x1c' and <= '\x1f')) length--;
        return text[..length];
    }
}
