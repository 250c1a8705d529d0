using System.Diagnostics.CodeAnalysis;

namespace Fail2Ban.Detection.Sources.Journal;

/// <summary>Which entries of the journal are wanted: <c>FIELD=value</c> words, of which all must hold, or <c>+</c> and alternatives.</summary>
public static class JournalMatch
{
    /// <summary>Splits a match as it is written into its alternatives.</summary>
    /// <param name="words"><c>A=1</c>, <c>B=2</c>, <c>+</c>, <c>C=3</c>.</param>
    /// <param name="groups">None of them is empty; words of one field in a group are alternatives, words of different fields must all hold.</param>
    /// <returns>False where a word is not <c>FIELD=value</c> with a name that the journal allows: A to Z, 0 to 9 and <c>_</c>, not two of it in front.</returns>
    public static bool TryParse(IReadOnlyList<string> words, [NotNullWhen(true)] out IReadOnlyList<IReadOnlyList<string>>? groups)
    {
        groups = null;
        var found = new List<IReadOnlyList<string>>();
        var group = new List<string>();
        foreach (string word in words)
        {
            if (word != "+")
            {
                if (!IsWord(word)) return false;
                group.Add(word);
                continue;
            }

            if (group.Count > 0) found.Add(group);
            group = [];
        }

        if (group.Count > 0) found.Add(group);
        groups = found;
        return true;
    }

    private static bool IsWord(string word)
    {
        int end = word.IndexOf('=', StringComparison.Ordinal);
        if (end < 1 || word.StartsWith("__", StringComparison.Ordinal)) return false;
        foreach (char letter in word.AsSpan(0, end))
            if (!char.IsAsciiLetterUpper(letter) && !char.IsAsciiDigit(letter) && letter != '_') return false;
        return true;
    }
}
