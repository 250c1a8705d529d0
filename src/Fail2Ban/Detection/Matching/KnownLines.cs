using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Fail2Ban.Patterns;

namespace Fail2Ban.Detection.Matching;

/// <summary>
/// Remembers what the regexes made of lines, for the lines that differ from them only in digits that no regex tells apart:
/// addresses, ports and process ids, mostly.
/// </summary>
/// <remarks>
/// Such lines are matched alike, with the groups at the same places (<see cref="DigitClasses"/>), and of those who attack most
/// say the same again and again. Bounded: what is newer takes the place of what is older. Where too few lines come again, it
/// rests for a while. Not thread-safe.
/// </remarks>
internal sealed class KnownLines
{
    private const int Step = 16;
    private const int LongestLine = 12 * Step;
    private const int MostSpans = 128;

    // Grows by this factor while lines push each other out, and some come again all the same.
    private const int FirstLines = 64;
    private const int Growth = 4;
    private const int ComeAgain = 4; // one for so many places

    // A line has so many places where it may be kept.
    private const int Ways = 2;

    // After so many lines it is asked whether it is worth while. If not, it rests for so many times as many.
    private const int Trial = 4096;
    private const int Worthwhile = Trial / 4;
    private const int Rest = 32;

    // 2^64 divided by the golden ratio, and another odd number: each bit of a product depends on many.
    private const ulong Mixer = 0x9E3779B97F4A7C15;
    private const ulong OtherMixer = 0xD6E8FEB86659FD93;
    private const int Turn = 29;

    private readonly Vector128<byte> _smallestLike;
    private readonly int _spansOfLine;
    private readonly int _mostLines;

    private bool[] _isParticular = [];

    // The line that was asked for last, with the smallest digits in place of those that it has.
    private readonly byte[] _asked = new byte[LongestLine];
    private int _askedLength;
    private ulong _askedHash;

    private Line[] _lines = [];
    private byte[] _texts = [];
    private int[] _spans = [];
    private byte[] _lastUsed = [];

    private int _asks, _pushedOut, _resting;
    private long _repeatedBeforeTrial, _repeatedBeforeGrowth;

    private KnownLines(DigitClasses digits, int spansOfLine, int mostLines)
    {
        Span<byte> smallest = stackalloc byte[Step];
        smallest.Clear();
        for (int digit = 0; digit < DigitClasses.Digits; digit++) smallest[digit] = (byte)('0' + digits.SmallestLike(digit));
        _smallestLike = Vector128.Create<byte>(smallest);
        _spansOfLine = spansOfLine;
        _mostLines = mostLines;
    }

    /// <summary>How many lines were known.</summary>
    public long Repeated { get; private set; }

    /// <summary>For tests: how many lines it has room for.</summary>
    internal int Room => _lines.Length;

    /// <summary>A memory for what some regexes make of lines.</summary>
    /// <param name="regexes">The regexes.</param>
    /// <param name="mostLines">How many lines are remembered at most: 64 times a power of 4. Up to 750 bytes each, 340 where only verdicts are wanted.</param>
    /// <returns>Null where a regex compares characters with each other, or has more groups than are worth keeping.</returns>
    public static KnownLines? Of(RegexSet regexes, int mostLines)
    {
        IEnumerable<CompiledRegex> choosing = [.. regexes.FailRegexes.Where(regex => !IsChosenByOtherThanDigits(regex)), .. regexes.IgnoreRegexes];
        if (regexes.PrefRegex is { } prefRegex) choosing = choosing.Append(prefRegex);
        DigitClasses? digits = choosing.Aggregate((DigitClasses?)DigitClasses.One, (all, regex) => regex.Pattern.Facts.Digits is { } told ? all?.And(told) : null);
        int spans = regexes.CountsPlainly ? regexes.LastPlaces.Length : SpansOf(regexes.PrefRegex) + regexes.FailRegexes.Select(SpansOf).DefaultIfEmpty().Max();
        return digits is null || spans > MostSpans ? null : new KnownLines(digits, spans, mostLines)
        {
            _isParticular = [.. regexes.FailRegexes.Select(regex => regex.Pattern.Facts.Digits is not { AreOne: true } && IsChosenByOtherThanDigits(regex))],
        };
    }

    /// <summary>Whether a failregex tells digits apart that are alike here: nothing is to be remembered of lines on which it is worth trying.</summary>
    public bool IsParticular(int failRegex) => _isParticular[failRegex];

    private static int SpansOf(CompiledRegex? regex) => regex is null ? 0 : 2 * (1 + regex.Pattern.GroupCount);

    // Whether it is worth trying on a line is not a matter of digits: of lines that are alike here, it is worth it on all or none.
    private static bool IsChosenByOtherThanDigits(CompiledRegex regex)
    {
        PatternFacts facts = regex.Pattern.Facts;
        RequiredLiteral[] texts = [.. facts.RequiredLiterals, .. facts.AnchoredAtStart ? facts.Heads : []];
        return texts.Length > 0 && !texts.Any(text => text.Text.Span.ContainsAnyInRange((byte)'0', (byte)'9'));
    }

    /// <summary>Whether it is known what the regexes make of a line.</summary>
    /// <param name="text">As the regexes see it, with one final <c>\n</c>.</param>
    /// <param name="known">That, where it is.</param>
    public Familiarity Ask(ReadOnlySpan<byte> text, out KnownLine known)
    {
        known = default;
        if (_resting > 0)
        {
            _resting--;
            return Familiarity.None;
        }

        if (++_asks > Trial) Judge();
        if (_resting > 0 || text.IsEmpty || text.Length > LongestLine || !TryFold(text)) return Familiarity.None;
        int place = FirstPlace;
        if (_lines[place].Hash != _askedHash) place++;
        ref readonly Line line = ref _lines[place];
        if (line.Hash != _askedHash || !_texts.AsSpan(place * LongestLine, line.Length).SequenceEqual(_asked.AsSpan(0, _askedLength))) return Familiarity.New;
        Repeated++;
        _lastUsed[place / Ways] = (byte)(place % Ways);
        ReadOnlySpan<int> spans = _spans.AsSpan(place * _spansOfLine, _spansOfLine);
        known = new KnownLine
        {
            FailRegex = line.FailRegex,
            HasPrefix = line.HasPrefix,
            TextStart = line.TextStart,
            TextEnd = line.TextEnd,
            Prefix = new GroupSpans(spans[..line.PrefixSpans]),
            Groups = new GroupSpans(spans.Slice(line.PrefixSpans, line.Spans - line.PrefixSpans)),
        };
        return Familiarity.Known;
    }

    /// <summary>Remembers what the regexes made of the line that was asked for last, which was new.</summary>
    /// <param name="made">That.</param>
    public void Remember(in KnownLine made)
    {
        if (_lines[PlaceToFill].Length > 0 && ++_pushedOut > _lines.Length / 2 && _lines.Length < _mostLines && Repeated - _repeatedBeforeGrowth > _lines.Length / ComeAgain)
            Allocate(_lines.Length * Growth);
        int place = PlaceToFill;
        ref Line line = ref _lines[place];
        _lastUsed[place / Ways] = (byte)(place % Ways);
        line.Hash = _askedHash;
        line.Length = _askedLength;
        line.FailRegex = made.FailRegex;
        line.HasPrefix = made.HasPrefix;
        line.TextStart = made.TextStart;
        line.TextEnd = made.TextEnd;
        line.PrefixSpans = made.Prefix.Length;
        line.Spans = made.Prefix.Length + made.Groups.Length;
        _asked.AsSpan(0, _askedLength).CopyTo(_texts.AsSpan(place * LongestLine));
        Span<int> spans = _spans.AsSpan(place * _spansOfLine, _spansOfLine);
        made.Prefix.CopyTo(spans);
        made.Groups.CopyTo(spans[made.Prefix.Length..]);
    }

    // The first of the two places where the line that was asked for last may be kept.
    private int FirstPlace => (int)(_askedHash >> 32) & (_lines.Length - 1) & ~(Ways - 1);

    // That one of them which was not used last.
    private int PlaceToFill => FirstPlace + (Ways - 1 - _lastUsed[FirstPlace / Ways]);

    private void Judge()
    {
        if (Repeated - _repeatedBeforeTrial < Worthwhile)
        {
            _resting = Rest * Trial;
            Allocate(0);
        }

        _asks = 0;
        _repeatedBeforeTrial = Repeated;
    }

    // What was known is found out once more.
    private void Allocate(int lines)
    {
        _lines = new Line[lines];
        _texts = new byte[lines * LongestLine];
        _spans = new int[lines * _spansOfLine];
        _lastUsed = new byte[lines / Ways];
        _pushedOut = 0;
        _repeatedBeforeGrowth = Repeated;
    }

    // Puts the smallest digits in place of those of a text; false where it has a character that is not ASCII.
    private bool TryFold(ReadOnlySpan<byte> text)
    {
        if (_lines.Length == 0) Allocate(FirstLines);
        _askedLength = text.Length;
        if (text.Length < Step) return TryFoldShort(text);
        ref byte from = ref MemoryMarshal.GetReference(text);
        ref byte to = ref MemoryMarshal.GetArrayDataReference(_asked);
        Vector128<byte> seen = Vector128<byte>.Zero;
        ulong even = (ulong)text.Length, odd = Mixer;
        nuint at = 0, last = (nuint)(text.Length - Step);
        for (; at < last; at += Step) seen |= Fold(Vector128.LoadUnsafe(ref from, at), ref to, at, ref even, ref odd);

        // Some of the last ones may come for the second time.
        seen |= Fold(Vector128.LoadUnsafe(ref from, last), ref to, last, ref even, ref odd);
        _askedHash = Hash(even, odd);
        return seen.ExtractMostSignificantBits() == 0;
    }

    private bool TryFoldShort(ReadOnlySpan<byte> text)
    {
        Span<byte> padded = stackalloc byte[Step];
        padded.Clear();
        text.CopyTo(padded);
        ulong even = (ulong)text.Length, odd = Mixer;
        Vector128<byte> seen = Fold(Vector128.Create<byte>(padded), ref MemoryMarshal.GetArrayDataReference(_asked), 0, ref even, ref odd);
        _askedHash = Hash(even, odd);
        return seen.ExtractMostSignificantBits() == 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector128<byte> Fold(Vector128<byte> bytes, ref byte to, nuint at, ref ulong even, ref ulong odd)
    {
        Vector128<byte> values = bytes ^ Vector128.Create((byte)'0');
        Vector128<byte> isDigit = Vector128.LessThan(values, Vector128.Create((byte)DigitClasses.Digits));
        Vector128<byte> folded = Vector128.ConditionalSelect(isDigit, Vector128.ShuffleNative(_smallestLike, values), bytes);
        folded.StoreUnsafe(ref to, at);
        even = (BitOperations.RotateLeft(even, Turn) ^ folded.AsUInt64()[0]) * Mixer;
        odd = (BitOperations.RotateLeft(odd, Turn) ^ folded.AsUInt64()[1]) * OtherMixer;
        return bytes;
    }

    private static ulong Hash(ulong even, ulong odd) => (even ^ BitOperations.RotateLeft(odd, Turn)) * Mixer;

    private struct Line
    {
        public ulong Hash;

        /// <summary>Of its text; 0 where there is none.</summary>
        public int Length;

        /// <summary>As in <see cref="KnownLine"/>.</summary>
        public int FailRegex, TextStart, TextEnd;

        /// <summary>How many numbers are kept of the prefregex's groups, and of all.</summary>
        public int PrefixSpans, Spans;

        /// <summary>As in <see cref="KnownLine"/>.</summary>
        public bool HasPrefix;
    }
}
