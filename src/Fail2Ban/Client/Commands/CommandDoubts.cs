using System.Net;

namespace Fail2Ban.Client.Commands;

/// <summary>What may be wrong with a command although the server did it.</summary>
internal static class CommandDoubts
{
    /// <summary>One sentence for each doubt.</summary>
    /// <param name="words">The command.</param>
    internal static IEnumerable<string> About(IReadOnlyList<string> words)
    {
        if (words.Count == 0 || words[0] != "set") yield break;
        if (CommandGrammar.WholeLength(words) is { } used && used < words.Count)
        {
            string unused = string.Join(' ', words.Skip(used));
            yield return $"Not used: {unused}. A value with blanks needs quotes: {string.Join(' ', words.Take(used - 1))} '{words[used - 1]} {unused}'";
        }

        if (words.Count < 4 || words[2] != "banip") yield break;
        foreach (string id in words.Skip(3).Where(id => !IsAddress(id)))
            yield return $"{id} is no address: it is banned as a text, which a firewall cannot refuse";
    }

    private static bool IsAddress(string id)
    {
        int slash = id.IndexOf('/', StringComparison.Ordinal);
        return IPAddress.TryParse(slash < 0 ? id : id.AsSpan(0, slash), out _);
    }
}
