using System.Text;

namespace Fail2Ban.Configuration;

/// <summary>Splits a line into words as a POSIX shell does, without comments or expansions.</summary>
public static class ShellWords
{
    /// <summary>Splits a line.</summary>
    /// <param name="line">The line.</param>
    /// <param name="words">The words, quotes and escapes removed.</param>
    /// <param name="error"><c>No closing quotation</c> or <c>No escaped character</c>; empty on success.</param>
    public static bool TrySplit(string line, out IReadOnlyList<string> words, out string error)
    {
        List<string> found = [];
        words = found;
        error = "";
        var word = new StringBuilder();
        bool inWord = false;
        char quote = '\0';
        for (int at = 0; at < line.Length; at++)
        {
            char letter = line[at];
            if (letter == '\\' && quote != '\'')
            {
                if (++at >= line.Length)
                {
                    error = quote == '\0' ? "No escaped character" : "No closing quotation";
                    return false;
                }

                // Inside double quotes a backslash only escapes itself and the quote.
                if (quote == '"' && line[at] is not ('"' or '\\')) word.Append('\\');
                word.Append(line[at]);
                inWord = true;
            }
            else if (quote != '\0')
            {
                if (letter == quote) quote = '\0';
                else word.Append(letter);
            }
            else if (letter is '"' or '\'')
            {
                quote = letter;
                inWord = true;
            }
            else if (letter is ' ' or '\t' or '\r' or '\n')
            {
                if (inWord) found.Add(word.ToString());
                inWord = false;
                word.Clear();
            }
            else
            {
                word.Append(letter);
                inWord = true;
            }
        }

        if (quote != '\0')
        {
            error = "No closing quotation";
            return false;
        }

        if (inWord) found.Add(word.ToString());
        return true;
    }
}
