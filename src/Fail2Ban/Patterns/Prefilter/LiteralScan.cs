using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Text;

namespace Fail2Ban.Patterns.Prefilter;

/// <summary>Finds where one of many texts stands in bytes, in one pass of sixteen places at a time, or thirty-two.</summary>
/// <remarks>
/// Teddy, as the literal search of Hyperscan and of Rust's aho-corasick is called: of each text, the three bytes are chosen
/// that are rarest in logs. Each half of three bytes is looked up in a table of sixteen entries, whose bits say which of
/// eight groups of texts could have it there; where a bit is left of all six, the texts of its group are compared. .NET's
/// own search for several texts does nearly the same, but for characters only. Thread-safe.
/// </remarks>
internal sealed class LiteralScan
{
    private const int Step = 16;
    private const int Depth = 3; // bytes that are looked up
    private const int Groups = 8;
    private const byte Low = 0x0F;
    private const byte Beyond = 0x80;
    private const byte CaseBit = 0x20;

    // What logs mostly consist of, the commonest first.
    private const string Common = " eaotnisrdlcup0123456789:.m-fhgbvw[]()k_y/=";

    private readonly Vector128<byte>[] _tables = new Vector128<byte>[2 * Depth]; // low and high half of each byte
    private readonly Vector128<byte> _beyondAscii;
    private readonly Sought[][] _groups;

    /// <param name="literals">What to find; one at least.</param>
    /// <param name="stopsBeyondAscii">Whether a byte that is not ASCII is found like a text.</param>
    public LiteralScan(IReadOnlyCollection<RequiredLiteral> literals, bool stopsBeyondAscii)
    {
        _beyondAscii = Vector128.Create(stopsBeyondAscii ? Beyond : (byte)0);
        // Neighbours share bytes, and so the bits of a group say more.
        Sought[] texts = [.. literals.Select(Choose).OrderBy(sought => Encoding.Latin1.GetString(sought.Text.AsSpan(sought.Rarest)), StringComparer.Ordinal)];
        int groups = Math.Min(Groups, texts.Length);
        _groups = [.. Enumerable.Range(0, groups).Select(group => texts[(group * texts.Length / groups)..((group + 1) * texts.Length / groups)])];
        Span<byte> tables = stackalloc byte[_tables.Length * Step];
        tables.Clear();
        for (int group = 0; group < groups; group++)
            foreach (Sought sought in _groups[group]) Enter(sought, (byte)(1 << group), tables);
        for (int i = 0; i < _tables.Length; i++) _tables[i] = Vector128.Create(tables.Slice(i * Step, Step));
    }

    /// <summary>For tests: as on a processor without AVX2.</summary>
    internal bool OnlyNarrow { get; init; }

    /// <summary>A place in one of the texts where it stands, or of a byte that is not ASCII where those count.</summary>
    /// <returns>
    /// -1 where there is none. Of texts that follow each other, as those of two lines, it is the first one's; of texts
    /// that overlap it may be that of either.
    /// </returns>
    public int PlaceIn(ReadOnlySpan<byte> text)
    {
        Vector128<byte> low0 = _tables[0], high0 = _tables[1], low1 = _tables[2], high1 = _tables[3], low2 = _tables[4], high2 = _tables[5];
        Vector128<byte> half = Vector128.Create(Low), beyond = _beyondAscii;
        ref byte first = ref MemoryMarshal.GetReference(text);
        int at = 0;
        if (Avx2.IsSupported && !OnlyNarrow && PlaceInWide(text, ref at) is >= 0 and int wide) return wide;
        for (; at <= text.Length - (Step + Depth - 1); at += Step)
        {
            Vector128<byte> bytes = Vector128.LoadUnsafe(ref first, (nuint)at);
            Vector128<byte> groups = LookUp(bytes, low0, high0, half)
                & LookUp(Vector128.LoadUnsafe(ref first, (nuint)at + 1), low1, high1, half)
                & LookUp(Vector128.LoadUnsafe(ref first, (nuint)at + 2), low2, high2, half);
            if ((groups | (bytes & beyond)) == Vector128<byte>.Zero) continue;
            int found = Compare(text, at, groups, bytes & beyond);
            if (found >= 0) return found;
        }

        return at < text.Length ? PlaceInRest(text, at) : -1;
    }

    // The same with twice as many places at a time, up to where so many are not left.
    private int PlaceInWide(ReadOnlySpan<byte> text, ref int at)
    {
        Vector256<byte> low0 = Twice(_tables[0]), high0 = Twice(_tables[1]), low1 = Twice(_tables[2]), high1 = Twice(_tables[3]), low2 = Twice(_tables[4]), high2 = Twice(_tables[5]);
        Vector256<byte> half = Twice(Vector128.Create(Low)), beyond = Twice(_beyondAscii);
        ref byte first = ref MemoryMarshal.GetReference(text);
        for (; at <= text.Length - (2 * Step + Depth - 1); at += 2 * Step)
        {
            Vector256<byte> bytes = Unsafe.ReadUnaligned<Vector256<byte>>(ref Unsafe.Add(ref first, at));
            Vector256<byte> groups = LookUp(bytes, low0, high0, half);
            groups = Avx2.And(groups, LookUp(Unsafe.ReadUnaligned<Vector256<byte>>(ref Unsafe.Add(ref first, at + 1)), low1, high1, half));
            groups = Avx2.And(groups, LookUp(Unsafe.ReadUnaligned<Vector256<byte>>(ref Unsafe.Add(ref first, at + 2)), low2, high2, half));
            Vector256<byte> other = Avx2.And(bytes, beyond), all = Avx2.Or(groups, other);
            if (Avx.TestZ(all, all)) continue;
            int found = Compare(text, at, groups.GetLower(), other.GetLower());
            if (found < 0) found = Compare(text, at + Step, Avx2.ExtractVector128(groups, 1), Avx2.ExtractVector128(other, 1));
            if (found >= 0) return found;
        }

        return -1;
    }

    private static Vector256<byte> Twice(Vector128<byte> value) => Avx.InsertVector128(value.ToVector256Unsafe(), value, 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> LookUp(Vector256<byte> bytes, Vector256<byte> low, Vector256<byte> high, Vector256<byte> half) => Avx2.And(
        Avx2.Shuffle(low, Avx2.And(bytes, half)), Avx2.Shuffle(high, Avx2.And(Avx2.ShiftRightLogical(bytes.AsUInt16(), 4).AsByte(), half)));

    // What is left is shorter than a step and what stands behind it.
    private int PlaceInRest(ReadOnlySpan<byte> text, int at)
    {
        Span<byte> rest = stackalloc byte[3 * Step];
        rest.Clear();
        text[at..].CopyTo(rest);
        Vector128<byte> half = Vector128.Create(Low);
        for (int i = 0; i < 2 * Step && at + i < text.Length; i += Step)
        {
            Vector128<byte> groups = Vector128<byte>.AllBitsSet;
            for (int place = 0; place < Depth; place++) groups &= LookUp(Vector128.Create<byte>(rest.Slice(i + place, Step)), _tables[2 * place], _tables[2 * place + 1], half);
            int found = Compare(text, at + i, groups, Vector128.Create<byte>(rest.Slice(i, Step)) & _beyondAscii);
            if (found >= 0) return found;
        }

        return -1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> LookUp(Vector128<byte> bytes, Vector128<byte> low, Vector128<byte> high, Vector128<byte> half) =>
        Vector128.ShuffleNative(low, bytes & half) & Vector128.ShuffleNative(high, (bytes.AsUInt16() >> 4).AsByte() & half);

    private int Compare(ReadOnlySpan<byte> text, int at, Vector128<byte> groups, Vector128<byte> beyond)
    {
        for (uint places = ~Vector128.Equals(groups | beyond, Vector128<byte>.Zero).ExtractMostSignificantBits() & 0xFFFF; places != 0; places &= places - 1)
        {
            int place = BitOperations.TrailingZeroCount(places);
            if (beyond.GetElement(place) != 0) return at + place;
            for (uint bits = groups.GetElement(place); bits != 0; bits &= bits - 1)
                if (Stands(text, at + place, _groups[BitOperations.TrailingZeroCount(bits)])) return at + place;
        }

        return -1;
    }

    private static bool Stands(ReadOnlySpan<byte> text, int place, Sought[] group)
    {
        uint seen = 0;
        bool isSeen = text.Length - place >= sizeof(uint);
        if (isSeen) seen = BinaryPrimitives.ReadUInt32LittleEndian(text[place..]);
        foreach (Sought sought in group)
        {
            if (isSeen && (seen & sought.Mask) != sought.Key) continue;
            int start = place - sought.Rarest;
            if (start < 0 || text.Length - start < sought.Text.Length) continue;
            ReadOnlySpan<byte> found = text.Slice(start, sought.Text.Length);
            if (sought.IgnoreCase ? RequiredLiteral.EqualsLower(found, sought.Text) : found.SequenceEqual(sought.Text)) return true;
        }

        return false;
    }

    private static Sought Choose(RequiredLiteral literal)
    {
        byte[] text = literal.Text.ToArray();
        int last = Math.Max(0, text.Length - Depth);
        int rarest = Enumerable.Range(0, last + 1).MaxBy(at => text.Skip(at).Take(Depth).Sum(Rarity));
        Span<byte> key = stackalloc byte[sizeof(uint)], mask = stackalloc byte[sizeof(uint)];
        for (int i = 0; i < sizeof(uint) && rarest + i < text.Length; i++)
        {
            byte value = text[rarest + i];
            mask[i] = literal.IgnoreCase && char.IsAsciiLetter((char)value) ? (byte)(byte.MaxValue ^ CaseBit) : byte.MaxValue;
            key[i] = (byte)(value & mask[i]);
        }

        return new Sought(text, rarest, literal.IgnoreCase, BinaryPrimitives.ReadUInt32LittleEndian(key), BinaryPrimitives.ReadUInt32LittleEndian(mask));
    }

    private static int Rarity(byte value) => Common.IndexOf((char)value, StringComparison.Ordinal) is >= 0 and int place ? place : Common.Length;

    private static void Enter(Sought sought, byte group, Span<byte> tables)
    {
        ReadOnlySpan<byte> text = sought.Text.AsSpan(sought.Rarest);
        for (int place = 0; place < Depth; place++)
        {
            Span<byte> low = tables.Slice(2 * place * Step, Step), high = tables.Slice((2 * place + 1) * Step, Step);
            for (int value = 0; value <= byte.MaxValue; value++)
            {
                // Behind a short text anything may follow.
                bool mayStand = place >= text.Length || value == text[place] || (sought.IgnoreCase && char.IsAsciiLetter((char)value) && (value | CaseBit) == text[place]);
                if (!mayStand) continue;
                low[value & Low] |= group;
                high[value >> 4] |= group;
            }
        }
    }

    /// <param name="Text">What to find.</param>
    /// <param name="Rarest">Where in it the bytes begin that are looked up.</param>
    /// <param name="IgnoreCase">Whether ASCII letters of both cases will do; <paramref name="Text"/> has small ones then.</param>
    /// <param name="Key">Four bytes from there on, as far as the text goes.</param>
    /// <param name="Mask">What of four bytes has to be so.</param>
    private sealed record Sought(byte[] Text, int Rarest, bool IgnoreCase, uint Key, uint Mask);
}
