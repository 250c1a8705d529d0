namespace Fail2Ban.Detection.Matching;

/// <summary>The last lines of a log, for regexes that span several (<c>maxlines</c> above 1).</summary>
/// <remarks>Not thread-safe. Allocates per line: such filters are rare and their logs small.</remarks>
internal sealed class LineWindow
{
    private readonly List<Entry> _lines = [];
    private byte[] _text = [];

    public int Count => _lines.Count;

    /// <summary>All lines, dates cut out, each with its <c>\n</c>.</summary>
    public ReadOnlySpan<byte> Text => _text;

    /// <summary>Appends a line and forgets the oldest beyond <paramref name="capacity"/>.</summary>
    public void Add(in DatedLine line, int capacity)
    {
        byte[] text = line.Text.ToArray();
        _lines.Add(new(line.ToMatchedLine(), text, text));
        if (_lines.Count > capacity) _lines.RemoveRange(0, _lines.Count - capacity);
        Join();
    }

    /// <summary>Replaces everything by a part of the newest line, as a prefregex with content does.</summary>
    /// <param name="content">A part of <see cref="Text"/>, without line end.</param>
    public void ReplaceBy(ReadOnlySpan<byte> content)
    {
        Entry newest = _lines[^1];
        byte[] text = [.. content, (byte)'\n'];
        _lines.Clear();
        _lines.Add(newest with { Text = text });
        Join();
    }

    /// <summary>Takes out the lines that a match touched.</summary>
    /// <param name="regex">It has just matched <see cref="Text"/>.</param>
    /// <returns>The whole lines, and their text as ignoreregexes see it: whole too, even where a prefregex found a content. What the match skipped stays in the window.</returns>
    public (List<MatchedLine> Lines, byte[] Text) Take(CompiledRegex regex)
    {
        (int start, int end) = regex.Pattern.Group(0);
        var taken = new List<Entry>();
        var skipped = new List<Entry>();
        var before = new List<Entry>();
        var after = new List<Entry>();
        int offset = 0;
        foreach (Entry line in _lines)
        {
            int next = offset + line.Text.Length;
            bool touched = offset < Math.Max(end, start + 1) && next > start;
            List<Entry> part = touched ? IsSkipped(regex, offset, next) ? skipped : taken : next <= start ? before : after;
            part.Add(line);
            offset = next;
        }

        _lines.Clear();
        _lines.AddRange(before);
        _lines.AddRange(skipped);
        _lines.AddRange(after);
        Join();
        return ([.. taken.Select(line => line.Line)], [.. taken.SelectMany(line => line.Whole)]);
    }

    private static bool IsSkipped(CompiledRegex regex, int start, int end)
    {
        foreach (int group in regex.SkippedGroups)
        {
            (int from, int to) = regex.Pattern.Group(group);
            if (from >= 0 && start >= from && end <= to) return true;
        }

        return false;
    }

    private void Join() => _text = Concat(_lines);

    private static byte[] Concat(List<Entry> lines)
    {
        byte[] text = new byte[lines.Sum(line => line.Text.Length)];
        int offset = 0;
        foreach (Entry line in lines)
        {
            line.Text.CopyTo(text, offset);
            offset += line.Text.Length;
        }

        return text;
    }

    // Text is what regexes see of the line: all of it, or the content of the prefregex.
    private sealed record Entry(MatchedLine Line, byte[] Whole, byte[] Text);
}
