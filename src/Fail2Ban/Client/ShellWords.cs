using System.Text;

namespace Fail2Ban.Client;

/// <summary>Splits a typed line as a POSIX shell does, without expansions.</summary>
internal static class ShellWords
{
    internal static bool TrySplit(string line, out List<string> words, out string error)
    {
        words = [];
        StringBuilder? word = null;
        char quote = '\0';
        for (int at = 0; at < line.Length; at++)
        {
            char letter = line[at];
            if (letter == '\\' && quote != '\'')
            {
                if (++at >= line.Length)
                {
                    error = "No escaped character";
                    return false;
                }

                word ??= new StringBuilder();
                if (quote == '"' && line[at] is not ('"' or '\\')) word.Append('\\');
                word.Append(line[at]);
            }
            else if (quote != '\0')
            {
                if (letter == quote) quote = '\0';
                else word!.Append(letter);
            }
            else if (letter is '"' or '\'')
            {
                quote = letter;
                word ??= new StringBuilder();
            }
            else if (!char.IsWhiteSpace(letter))
            {
                (word ??= new StringBuilder()).Append(letter);
            }
            else if (word is not null)
            {
                words.Add(word.ToString());
                word = null;
            }
        }

        if (word is not null) words.Add(word.ToString());
        error = quote == '\0' ? "" : "No closing quotation";
        return quote == '\0';
    }
}
