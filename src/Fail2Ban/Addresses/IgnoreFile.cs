using Fail2Ban.Logging;

namespace Fail2Ban.Addresses;

/// <summary>An ignore list in a file (<c>ignoreip = file:PATH</c>): addresses, networks, names, and any other ids.</summary>
/// <remarks>
/// Read when it is first needed and again when its time, identity or size changed, looked at once a second at most. If that
/// fails the entries stay and the next try is a minute later. Owned by one jail loop; not thread-safe.
/// </remarks>
internal sealed class IgnoreFile
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AfterError = TimeSpan.FromSeconds(61);

    private readonly Log _log;
    private readonly TimeProvider _time;
    private (DateTime Changed, long Size, DateTime Born) _seen; // another inode was born at another time
    private DateTimeOffset _nextLook = DateTimeOffset.MinValue;
    private HashSet<FailureId> _ids = [];
    private List<IpRange> _networks = [];
    private List<string> _names = [];

    // The entry is as configured, "file:" included.
    public IgnoreFile(string entry, Log log, TimeProvider time)
    {
        _log = log;
        _time = time;
        string rest = entry["file:".Length..];

        // file://a and file:///a are /a; any number of leading slashes is one.
        Path = rest.StartsWith('/') ? "/" + rest.TrimStart('/') : rest;
        Text = "file:" + (Path.StartsWith('/') ? "/" + Path : Path);
    }

    public static bool IsOne(string entry) => entry.StartsWith("file:", StringComparison.Ordinal);

    public string Path { get; }

    /// <summary>How the list prints it: <c>file:///x</c> reads <c>file://x</c>.</summary>
    public string Text { get; }

    /// <summary>Whether the id is in the file, names aside. Looks at the file first.</summary>
    public bool Contains(FailureId id)
    {
        Look();
        if (_ids.Contains(id)) return true;
        if (id.Range is not { } range) return false;
        foreach (IpRange network in _networks)
            if (network.ContainsFirst(range)) return true;
        return false;
    }

    /// <summary>The entries that may be names: to be resolved.</summary>
    public IReadOnlyList<string> Names => _names;

    private void Look()
    {
        DateTimeOffset now = _time.GetUtcNow();
        if (now < _nextLook) return;
        _nextLook = now + LookInterval;
        try
        {
            var file = new FileInfo(Path);
            if (!file.Exists) throw new FileNotFoundException($"[Errno 2] No such file or directory: '{Path}'");
            (DateTime, long, DateTime) present = (file.LastWriteTimeUtc, file.Length, file.CreationTimeUtc);
            if (present == _seen) return;
            Read();
            _seen = present;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _nextLook = now + AfterError;
            _log.Write(LogLevel.Warning, $"Retrieving IPs set from '{Path}' failed: {error.Message}");
        }
    }

    private void Read()
    {
        var ids = new HashSet<FailureId>();
        var networks = new List<IpRange>();
        var names = new List<string>();
        foreach (string line in File.ReadLines(Path))
        {
            foreach (string word in WithoutComment(line).Split([' ', '\t', ',', '\r', '\f', '\v'], StringSplitOptions.RemoveEmptyEntries))
            {
                FailureId id = FailureId.Parse(word);
                if (!ids.Add(id)) continue;
                if (id.IsText) names.Add(word);
                else if (id.Range is { IsSingle: false } network) networks.Add(network);
            }
        }

        (_ids, _networks, _names) = (ids, networks, names);
    }

    // A comment begins at the start of the line or after a blank.
    private static string WithoutComment(string line)
    {
        for (int i = 0; i < line.Length; i++)
        {
            if (line[i] is '#' or ';' && (i == 0 || char.IsWhiteSpace(line[i - 1]))) return line[..i];
        }

        return line;
    }
}
