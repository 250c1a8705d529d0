namespace Fail2Ban.Tests.Fuzzing;

/// <summary>A parser of text that others write.</summary>
/// <param name="Name">Of its file in <c>Corpus</c>.</param>
/// <param name="Fresh">From a seed, a function that makes inputs: the generators of the parser's own tests.</param>
/// <param name="Words">What means something to it.</param>
/// <param name="Parse">Reads an input and returns what was wrong with it, or empty; throws where the parser does, or where what it read does not hold.</param>
internal sealed record FuzzedParser(string Name, Func<int, Func<byte[]>> Fresh, IReadOnlyList<string> Words, Func<byte[], string> Parse)
{
    /// <summary>Parts an input that has several: no byte of UTF-8.</summary>
    internal const byte Separator = 0xFF;

    /// <summary>The parts of an input.</summary>
    internal static List<byte[]> Parts(byte[] input)
    {
        var parts = new List<byte[]>();
        int at = 0;
        for (int i = 0; i <= input.Length; i++)
        {
            if (i < input.Length && input[i] != Separator) continue;
            parts.Add(input[at..i]);
            at = i + 1;
        }

        return parts;
    }
}
