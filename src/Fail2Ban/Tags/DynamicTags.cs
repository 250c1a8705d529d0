using System.Buffers;
using System.Text;

namespace Fail2Ban.Tags;

/// <summary>Replaces tags whose values come from logs and are therefore never given to a shell to interpret.</summary>
/// <remarks>
/// Values are not searched for tags again. A tag without a value stays as it is, except <c>&lt;F-NAME&gt;</c> (upper
/// case), which is then empty: the pattern simply did not capture that field.
/// </remarks>
public static class DynamicTags
{
    // Longer values never go into the text itself: the kernel takes at most 128 KiB in one argument.
    private const int LongestVerbatim = 4096;
    private const int LongestArgument = 100_000; // bytes of UTF-8

    // A blank is no less special: of "IP=<ip>", as stock actions have it, the second word of an id would be run.
    private static readonly SearchValues<char> Special = SearchValues.Create(" \t\\#&;`|*?~<>^()[]{}$'\"\n\r\0");

    /// <summary>
    /// For <c>/bin/sh -c</c>: a value with a character that means something to a shell becomes a variable
    /// (<c>f2bV_F_user=$0</c> in front of the text, <c>$f2bV_F_user</c> in it) and travels as an argument of the shell.
    /// </summary>
    /// <param name="text">A command after substitution of its static tags.</param>
    /// <param name="valueOf">A tag's value by its name without brackets (<c>ip</c>, <c>F-USER</c>); null where it has none.</param>
    public static ShellText ForShell(string text, Func<string, string?> valueOf)
    {
        var variables = new ShellVariables();
        string body = Replace(text, valueOf, (tag, value, next) => MustTravel(value) ? variables.Reference(tag, Passable(value), next) : value);
        return new ShellText(variables.Assignments + body, variables.Values);
    }

    /// <summary>For everything that no shell reads (output templates, cache keys): values as they are.</summary>
    /// <param name="text">Text with tags.</param>
    /// <param name="valueOf">A tag's value by its name without brackets; null where it has none.</param>
    public static string AsText(string text, Func<string, string?> valueOf) => Replace(text, valueOf, static (_, value, _) => value);

    /// <summary>The captured field that a tag means: <c>F-USER</c> → <c>user</c>, <c>F-ID</c> → <c>fid</c>, <c>F-PORT</c> → <c>fport</c>; false for any other tag.</summary>
    public static bool TryGetField(string tag, out string field)
    {
        field = "";
        if (tag.Length < 3 || !tag.StartsWith("F-", StringComparison.Ordinal)) return false;
        foreach (char letter in tag.AsSpan(2))
            if (!char.IsAsciiLetterUpper(letter) && !char.IsAsciiDigit(letter) && letter is not ('-' or '_')) return false;
        field = tag[2..] switch { "ID" => "fid", "PORT" => "fport", string name => name.ToLowerInvariant() };
        return true;
    }

    /// <summary>Whether the text has this tag.</summary>
    public static bool Uses(string text, string tag) => text.Contains($"<{tag}>", StringComparison.Ordinal);

    /// <summary>The names of all tags that the text could have, in order, doubles included.</summary>
    public static IEnumerable<string> NamesIn(string text)
    {
        for (int at = 0; TryFind(text, ref at, out int end); at = end) yield return text[(at + 1)..(end - 1)];
    }

    private static bool MustTravel(string value) => value.Length > LongestVerbatim || value.AsSpan().ContainsAny(Special);

    // U+0000 would end the argument, so that the rest of the value were lost.
    private static string Passable(string value)
    {
        if (value.Contains('\0', StringComparison.Ordinal)) value = value.Replace('\0', '\ufffd');
        if (value.Length <= LongestArgument / 3 || Encoding.UTF8.GetByteCount(value) <= LongestArgument) return value;
        int length = LongestArgument / 3;
        return value[..(char.IsHighSurrogate(value[length - 1]) ? length - 1 : length)];
    }

    private static string Replace(string text, Func<string, string?> valueOf, Func<string, string, char, string> write)
    {
        StringBuilder? result = null;
        int copied = 0;
        for (int at = 0; TryFind(text, ref at, out int end);)
        {
            string tag = text[(at + 1)..(end - 1)];
            string? value = valueOf(tag) ?? (TryGetField(tag, out _) ? "" : null);
            if (value is null)
            {
                at = end;
                continue;
            }

            result ??= new StringBuilder(text.Length + 64);
            result.Append(text, copied, at - copied).Append(write(tag, value, end < text.Length ? text[end] : '\0'));
            at = copied = end;
        }

        return result is null ? text : result.Append(text, copied, text.Length - copied).ToString();
    }

    // A tag is <…> without spaces and further brackets in it: of "<a <ip>" only <ip> is one.
    private static bool TryFind(string text, ref int at, out int end)
    {
        end = 0;
        while ((at = text.IndexOf('<', at)) >= 0)
        {
            int stop = text.AsSpan(at + 1).IndexOfAny(" <>");
            if (stop < 0) return false;
            if (stop > 0 && text[at + 1 + stop] == '>')
            {
                end = at + stop + 2;
                return true;
            }

            at += stop + 1 + (text[at + 1 + stop] == '<' ? 0 : 1);
        }

        return false;
    }
}
