using Fail2Ban.Detection.Lines;
using Fail2Ban.Patterns;

namespace Fail2Ban.Detection.Matching;

/// <summary>Lines that were searched, or are to be searched further, and what was found in them, until another thread concludes from it who failed.</summary>
/// <remarks>Used again and again: <see cref="Clear"/> keeps the memory. Thread safety: none; one thread has it at a time.</remarks>
internal sealed class FoundLines
{
    private const int LargestKept = 1 << 20;

    private Line[] _lines = new Line[2048];
    private Hit[] _hits = new Hit[512];
    private int[] _spans = new int[4096];
    private byte[] _text = new byte[16 * 1024];
    private int _hitCount;
    private int _spanCount;
    private int _textLength;

    // The text of the next line, where its search is left.
    private Place _left;
    private bool _isLeft;

    /// <summary>Where the bytes of the lines stand.</summary>
    public byte[] Buffer { get; private set; } = [];

    /// <summary>Whether lines are only dated, and whoever concludes searches them.</summary>
    public bool LeavesSearch { get; set; }

    /// <summary>How many entries there are: lines, and runs of lines in which no failregex can occur.</summary>
    public int Count { get; private set; }

    /// <summary>Makes it empty, for lines of a buffer.</summary>
    /// <param name="buffer">Has the lines.</param>
    public void Clear(byte[] buffer)
    {
        Buffer = buffer;
        Count = _hitCount = _spanCount = _textLength = 0;
        _isLeft = false;
        if (_text.Length > LargestKept) _text = new byte[16 * 1024];
        if (_spans.Length > LargestKept) _spans = new int[4096];
    }

    /// <summary>Adds a line; its hits were added before.</summary>
    public void AddLine(int start, int length, in LineResult result)
    {
        ref Line line = ref Next(start, length, 1);
        line.Verdict = result.Verdict;
        line.Time = result.When;
        line.IgnoreRegex = result.IgnoreRegex;
        line.HasPrefix = result.Prefix is not null;
        line.IsLeft = _isLeft;
        if (_isLeft) line.Text = _left;
        _isLeft = false;
    }

    /// <summary>Adds a line whose search is left to whoever concludes.</summary>
    /// <param name="start">Where it begins.</param>
    /// <param name="length">With its line end.</param>
    /// <param name="text">What the regexes are to see.</param>
    /// <param name="when">Its time.</param>
    public void AddLeft(int start, int length, ReadOnlySpan<byte> text, LineTime when)
    {
        ref Line line = ref Next(start, length, 1);
        line.Verdict = LineVerdict.NoMatch;
        line.Time = when;
        line.IgnoreRegex = -1;
        line.HasPrefix = false;
        line.IsLeft = true;
        Keep(text, ref line.Text);
    }

    /// <summary>Leaves the search of the next line to whoever concludes.</summary>
    /// <param name="text">What the regexes are to see.</param>
    public void Leave(ReadOnlySpan<byte> text)
    {
        _isLeft = true;
        Keep(text, ref _left);
    }

    /// <summary>Adds lines in which nothing was found, but for a prefix.</summary>
    public void AddMissed(int start, int length, int count, bool hasPrefix)
    {
        ref Line line = ref Next(start, length, count);
        line.Verdict = LineVerdict.NoMatch;
        line.Time = LineTime.Unknown;
        line.IgnoreRegex = -1;
        line.HasPrefix = hasPrefix;
        line.IsLeft = false;
    }

    /// <summary>Adds an occurrence of a failregex in the next line; what does not stand in <see cref="Buffer"/> is copied.</summary>
    /// <param name="regex">The failregex's index.</param>
    /// <param name="subject">In what it occurs.</param>
    /// <param name="prefix">The groups of the prefregex, unless the next tell all.</param>
    /// <param name="groups">The groups of the failregex, or what <see cref="RegexSet.Places"/> says.</param>
    public void AddHit(int regex, in FailRegexSubject subject, GroupSpans prefix, GroupSpans groups)
    {
        if (_hitCount == _hits.Length) Array.Resize(ref _hits, 2 * _hits.Length);
        ref Hit hit = ref _hits[_hitCount++];
        hit.Regex = regex;
        Keep(subject.Whole, ref hit.Whole);
        Keep(subject.Text, ref hit.Text);
        Keep(prefix, ref hit.Prefix);
        Keep(groups, ref hit.Groups);
    }

    public ref readonly Line LineAt(int index) => ref _lines[index];

    public ReadOnlySpan<Hit> HitsOf(int index) => _hits.AsSpan((index == 0 ? 0 : _lines[index - 1].HitEnd).._lines[index].HitEnd);

    /// <summary>What the regexes are to see of a line whose search was left.</summary>
    public ReadOnlySpan<byte> TextOf(in Line line) => Text(line.Text);

    /// <summary>What a failregex occurs in.</summary>
    public FailRegexSubject Subject(in Hit hit) => new()
    {
        Whole = Text(hit.Whole),
        Prefix = Groups(hit.Prefix),
        Text = Text(hit.Text),
    };

    public GroupSpans Groups(in Place place) => new((ReadOnlySpan<int>)_spans.AsSpan(place.Start, place.Length));

    private ReadOnlySpan<byte> Text(in Place place) => (place.IsInBuffer ? Buffer : _text).AsSpan(place.Start, place.Length);

    private ref Line Next(int start, int length, int count)
    {
        if (Count == _lines.Length) Array.Resize(ref _lines, 2 * Count);
        ref Line line = ref _lines[Count++];
        line.Start = start;
        line.Length = length;
        line.Lines = count;
        line.HitEnd = _hitCount;
        return ref line;
    }

    private void Keep(ReadOnlySpan<byte> text, ref Place place)
    {
        place.Length = text.Length;
        place.IsInBuffer = Buffer.AsSpan().Overlaps(text, out place.Start);
        if (place.IsInBuffer) return;
        if (_text.Length - _textLength < text.Length) Array.Resize(ref _text, Math.Max(2 * _text.Length, _textLength + text.Length));
        text.CopyTo(_text.AsSpan(_textLength));
        place.Start = _textLength;
        _textLength += text.Length;
    }

    private void Keep(GroupSpans groups, ref Place place)
    {
        if (_spans.Length - _spanCount < groups.Length) Array.Resize(ref _spans, Math.Max(2 * _spans.Length, _spanCount + groups.Length));
        groups.CopyTo(_spans.AsSpan(_spanCount));
        place.Start = _spanCount;
        place.Length = groups.Length;
        _spanCount += groups.Length;
    }

    // Structures are filled field by field where they stand: made and then copied, they would cost more than a search.

    /// <summary>Where something stands: in the buffer, or among what was copied.</summary>
    internal struct Place
    {
        public int Start, Length;
        public bool IsInBuffer;
    }

    /// <summary>A line, or a run of lines in which no failregex can occur.</summary>
    internal struct Line
    {
        /// <summary>In the buffer, with the line end.</summary>
        public int Start, Length;

        /// <summary>How many lines it stands for.</summary>
        public int Lines;

        /// <summary>As in <see cref="LineResult"/>.</summary>
        public int IgnoreRegex;

        /// <summary>Where its hits end.</summary>
        public int HitEnd;

        /// <summary>As far as it is known without its hits; nothing where its search is left.</summary>
        public LineVerdict Verdict;

        /// <summary>Whether the prefregex occurs.</summary>
        public bool HasPrefix;

        /// <summary>Whether it is still to be searched; what regexes are to see of it then.</summary>
        public bool IsLeft;

        /// <summary>That.</summary>
        public Place Text;

        /// <summary>The line's time.</summary>
        public LineTime Time;

        /// <summary>The line's text.</summary>
        public readonly ReadOnlySpan<byte> Of(byte[] buffer) => buffer.AsSpan(Start, Length);
    }

    /// <summary>An occurrence of a failregex.</summary>
    internal struct Hit
    {
        /// <summary>The failregex's index.</summary>
        public int Regex;

        /// <summary>What the prefregex saw, and its groups.</summary>
        public Place Whole, Prefix;

        /// <summary>What the failregex saw, and its groups.</summary>
        public Place Text, Groups;
    }
}
