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
/// say the same again and again. Bounded: once all memory is used, it begins anew. Where too few lines come again, it rests
/// for a while. Not thread-safe.
/// </remarks>
internal sealed class KnownLines
{
    private const int Step = 16;
    private const int LongestLine = 12 * Step;
    private const int MostSpans = 128;

    // Grows by this factor when it is full, once some lines have come again.
    private const int FirstBytes = 8 * 1024;
    private const int Growth = 4;
    private const int ComeAgain = 4; // one for so many that are known

    // A place has the upper bits of a line's hash, and below them where its record begins, in units of 8 bytes and from 1 on.
    private const int FirstPlaces = 128;
    private const int RecordBits = 24;
    private const ulong RecordMask = (1UL << RecordBits) - 1;
    private const int Unit = 8;

    // Who makes lines of the same hash has them searched each time, as they would be without a memory.
    private const int LongestProbe = 128;

    // After so many lines it is asked whether it is worth while. If not, it rests for so many times as many.
    private const int Trial = 4096;
    private const int Worthwhile = Trial / 4;
    private const int Rest = 32;

    // 2^64 divided by the golden ratio, and another odd number: each bit of a product depends on many.
    private const ulong Mixer = 0x9E3779B97F4A7C15;
    private const ulong OtherMixer = 0xD6E8FEB86659FD93;
    private const int Turn = 29;

    private readonly Vector128<byte> _smallestLike;
    private readonly int _mostBytes;

    private bool[] _isParticular = [];

    // The line that was asked for last, with the smallest digits in place of those that it has.
    private readonly byte[] _asked = new byte[LongestLine];
    private int _askedLength;
    private ulong _askedHash;

    // The spans of the line that was known last.
    private readonly int[] _spans = new int[MostSpans + Step];

    // Hashed by their upper bits, the next place where one is taken; half of them stay empty. Of a record come first what Head
    // says, then the spans, one byte each and greater by one, then the text.
    private ulong[] _places = [];
    private byte[] _records = [];
    private int _count, _length;

    private int _asks, _resting;
    private long _repeatedBeforeTrial, _repeatedBeforeGrowth;

    private KnownLines(DigitClasses digits, int mostBytes)
    {
        Span<byte> smallest = stackalloc byte[Step];
        smallest.Clear();
        for (int digit = 0; digit < DigitClasses.Digits; digit++) smallest[digit] = (byte)('0' + digits.SmallestLike(digit));
        _smallestLike = Vector128.Create<byte>(smallest);
        _mostBytes = mostBytes;
    }

    /// <summary>How many lines were known.</summary>
    public long Repeated { get; private set; }

    /// <summary>For tests: the bytes that it has for lines.</summary>
    internal int Room => _records.Length;

    /// <summary>A memory for what some regexes make of lines.</summary>
    /// <param name="regexes">The regexes.</param>
    /// <param name="mostBytes">For lines at most: 8 KiB times a power of 4. Each takes some 70 bytes beside its text.</param>
    /// <returns>Null where a regex compares characters with each other, or has more groups than are worth keeping.</returns>
    public static KnownLines? Of(RegexSet regexes, int mostBytes)
    {
        IEnumerable<CompiledRegex> choosing = [.. regexes.FailRegexes.Where(regex => !IsChosenByOtherThanDigits(regex)), .. regexes.IgnoreRegexes];
        if (regexes.PrefRegex is { } prefRegex) choosing = choosing.Append(prefRegex);
        DigitClasses? digits = choosing.Aggregate((DigitClasses?)DigitClasses.One, (all, regex) => regex.Pattern.Facts.Digits is { } told ? all?.And(told) : null);
        int spans = regexes.CountsPlainly ? regexes.LastPlaces.Length : SpansOf(regexes.PrefRegex) + regexes.FailRegexes.Select(SpansOf).DefaultIfEmpty().Max();
        return digits is null || spans > MostSpans ? null : new KnownLines(digits, mostBytes)
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
        ref readonly Head head = ref Find(out ReadOnlySpan<byte> spans, out bool isCrowded);
        if (Unsafe.IsNullRef(in head)) return isCrowded ? Familiarity.None : Familiarity.New;
        Repeated++;
        Widen(spans, head.Spans);
        known = new KnownLine
        {
            FailRegex = head.FailRegex,
            HasPrefix = head.HasPrefix,
            TextStart = head.TextStart,
            TextEnd = head.TextEnd,
            Prefix = new GroupSpans((ReadOnlySpan<int>)_spans.AsSpan(0, head.PrefixSpans)),
            Groups = new GroupSpans((ReadOnlySpan<int>)_spans.AsSpan(head.PrefixSpans, head.Spans - head.PrefixSpans)),
        };
        return Familiarity.Known;
    }

    /// <summary>Remembers what the regexes made of the line that was asked for last, which was new.</summary>
    /// <param name="made">That.</param>
    public void Remember(in KnownLine made)
    {
        int spans = made.Prefix.Length + made.Groups.Length;
        made.Prefix.CopyTo(_spans);
        made.Groups.CopyTo(_spans.AsSpan(made.Prefix.Length));
        int length = Unsafe.SizeOf<Head>() + spans + _askedLength;
        if (_length + length + Step > _records.Length) MakeRoom();
        if (2 * _count >= _places.Length) AddPlaces();
        Span<byte> record = _records.AsSpan(_length, length);
        MemoryMarshal.Write(record, new Head
        {
            FailRegex = made.FailRegex,
            Length = (byte)_askedLength,
            TextStart = (byte)made.TextStart,
            TextEnd = (byte)made.TextEnd,
            PrefixSpans = (byte)made.Prefix.Length,
            Spans = (byte)spans,
            HasPrefix = made.HasPrefix,
        });
        Span<byte> kept = record[Unsafe.SizeOf<Head>()..];
        for (int i = 0; i < spans; i++) kept[i] = (byte)(_spans[i] + 1);
        _asked.AsSpan(0, _askedLength).CopyTo(kept[spans..]);
        Put((_askedHash & ~RecordMask) | (uint)(_length / Unit + 1));
        _count++;
        _length = (_length + length + Unit - 1) & -Unit;
    }

    // Null where the line that was asked for last is not known.
    private ref readonly Head Find(out ReadOnlySpan<byte> spans, out bool isCrowded)
    {
        isCrowded = false;
        int probes = 0;
        for (int place = FirstPlace(_askedHash); _places[place] is not 0 and ulong taken; place = (place + 1) & (_places.Length - 1))
        {
            isCrowded = ++probes > LongestProbe;
            if (isCrowded) break;
            if ((taken ^ _askedHash) > RecordMask) continue;
            ReadOnlySpan<byte> record = _records.AsSpan(((int)(taken & RecordMask) - 1) * Unit);
            ref readonly Head head = ref MemoryMarshal.AsRef<Head>(record);
            spans = record[Unsafe.SizeOf<Head>()..];
            if (spans.Slice(head.Spans, head.Length).SequenceEqual(_asked.AsSpan(0, _askedLength))) return ref head;
        }

        spans = default;
        return ref Unsafe.NullRef<Head>();
    }

    // Behind the last record there is room enough to read a step too far.
    private void Widen(ReadOnlySpan<byte> kept, int count)
    {
        ref byte from = ref MemoryMarshal.GetReference(kept);
        ref int to = ref MemoryMarshal.GetArrayDataReference(_spans);
        for (nuint at = 0; at < (nuint)count; at += Step)
        {
            (Vector128<ushort> low, Vector128<ushort> high) = Vector128.Widen(Vector128.LoadUnsafe(ref from, at));
            (Vector128<uint> first, Vector128<uint> second) = Vector128.Widen(low);
            (Vector128<uint> third, Vector128<uint> fourth) = Vector128.Widen(high);
            (first.AsInt32() - Vector128<int>.One).StoreUnsafe(ref to, at);
            (second.AsInt32() - Vector128<int>.One).StoreUnsafe(ref to, at + 4);
            (third.AsInt32() - Vector128<int>.One).StoreUnsafe(ref to, at + 8);
            (fourth.AsInt32() - Vector128<int>.One).StoreUnsafe(ref to, at + 12);
        }
    }

    private int FirstPlace(ulong hash) => (int)(hash >> (64 - BitOperations.Log2((uint)_places.Length)));

    private void Put(ulong taken)
    {
        int place = FirstPlace(taken);
        while (_places[place] != 0) place = (place + 1) & (_places.Length - 1);
        _places[place] = taken;
    }

    private void Judge()
    {
        if (Repeated - _repeatedBeforeTrial < Worthwhile)
        {
            _resting = Rest * Trial;
            Begin(0, 0);
        }

        _asks = 0;
        _repeatedBeforeTrial = Repeated;
    }

    // More of it where lines come again; otherwise what was known is forgotten.
    private void MakeRoom()
    {
        if (_records.Length < _mostBytes && Repeated - _repeatedBeforeGrowth > _count / ComeAgain)
        {
            Array.Resize(ref _records, _records.Length * Growth);
            _repeatedBeforeGrowth = Repeated;
        }
        else
        {
            _places.AsSpan().Clear();
            _count = _length = 0;
        }
    }

    private void AddPlaces()
    {
        ulong[] before = _places;
        _places = new ulong[2 * before.Length];
        foreach (ulong taken in before)
            if (taken != 0) Put(taken);
    }

    private void Begin(int bytes, int places)
    {
        _records = new byte[bytes];
        _places = new ulong[places];
        _count = _length = 0;
        _repeatedBeforeGrowth = Repeated;
    }

    // Puts the smallest digits in place of those of a text; false where it has a character that is not ASCII.
    private bool TryFold(ReadOnlySpan<byte> text)
    {
        if (_places.Length == 0) Begin(FirstBytes, FirstPlaces);
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

    private struct Head
    {
        /// <summary>As in <see cref="KnownLine"/>.</summary>
        public int FailRegex;

        /// <summary>Of the line.</summary>
        public byte Length;

        /// <summary>As in <see cref="KnownLine"/>.</summary>
        public byte TextStart, TextEnd;

        /// <summary>How many numbers are kept of the prefregex's groups, and of all.</summary>
        public byte PrefixSpans, Spans;

        /// <summary>As in <see cref="KnownLine"/>.</summary>
        public bool HasPrefix;
    }
}
