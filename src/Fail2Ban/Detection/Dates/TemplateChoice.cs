namespace Fail2Ban.Detection.Dates;

/// <summary>Decides which template gives a line's date, and moves those that a log uses to the front.</summary>
/// <remarks>
/// The original's choice depends on all lines before, and which date of a line with two is taken is visible (the other
/// one stays in the text). So the rules are followed step by step, places in characters included.
/// Thread safety: none.
/// </remarks>
internal sealed class TemplateChoice(TemplateSlot[] slots)
{
    private static readonly TimeSpan Unused = TimeSpan.FromSeconds(300);

    // Where the last match stood, which may begin before what was cut ([ in front of a date at the line's begin). Before
    // the first one, a date may begin at the second character at most to be taken at once.
    private CharPlace _start = new(1, CharPlace.NoChar, CharPlace.NoChar);
    private CharPlace _end = new(0, CharPlace.NoChar, CharPlace.NoChar);
    private int _last = -1;

    // The template to fall back on while others are tried, where it begins, and the part of the line that was searched:
    // a narrowed search and a full one of the same template may differ.
    private int _candidate;
    private int _candidateStart;
    private int _candidateSearchedFrom;
    private int _candidateSearchedTo;

    public TemplateSlot[] Slots => slots;

    /// <summary>Finds the template and counts it as used.</summary>
    /// <param name="line">Without its line end.</param>
    /// <param name="now">When.</param>
    /// <param name="start">What is cut from the line.</param>
    /// <param name="end">Exclusive.</param>
    /// <returns>The template's index, after it was moved; -1 where none matches. Its last match is the one meant.</returns>
    public int Find(ReadOnlySpan<byte> line, DateTimeOffset now, out int start, out int end)
    {
        int found = TryLast(line, out bool wasSearched);
        if (found < 0) found = TryAll(line, wasSearched);
        start = end = 0;
        if (found < 0) return -1;
        (start, end) = slots[found].Cut;
        return Use(line, found, now);
    }

    /// <summary>Counts more lines for the last template, at the place where it stood.</summary>
    public void UseAgain(int lines, DateTimeOffset now)
    {
        TemplateSlot slot = slots[_last];
        slot.Hits += lines;
        slot.LastUsed = now;
    }

    /// <summary>The index of that; -1 before the first date.</summary>
    public int LastIndex => _last;

    /// <summary>The template of the last date; null before the first one.</summary>
    public TemplateSlot? Last => _last < 0 ? null : slots[_last];

    private int TryLast(ReadOnlySpan<byte> line, out bool wasSearched)
    {
        wasSearched = false;
        _candidate = -1;
        _candidateStart = int.MaxValue;
        if (_last < 0) return -1;

        TemplateSlot slot = slots[_last];
        int from = 0;
        int to = line.Length;
        bool narrowed = false;
        if (!slot.Anchored)
        {
            narrowed = _start.BeginsAlike(line, out int first) & _end.EndsAlike(line, out int last);
            if (narrowed) (from, to) = (first, last);
        }

        wasSearched = !narrowed;
        if (!slot.Search(line[..to], from)) return -1;

        (int start, int end) = slot.Span;
        if (slots.Length == 1 || slot.Anchored || IsWhereLastStood(line, start, end)) return _last;
        Remember(_last, start, from, to);
        return -1;
    }

    private bool IsWhereLastStood(ReadOnlySpan<byte> line, int start, int end) =>
        CharPlace.CharIndex(line, start) == _start.Index && CharPlace.CharIndex(line, end) == _end.Index;

    private int TryAll(ReadOnlySpan<byte> line, bool lastWasSearched)
    {
        for (int i = 0; i < slots.Length; i++)
        {
            if (i == _last && lastWasSearched) continue;
            TemplateSlot slot = slots[i];
            if (!slot.Search(line, 0)) continue;

            int start = slot.Span.Start;
            if (IsTaken(line, i, start)) return i;
            if (start < _candidateStart) Remember(i, start, 0, line.Length);
        }

        if (_candidate < 0) return -1;
        slots[_candidate].Search(line[.._candidateSearchedTo], _candidateSearchedFrom);
        return _candidate;
    }

    private void Remember(int index, int start, int from, int to) =>
        (_candidate, _candidateStart, _candidateSearchedFrom, _candidateSearchedTo) = (index, start, from, to);

    private bool IsTaken(ReadOnlySpan<byte> line, int index, int start)
    {
        TemplateSlot slot = slots[index];
        if (index == slots.Length - 1 || slot.Anchored) return true;
        if (start == 0 && slot.Hits > 0 && slots[index + 1].Hits == 0) return true;
        int distance = CharPlace.CharIndex(line, start);
        return distance <= slot.Distance && distance <= _start.Index;
    }

    private int Use(ReadOnlySpan<byte> line, int index, DateTimeOffset now)
    {
        TemplateSlot slot = slots[index];
        (int start, int end) = slot.Span;
        _start = CharPlace.Of(line, start);
        _end = CharPlace.Of(line, end);
        slot.Hits++;
        slot.Distance = _start.Index;
        slot.LastUsed = now;
        _last = index != 0 && index != _last ? MoveUp(index) : index;
        return _last;
    }

    private int MoveUp(int index)
    {
        int unused = Array.FindIndex(slots, slot => slot.Hits == 0);
        int target = unused >= 0 && unused < index ? unused : index / 2;
        if (!MayPass(index, target))
        {
            target = index - 1;
            if (!MayPass(index, target)) return index;
        }

        TemplateSlot moved = slots[index];
        Array.Copy(slots, target, slots, target + 1, index - target);
        slots[target] = moved;
        return target;
    }

    private bool MayPass(int index, int target) =>
        slots[index].Weight > slots[target].Weight || slots[index].LastUsed - slots[target].LastUsed > Unused;
}
