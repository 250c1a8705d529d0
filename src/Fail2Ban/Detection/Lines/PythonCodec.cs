using System.Buffers;
using System.Text;

namespace Fail2Ban.Detection.Lines;

/// <summary>An encoding under Python's names, as far as the framework has it.</summary>
/// <param name="Name">Python's own name of the codec.</param>
/// <param name="CodePage">The framework's number.</param>
internal sealed record PythonCodec(string Name, int CodePage)
{
    private static readonly SearchValues<char> Kept = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789.");

    private static readonly Dictionary<string, PythonCodec> ByName = Read();

    /// <summary>Finds a codec; case, and which punctuation separates the words, do not matter.</summary>
    internal static PythonCodec? Find(string name)
    {
        string normal = Normalize(name);
        return ByName.GetValueOrDefault(normal) ?? ByName.GetValueOrDefault(normal.Replace('.', '_'));
    }

    /// <summary>Names that a misspelt one may have meant, nearest first.</summary>
    internal static IEnumerable<string> Near(string name, int count)
    {
        string normal = Normalize(name);
        return ByName.OrderBy(pair => Distance(normal, pair.Key)).ThenBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => pair.Value.Name).Distinct().Take(count);
    }

    private static string Normalize(string name)
    {
        var normal = new StringBuilder(name.Length);
        foreach (char c in name.ToLowerInvariant())
        {
            if (Kept.Contains(c)) normal.Append(c);
            else if (normal.Length > 0 && normal[^1] != '_') normal.Append('_');
        }

        return normal.ToString().TrimEnd('_');
    }

    // Levenshtein's; names are short and this runs for an error message only.
    private static int Distance(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int above = row[j];
                row[j] = Math.Min(Math.Min(row[j] + 1, row[j - 1] + 1), diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[^1];
    }

    private static Dictionary<string, PythonCodec> Read()
    {
        var names = new Dictionary<string, PythonCodec>(StringComparer.Ordinal);
        foreach (string line in PythonCodecNames.Table.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var codec = new PythonCodec(words[1], int.Parse(words[0]));
            foreach (string name in words.AsSpan(1)) names[name] = codec;
        }

        return names;
    }
}
