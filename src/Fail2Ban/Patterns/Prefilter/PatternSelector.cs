using System.Numerics;

namespace Fail2Ban.Patterns.Prefilter;

/// <summary>Says which of several patterns are worth running on a text; the others cannot match it.</summary>
/// <remarks>
/// The first byte of the text chooses among patterns that begin with a known text at its start; what they and the others
/// require is then looked for. Thread-safe.
/// </remarks>
public sealed class PatternSelector
{
    private const int Texts = 257; // one row for each first byte, and one for the empty text
    private const int BitsPerWord = 64;

    private readonly Requirement[] _patterns;
    private readonly int _words;
    private readonly ulong[] _byFirst;
    private readonly ulong[] _byFirstNotAscii;

    /// <summary>Takes the patterns in the order of their indexes.</summary>
    public PatternSelector(IReadOnlyList<Pattern> patterns)
    {
        _patterns = [.. patterns.Select(pattern => new Requirement(pattern.Facts))];
        _words = (patterns.Count + BitsPerWord - 1) / BitsPerWord;
        _byFirst = new ulong[Texts * _words];
        _byFirstNotAscii = new ulong[Texts * _words];
        for (int i = 0; i < _patterns.Length; i++)
        {
            Enter(_byFirst, i, _patterns[i].FirstBytes(isAscii: true));
            Enter(_byFirstNotAscii, i, _patterns[i].FirstBytes(isAscii: false));
        }
    }

    /// <summary>Finds the next pattern to run.</summary>
    /// <param name="text">All that the patterns are going to see.</param>
    /// <param name="isAscii">Whether every byte of it is below 0x80.</param>
    /// <param name="from">The index to begin with.</param>
    /// <returns>-1 where neither it nor a later one can match.</returns>
    public int Next(ReadOnlySpan<byte> text, bool isAscii, int from)
    {
        ulong[] table = isAscii ? _byFirst : _byFirstNotAscii;
        int row = (text.IsEmpty ? Texts - 1 : text[0]) * _words;
        for (int word = from / BitsPerWord; word < _words; word++)
        {
            ulong bits = table[row + word];
            if (word == from / BitsPerWord) bits &= ulong.MaxValue << (from % BitsPerWord);
            for (; bits != 0; bits &= bits - 1)
            {
                int index = word * BitsPerWord + BitOperations.TrailingZeroCount(bits);
                if (_patterns[index].Allows(text, isAscii)) return index;
            }
        }

        return -1;
    }

    // No first bytes are known where any may be one.
    private void Enter(ulong[] table, int pattern, IReadOnlyList<byte>? firstBytes)
    {
        ulong bit = 1UL << (pattern % BitsPerWord);
        for (int i = 0; i < (firstBytes?.Count ?? Texts); i++) table[(firstBytes?[i] ?? i) * _words + pattern / BitsPerWord] |= bit;
    }
}
