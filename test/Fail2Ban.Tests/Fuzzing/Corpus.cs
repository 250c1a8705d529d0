using System.Globalization;
using System.Text;

namespace Fail2Ban.Tests.Fuzzing;

/// <summary>The kept inputs of a parser: one a line of <c>Corpus/NAME.txt</c>, with <c>\xHH</c> for what cannot be seen.</summary>
internal static class Corpus
{
    internal static string PathOf(string parser) => Path.Combine(RepositoryRoot.Find(), "test", "Fail2Ban.Tests", "Fuzzing", "Corpus", parser.Replace(' ', '-') + ".txt");

    internal static List<byte[]> Read(string parser) => [.. File.ReadLines(PathOf(parser)).Select(Bytes)];

    /// <summary>Keeps one more.</summary>
    internal static void Keep(string parser, byte[] input) => File.AppendAllText(PathOf(parser), Line(input) + "\n");

    internal static string Line(byte[] input)
    {
        var line = new StringBuilder();
        foreach (byte one in input)
        {
            if (one is >= 32 and < 127 and not (byte)'\\') line.Append((char)one);
            else line.Append(CultureInfo.InvariantCulture, $"\\x{one:x2}");
        }

        return line.ToString();
    }

    internal static byte[] Bytes(string line)
    {
        var bytes = new List<byte>();
        for (int i = 0; i < line.Length; i++)
        {
            bool isEscape = line[i] == '\\';
            bytes.Add(isEscape ? Convert.FromHexString(line.AsSpan(i + 2, 2))[0] : (byte)line[i]);
            if (isEscape) i += 3;
        }

        return [.. bytes];
    }
}
