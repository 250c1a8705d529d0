using System.Text;

namespace Fail2Ban.Patterns;

/// <summary>Rewrites of pattern text that belong to the dialect and stay visible to the user.</summary>
public static class PythonSyntax
{
    /// <summary>
    /// Gives global flags at the head of a group their local form: <c>((?i)X)</c> and <c>(?:(?i)X)</c> become
    /// <c>(?i:X)</c>, so the capture of the first form is gone. Python 3.11 refuses them otherwise.
    /// </summary>
    /// <param name="pattern">Pattern text; one that is no valid pattern is rewritten all the same.</param>
    public static string LocaliseLeadingFlags(string pattern)
    {
        StringBuilder? result = null;
        int copied = 0;
        for (int i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] != '(' || (i > 0 && pattern[i - 1] == '\\')) continue;
            ReadOnlySpan<char> rest = pattern.AsSpan(i + 1);
            int skipped = rest.StartsWith("?:", StringComparison.Ordinal) ? 3 : 1;
            int flags = FlagGroupLength(pattern.AsSpan(i + skipped));
            if (flags == 0) continue;

            // The flag group without its ")" becomes the head of the group that it stands in.
            result ??= new StringBuilder();
            result.Append(pattern, copied, i - copied).Append(pattern, i + skipped, flags - 1).Append(':');
            copied = i + skipped + flags;
            i = copied - 1;
        }

        return result is null ? pattern : result.Append(pattern, copied, pattern.Length - copied).ToString();
    }

    // The length of "(?i)" and the like at the beginning, or 0.
    private static int FlagGroupLength(ReadOnlySpan<char> text)
    {
        if (!text.StartsWith("(?", StringComparison.Ordinal)) return 0;
        int end = 2;
        while (end < text.Length && char.IsAsciiLetterLower(text[end])) end++;
        return end > 2 && end < text.Length && text[end] == ')' ? end + 1 : 0;
    }
}
