using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;

namespace Fail2Ban.Patterns.Prefilter;

/// <summary>Finds where one of many texts stands in bytes, in one pass of sixteen places at a time.</summary>
/// <remarks>
/// Teddy, as the literal search of Hyperscan and of Rust's aho-corasick is called: of each text, the four bytes are chosen
/// that are rarest in logs. Each half of four bytes is looked up in a table of sixteen entries, whose bits say which of
/// eight groups of texts could have it there; where a bit is left of all eight, the texts of its group are compared. .NET's
/// own search for several texts does nearly the same, but for characters only. Thread-safe.
/// </remarks>
internal sealed class LiteralScan
{
    private const int Step = 16;
    private const int Depth = 4; // bytes that are looked up
    private const int Groups = 8;
    private const byte Low = 0x0F;
    private const byte Beyond = 0x80;
    private const byte CaseBit = 0x20;

    // What logs mostly consist of, the commonest first.
    private const string Common = " eaotnisrdlcup0123456789:.m-fhgbvw[]()k_y/=";

    private readonly Tables _tables;
    private readonly Sought[][] _groups;

    // The bit of the group to which all bytes beyond ASCII belong; 0 where they are like any others.
    private readonly uint _beyondAscii;

    /// <param name="literals">What to find; one at least.</param>
    /// <param name="stopsBeyondAscii">Whether a byte that is not ASCII is found like a text.</param>
    public LiteralScan(IReadOnlyCollection<RequiredLiteral> literals, bool stopsBeyondAscii)
    {
        // Neighbours share bytes, and so the bits of a group say more.
        Sought[] texts = [.. literals.Select(Choose).OrderBy(sought => Encoding.Latin1.GetString(sought.Text.AsSpan(sought.Rarest)), StringComparer.Ordinal)];
        int groups = Math.Min(stopsBeyondAscii ? Groups - 1 : Groups, texts.Length);
        _groups = [.. Enumerable.Range(0, groups).Select(group => texts[(group * texts.Length / groups)..((group + 1) * texts.Length / groups)])];
        Span<byte> tables = stackalloc byte[2 * Depth * Step];
        tables.Clear();
        for (int group = 0; group < groups; group++)
            foreach (Sought sought in _groups[group]) Enter(sought, (byte)(1 << group), tables);
        if (stopsBeyondAscii)
        {
            // Known by the first byte alone.
            _beyondAscii = 1U << groups;
            for (int i = 0; i < tables.Length; i++)
                if (i is < Step or >= Step + Beyond / Step) tables[i] |= (byte)_beyondAscii;
        }

        for (int i = 0; i < 2 * Depth; i++) _tables[i] = Vector128.Create(tables.Slice(i * Step, Step));
    }

    /// <summary>A place in one of the texts where it stands, or of a byte that is not ASCII where those count.</summary>
    /// <returns>
    /// -1 where there is none. Of texts that follow each other, as those of two lines, it is the first one's; of texts
    /// that overlap it may be that of either.
    /// </returns>
    public int PlaceIn(ReadOnlySpan<byte> text)
    {
        int at = 0;
        for (; PassOver(text, ref at, out Vector128<byte> groups); at += Step)
        {
            int found = Compare(text, at, groups);
            if (found >= 0) return found;
        }

        return at < text.Length ? PlaceInRest(text, at) : -1;
    }

    // Goes on to the next places of which one may have a text; to the rest, which is shorter than a step and what is looked
    // up behind it, where there are none. On its own, so that everything stays in registers: there are just enough of them.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool PassOver(ReadOnlySpan<byte> text, ref int at, out Vector128<byte> groups)
    {
        Vector128<byte> low0 = _tables[0], high0 = _tables[1], low1 = _tables[2], high1 = _tables[3];
        Vector128<byte> low2 = _tables[4], high2 = _tables[5], low3 = _tables[6], high3 = _tables[7];
        Vector128<byte> half = Vector128.Create(Low);
        ref byte first = ref MemoryMarshal.GetReference(text);
        nint place = at, last = text.Length - (Step + Depth - 1);
        for (; place <= last; place += Step)
        {
            Vector128<byte> found = LookUp(Vector128.LoadUnsafe(ref first, (nuint)place), low0, high0, half)
                & LookUp(Vector128.LoadUnsafe(ref first, (nuint)place + 1), low1, high1, half);
            found &= LookUp(Vector128.LoadUnsafe(ref first, (nuint)place + 2), low2, high2, half);
            found &= LookUp(Vector128.LoadUnsafe(ref first, (nuint)place + 3), low3, high3, half);
            if (found == Vector128<byte>.Zero) continue;
            at = (int)place;
            groups = found;
            return true;
        }

        at = (int)place;
        groups = default;
        return false;
    }

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
            int found = Compare(text, at + i, groups);
            if (found >= 0) return found;
        }

        return -1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> LookUp(Vector128<byte> bytes, Vector128<byte> low, Vector128<byte> high, Vector128<byte> half) =>
        Vector128.ShuffleNative(low, bytes & half) & Vector128.ShuffleNative(high, (bytes.AsUInt16() >> 4).AsByte() & half);

    private int Compare(ReadOnlySpan<byte> text, int at, Vector128<byte> groups)
    {
        uint places = ~Vector128.Equals(groups, Vector128<byte>.Zero).ExtractMostSignificantBits() & 0xFFFF;
        ref byte groupsAt = ref Unsafe.As<Vector128<byte>, byte>(ref groups);
        for (; places != 0; places &= places - 1)
        {
            int place = BitOperations.TrailingZeroCount(places);
            uint bits = Unsafe.Add(ref groupsAt, place);
            place += at;
            if (place >= text.Length) return -1;
            if ((bits & _beyondAscii) != 0)
            {
                if (text[place] >= Beyond) return place;
                bits &= ~_beyondAscii;
            }

            for (; bits != 0; bits &= bits - 1)
                if (Stands(text, place, _groups[BitOperations.TrailingZeroCount(bits)])) return place;
        }

        return -1;
    }

    private static bool Stands(ReadOnlySpan<byte> text, int place, Sought[] group)
    {
        ulong seen = 0;
        bool isSeen = text.Length - place >= sizeof(ulong);
        if (isSeen) seen = BinaryPrimitives.ReadUInt64LittleEndian(text[place..]);
        foreach (ref readonly Sought sought in group.AsSpan())
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
        (ulong key, ulong mask) = LiteralKey.Of(text.AsSpan(rarest), literal.IgnoreCase);
        return new Sought(text, rarest, literal.IgnoreCase, key, mask);
    }

    private static int Rarity(byte value) => Common.IndexOf((char)value, StringComparison.Ordinal) is >= 0 and int place ? place : Common.Length;

    private static void Enter(in Sought sought, byte group, Span<byte> tables)
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
    /// <param name="Key">Eight bytes from there on, as far as the text goes.</param>
    /// <param name="Mask">What of eight bytes has to be so.</param>
    private readonly record struct Sought(byte[] Text, int Rarest, bool IgnoreCase, ulong Key, ulong Mask);

    // Low and high half of each byte, in turn.
    [InlineArray(2 * Depth)]
    private struct Tables
    {
        private Vector128<byte> _first;
    }
}
