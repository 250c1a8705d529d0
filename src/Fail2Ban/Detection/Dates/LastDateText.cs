namespace Fail2Ban.Detection.Dates;

/// <summary>The text of the last date that was read part by part: one that differs only in minutes and seconds has the other parts too.</summary>
/// <remarks>For dates at changing places; <see cref="LineShape"/> needs not even search those at the same place. Thread safety: none.</remarks>
internal sealed class LastDateText
{
    private const int Longest = 64;
    private const int MostGroups = 16;
    private const int Absent = int.MinValue;

    private readonly byte[] _text = new byte[Longest];
    private readonly (int Start, int End)[] _places = new (int, int)[MostGroups];

    // What has to be the same: the text without minutes, seconds and fractions.
    private readonly List<(int Start, int End)> _fixed = [];
    private readonly bool[] _free = new bool[Longest];
    private TemplateSlot? _slot;
    private int _length;
    private int _minute;
    private int _second;

    public void Forget() => _slot = null;

    /// <summary>Remembers a date that was read.</summary>
    /// <param name="line">The line that the template was searched in last.</param>
    /// <param name="slot">The template; all of its parts stand within the text.</param>
    /// <param name="start">Where the text begins.</param>
    /// <param name="end">Where it ends.</param>
    public void Keep(ReadOnlySpan<byte> line, TemplateSlot slot, int start, int end)
    {
        Forget();
        _length = end - start;
        if (_length > Longest || slot.Fields.Length > MostGroups) return;
        line[start..end].CopyTo(_text);
        for (int i = 0; i < slot.Fields.Length; i++) _places[i] = Place(slot, slot.Fields[i].Number, start);
        _free.AsSpan().Clear();
        _minute = Free(slot, slot.MinuteGroup, start);
        _second = Free(slot, slot.SecondGroup, start);
        if (Place(slot, slot.FractionGroup, start) is (>= 0 and int first, int last)) _free.AsSpan(first..last).Fill(true);
        _fixed.Clear();
        for (int at = 0, next; at < _length; at = next)
        {
            next = at + 1;
            while (next < _length && _free[next] == _free[at]) next++;
            if (!_free[at]) _fixed.Add((at, next));
        }

        _slot = slot;
    }

    /// <summary>Whether a date is the kept one but for its minutes, seconds and fractions.</summary>
    /// <param name="line">The line that the template was searched in last.</param>
    /// <param name="slot">The template.</param>
    /// <param name="start">Where the text begins.</param>
    /// <param name="end">Where it ends.</param>
    /// <param name="minute">The minute; -1 for that of the kept date.</param>
    /// <param name="second">The second; -1 for that of the kept date.</param>
    public bool IsAlike(ReadOnlySpan<byte> line, TemplateSlot slot, int start, int end, out int minute, out int second)
    {
        minute = second = -1;
        if (slot != _slot || end - start != _length) return false;
        ReadOnlySpan<byte> text = line[start..end];
        foreach ((int from, int to) in _fixed)
            if (!text[from..to].SequenceEqual(_text.AsSpan(from, to - from))) return false;

        // Each part stands where it stood, so that its text is the same too.
        for (int i = 0; i < slot.Fields.Length; i++)
            if (Place(slot, slot.Fields[i].Number, start) != _places[i]) return false;
        return TryRead(text, _minute, out minute) && TryRead(text, _second, out second);
    }

    private static (int Start, int End) Place(TemplateSlot slot, int group, int start) =>
        slot.Group(group) is (>= 0 and int first, int last) ? (first - start, last - start) : (Absent, Absent);

    private int Free(TemplateSlot slot, int group, int start)
    {
        (int first, int last) = Place(slot, group, start);
        if (first < 0 || last - first != 2) return -1;
        _free.AsSpan(first..last).Fill(true);
        return first;
    }

    // Two bytes may also be one digit of another script.
    private static bool TryRead(ReadOnlySpan<byte> text, int at, out int value)
    {
        value = -1;
        if (at < 0) return true;
        if (!char.IsAsciiDigit((char)text[at]) || !char.IsAsciiDigit((char)text[at + 1])) return false;
        value = 10 * (text[at] - '0') + text[at + 1] - '0';
        return value < 60;
    }
}
