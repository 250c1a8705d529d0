using Fail2Ban.Logging;

namespace Fail2Ban.Configuration.Ini;

/// <summary>Finds and merges the files of a configuration name: <c>.conf</c>, <c>.d/*.conf</c>, <c>.local</c>, <c>.d/*.local</c>, and what they include.</summary>
/// <remarks>Keeps what it has read: every jail uses the same few filter and action files. Not thread-safe.</remarks>
internal sealed class ConfigurationFiles(Log log)
{
    private readonly Dictionary<string, IniDocument?> _documents = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IniFileSet?> _sets = new(StringComparer.Ordinal);

    // Files that exist but give no text: a directory, no permission, not UTF-8.
    private readonly HashSet<string> _textless = new(StringComparer.Ordinal);

    /// <summary>Reads a name such as <c>jail</c> or <c>filter.d/sshd</c>.</summary>
    /// <returns>Null, after a log message, if there is no readable file.</returns>
    /// <exception cref="ConfigurationException">A file is not what the grammar asks for.</exception>
    public IniFileSet? Read(string directory, string name)
    {
        string path = Path.Combine(directory, name);
        if (_sets.TryGetValue(path, out IniFileSet? known))
        {
            if (known is null) log.NoFiles(name, directory);
            return known;
        }

        log.Loading(name, directory);
        List<string> files = [];
        AddIfExists(files, path + ".conf");
        files.AddRange(Parts(path + ".d", ".conf"));
        AddIfExists(files, path + ".local");
        files.AddRange(Parts(path + ".d", ".local"));
        IniFileSet? set = null;
        if (files.Count == 0) log.NoFiles(name, directory);
        else set = Merge(files);
        _sets[path] = set;
        return set;
    }

    /// <summary>Reads one file with what it includes, whatever its name (a filter outside of the configuration).</summary>
    public IniFileSet? ReadFile(string path) => Merge([path]);

    private IniFileSet? Merge(List<string> files)
    {
        var set = new IniFileSet();
        List<string> lost = [];
        List<string> expanded = Expand(files, []);
        log.LoadingFiles(expanded);
        foreach (string file in expanded)
        {
            if (Document(file) is { } document) set.Merge(document);
        }

        lost.AddRange(files.Where(_textless.Contains));

        if (lost.Count == 0) return set;
        log.Unreadable(string.Join(", ", lost));
        return null;
    }

    private List<string> Expand(List<string> files, List<string> chain)
    {
        List<string> all = [];
        foreach (string file in files)
        {
            Include(file, chain, all);
            string companion = Path.ChangeExtension(file, ".local");
            if (!files.Contains(companion) && FilePresence.Exists(companion)) Include(companion, chain, all);
        }

        return all;
    }

    private void Include(string file, List<string> chain, List<string> all)
    {
        string full = Path.GetFullPath(file);
        if (chain.Contains(full)) return;
        if (Document(file) is not { } document) return;

        chain.Add(full);
        all.AddRange(Included(document, "before", chain));
        all.Add(file);
        all.AddRange(Included(document, "after", chain));
        chain.RemoveAt(chain.Count - 1);
        if (all.Count > 10_000) throw new ConfigurationException($"{file}: more than 10000 files are included; do they include each other?");
    }

    private List<string> Included(IniDocument document, string option, List<string> chain)
    {
        if (!document.Sections.ContainsKey(IniDocument.IncludesSection)) return [];
        var alone = new IniFileSet();
        alone.Merge(document);
        string? names = new IniScope(alone, IniDocument.IncludesSection).Get(option);
        if (string.IsNullOrEmpty(names)) return [];
        string directory = Path.GetDirectoryName(document.File) ?? "";
        return Expand([.. names.Split('\n').Where(name => name.Length > 0 && !name.Contains('\0', StringComparison.Ordinal)).Select(name => Path.Combine(directory, name))], chain);
    }

    private IniDocument? Document(string file)
    {
        if (_documents.TryGetValue(file, out IniDocument? document)) return document;
        log.LoadingFiles([file]);
        if (!IniDocument.TryRead(file, out document, out IniError? error, out bool textless) && error is not null)
        {
            if (!textless) throw new ConfigurationException(error.Message);
            _textless.Add(file);
            log.Undecodable(file, error.Message);
        }

        _documents[file] = document;
        return document;
    }

    private static void AddIfExists(List<string> files, string path)
    {
        if (FilePresence.Exists(path)) files.Add(path);
    }

    // Byte order of the whole path; like a shell's *, without hidden files.
    private static IEnumerable<string> Parts(string directory, string suffix)
    {
        if (!Directory.Exists(directory)) return [];
        try
        {
            return Directory.GetFileSystemEntries(directory)
                .Where(path => path.EndsWith(suffix, StringComparison.Ordinal) && !Path.GetFileName(path).StartsWith('.'))
                .Order(Utf8Order.Instance);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"{directory}: {failure.Message}");
        }
    }

    private sealed class Utf8Order : IComparer<string>
    {
        public static readonly Utf8Order Instance = new();

        public int Compare(string? x, string? y) =>
            System.Text.Encoding.UTF8.GetBytes(x ?? "").AsSpan().SequenceCompareTo(System.Text.Encoding.UTF8.GetBytes(y ?? ""));
    }
}
