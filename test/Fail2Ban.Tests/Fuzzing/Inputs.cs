using System.Text;
using CsCheck;

namespace Fail2Ban.Tests.Fuzzing;

/// <summary>Makes inputs for one parser from a seed: fresh ones of its generators, and kept or fresh ones that are then damaged.</summary>
/// <remarks>The same seed, corpus and number give the same inputs.</remarks>
internal sealed class Inputs(FuzzedParser parser, IReadOnlyList<byte[]> corpus, int seed)
{
    private const int Longest = 1 << 16;
    private static readonly byte[] s_hard = [0, 9, 10, 13, 27, 34, 39, 37, 40, 41, 42, 46, 60, 62, 91, 92, 93, 123, 125, 127, 128, 0xC0, 0xE2, 0xED, 0xF0, 0xFF];

    private readonly Random _random = new(seed);
    private readonly Func<byte[]> _fresh = parser.Fresh(seed);

    internal byte[] Next()
    {
        int kind = _random.Next(8);
        if (kind < 3) return _fresh();
        byte[] input = kind == 3 || corpus.Count == 0 ? _fresh() : corpus[_random.Next(corpus.Count)];
        for (int times = _random.Next(1, 5); times > 0; times--) input = Damaged(input);
        return input.Length > Longest ? input[..Longest] : input;
    }

    /// <summary>A function that draws from a generator of CsCheck.</summary>
    internal static Func<T> Drawing<T>(Gen<T> generator, int seed)
    {
        var source = new PCG(1, (ulong)seed);
        return () => generator.Generate(source, null, out _);
    }

    private byte[] Damaged(byte[] input)
    {
        int at = _random.Next(input.Length + 1), other = _random.Next(input.Length + 1);
        (int from, int to) = at < other ? (at, other) : (other, at);
        switch (_random.Next(8))
        {
            case 0: return [.. input[..at], (byte)_random.Next(256), .. input[at..]];
            case 1: return [.. input[..at], s_hard[_random.Next(s_hard.Length)], .. input[at..]];
            case 2: return [.. input[..from], .. input[to..]]; // a part is lost
            case 3: return input[..at];
            case 4: return [.. input[..to], .. input[from..to], .. input[to..]]; // a part twice
            case 5: // the end of another
                byte[] with = corpus.Count == 0 ? _fresh() : corpus[_random.Next(corpus.Count)];
                return [.. input[..at], .. with[_random.Next(with.Length + 1)..]];
            case 6: return [.. input[..at], .. Encoding.UTF8.GetBytes(parser.Words[_random.Next(parser.Words.Count)]), .. input[at..]];
            default:
                if (input.Length == 0) return input;
                byte[] changed = [.. input];
                changed[_random.Next(changed.Length)] ^= (byte)(1 << _random.Next(8));
                return changed;
        }
    }
}
