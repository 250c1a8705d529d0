using System.Runtime.InteropServices;
using Fail2Ban.Patterns;

namespace Fail2Ban.Detection.Matching;

/// <summary>Lines that were searched and what was found in them, until another thread concludes from it who failed.</summary>
/// <remarks>Used again and again: <see cref="Clear"/> keeps the memory. Thread safety: none; one thread has it at a time.</remarks>
internal sealed class FoundLines
{
    private const int LargestKept = 1 << 20;

    private readonly List<Line> _lines = [];
    private readonly List<Hit> _hits = [];
    private nuint[] _spans = new nuint[4096];
    private byte[] _text = new byte[64 * 1024];
    private int _spanCount;
    private int _textLength;

    /// <summary>Where the bytes of the lines stand.</summary>
    public byte[] Buffer { get; private set; } = [];

    /// <summary>How many entries there are: lines, and runs of lines in which nothing was found.</summary>
    public int Count => _lines.Count;

    /// <summary>Makes it empty, for lines of a buffer.</summary>
    public void Clear(byte[] buffer)
    {
        Buffer = buffer;
        _lines.Clear();
        _hits.Clear();
        _spanCount = _textLength = 0;
        if (_text.Length > LargestKept) _text = new byte[64 * 1024];
        if (_spans.Length > LargestKept) _spans = new nuint[4096];
    }

    /// <summary>Adds a line; its hits were added before.</summary>
    public void AddLine(int start, int length, in LineResult result) =>
        _lines.Add(new Line(start, length, 1, result.Verdict, result.Time, result.IgnoreRegex, result.Prefix is not null, _hits.Count));

    /// <summary>Adds lines in which nothing was found, not even a prefix.</summary>
    public void AddMissed(int start, int length, int count) => _lines.Add(new Line(start, length, count, LineVerdict.NoMatch, null, -1, false, _hits.Count));

    /// <summary>Adds an occurrence of a failregex in the next line; all is copied.</summary>
    public void AddHit(int regex, ReadOnlySpan<byte> whole, GroupSpans prefix, ReadOnlySpan<byte> text, GroupSpans groups) =>
        _hits.Add(new Hit(regex, Keep(whole), Keep(prefix.Pairs), Keep(text), Keep(groups.Pairs)));

    public ref readonly Line LineAt(int index) => ref CollectionsMarshal.AsSpan(_lines)[index];

    public ReadOnlySpan<Hit> HitsOf(int index) =>
        CollectionsMarshal.AsSpan(_hits)[(index == 0 ? 0 : _lines[index - 1].HitEnd).._lines[index].HitEnd];

    public ReadOnlySpan<byte> Text(Range place) => _text.AsSpan(place);

    public GroupSpans Groups(Range place) => new(_spans.AsSpan(place));

    private Range Keep(ReadOnlySpan<byte> text)
    {
        if (_text.Length - _textLength < text.Length) Array.Resize(ref _text, Math.Max(2 * _text.Length, _textLength + text.Length));
        text.CopyTo(_text.AsSpan(_textLength));
        _textLength += text.Length;
        return (_textLength - text.Length).._textLength;
    }

    private Range Keep(ReadOnlySpan<nuint> pairs)
    {
        if (_spans.Length - _spanCount < pairs.Length) Array.Resize(ref _spans, Math.Max(2 * _spans.Length, _spanCount + pairs.Length));
        pairs.CopyTo(_spans.AsSpan(_spanCount));
        _spanCount += pairs.Length;
        return (_spanCount - pairs.Length).._spanCount;
    }

    /// <param name="Start">In the buffer.</param>
    /// <param name="Length">With the line end.</param>
    /// <param name="Lines">How many lines it stands for.</param>
    /// <param name="Verdict">As far as it is known without its hits.</param>
    /// <param name="Time">The line's time.</param>
    /// <param name="IgnoreRegex">As in <see cref="LineResult"/>.</param>
    /// <param name="HasPrefix">Whether the prefregex occurs.</param>
    /// <param name="HitEnd">Where its hits end.</param>
    internal readonly record struct Line(int Start, int Length, int Lines, LineVerdict Verdict, DateTimeOffset? Time, int IgnoreRegex, bool HasPrefix, int HitEnd)
    {
        /// <summary>The line's text.</summary>
        public ReadOnlySpan<byte> Of(byte[] buffer) => buffer.AsSpan(Start, Length);
    }

    /// <param name="Regex">The failregex's index.</param>
    /// <param name="Whole">What the prefregex saw.</param>
    /// <param name="Prefix">Its groups.</param>
    /// <param name="Text">What the failregex saw.</param>
    /// <param name="Groups">Its groups.</param>
    internal readonly record struct Hit(int Regex, Range Whole, Range Prefix, Range Text, Range Groups);
}
