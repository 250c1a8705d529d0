using System.Text.RegularExpressions;

namespace Fail2Ban.Paths;

/// <summary>Finds files by shell patterns: <c>* ? [abc] [!abc]</c>, in directories too; hidden names only if asked for.</summary>
internal static class PathPattern
{
    /// <summary>
    /// Every existing path that fits, dangling links included, in the order in which the system lists them.
    /// Directories that may not be read count as empty.
    /// </summary>
    /// <param name="pattern">Absolute or relative.</param>
    /// <param name="entering">Told of each directory before anything is looked for in it: whoever watches it from then on misses nothing.</param>
    public static IReadOnlyList<string> Find(string pattern, Action<string>? entering = null)
    {
        if (pattern.Length == 0 || pattern.Contains('\0', StringComparison.Ordinal)) return [];
        if (!IsPattern(pattern))
        {
            entering?.Invoke(Path.GetDirectoryName(pattern) ?? "/");
            return Exists(pattern) ? [pattern] : [];
        }

        int slash = pattern.LastIndexOf('/');
        string name = pattern[(slash + 1)..];
        string directory = slash < 0 ? "" : slash == 0 ? "/" : pattern[..slash];
        IReadOnlyList<string> directories = IsPattern(directory) ? Find(directory, entering) : [directory];
        List<string> found = [];
        foreach (string parent in directories)
        {
            entering?.Invoke(parent);
            if (!IsPattern(name))
            {
                string path = Join(parent, name);
                if (name.Length == 0 ? Directory.Exists(parent) : Exists(path)) found.Add(path);
                continue;
            }

            // Compiling is dear, and a lone * is what people write most.
            Regex? fits = name == "*" ? null : Compile(name);
            found.AddRange(Entries(parent).Where(entry => (entry[0] != '.' || name[0] == '.') && fits?.IsMatch(entry) != false).Select(entry => Join(parent, entry)));
        }

        return found;
    }

    /// <summary>Whether a path fits, be it there or not.</summary>
    public static bool Fits(string pattern, string path)
    {
        string[] wanted = pattern.Split('/'), given = path.Split('/');
        if (wanted.Length != given.Length) return false;
        for (int i = 0; i < wanted.Length; i++)
        {
            bool fits = !IsPattern(wanted[i]) ? wanted[i] == given[i]
                : given[i].Length > 0 && (given[i][0] != '.' || wanted[i][0] == '.') && Compile(wanted[i]).IsMatch(given[i]);
            if (!fits) return false;
        }

        return true;
    }

    /// <summary>Whether a text has any of <c>* ? [</c>.</summary>
    public static bool IsPattern(string text) => text.AsSpan().ContainsAny('*', '?', '[');

    private static Regex Compile(string name) => new(Expression(name), RegexOptions.Singleline | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);

    private static string Join(string directory, string name) => directory.Length == 0 ? name : directory.EndsWith('/') ? directory + name : $"{directory}/{name}";

    private static bool Exists(string path)
    {
        if (File.Exists(path) || Directory.Exists(path)) return true;
        try
        {
            return new FileInfo(path).LinkTarget is not null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Too long, or below what is no directory.
            return false;
        }
    }

    private static List<string> Entries(string directory)
    {
        List<string> names = [];
        try
        {
            // Names must come as they are: the enumeration skips nothing and resolves nothing.
            var all = new EnumerationOptions { AttributesToSkip = 0, IgnoreInaccessible = false, ReturnSpecialDirectories = false };
            foreach (string path in Directory.EnumerateFileSystemEntries(directory.Length == 0 ? "." : directory, "*", all)) names.Add(Path.GetFileName(path));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // As in a shell, what cannot be listed holds no match.
        }

        return names;
    }

    private static string Expression(string pattern)
    {
        var text = new System.Text.StringBuilder("^");
        for (int at = 0; at < pattern.Length; at++)
        {
            char letter = pattern[at];
            int close = letter == '[' ? EndOfClass(pattern, at) : -1;
            if (letter == '*')
            {
                text.Append(".*");
            }
            else if (letter == '?')
            {
                text.Append('.');
            }
            else if (close > 0)
            {
                text.Append(Class(pattern[(at + 1)..close]));
                at = close;
            }
            else
            {
                text.Append(Regex.Escape(letter.ToString()));
            }
        }

        return text.Append("\\z").ToString();
    }

    // "]" directly after "[" or "[!" is a member.
    private static int EndOfClass(string pattern, int open)
    {
        int from = open + 1;
        if (from < pattern.Length && pattern[from] == '!') from++;
        if (from < pattern.Length && pattern[from] == ']') from++;
        return from < pattern.Length ? pattern.IndexOf(']', from) : -1;
    }

    private static string Class(string members)
    {
        bool negated = members[0] == '!';
        var text = new System.Text.StringBuilder(negated ? "[^" : "[");
        int at = negated ? 1 : 0;
        int start = text.Length;
        while (at < members.Length)
        {
            bool range = at + 2 < members.Length && members[at + 1] == '-';
            if (!range || members[at] <= members[at + 2])
            {
                text.Append($"\\u{(int)members[at]:x4}");
                if (range) text.Append($"-\\u{(int)members[at + 2]:x4}");
            }

            at += range ? 3 : 1;
        }

        // Only ranges that run backwards: nothing fits, or everything.
        if (text.Length == start) return negated ? "." : "[^\\s\\S]";
        return text.Append(']').ToString();
    }
}
