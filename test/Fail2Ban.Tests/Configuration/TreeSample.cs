namespace Fail2Ban.Tests.Configuration;

/// <summary>
/// A small configuration in one text: <c>=== path</c> begins a file, <c>=== expected</c> the stream that ours must give,
/// <c>=== reference differs: why</c> that of fail2ban 1.0.2 where it is meant to be another.
/// </summary>
/// <remarks>
/// <c>{DIR}</c> stands for the directory, <c>␍</c> for a carriage return. Every tree gets an <c>a.log</c> and, unless it
/// has its own, a <c>fail2ban.conf</c>, whose part of the stream is shown only where the tree has a <c>fail2ban.local</c>.
/// </remarks>
public sealed class TreeSample : IDisposable
{
    private const string Expected = "expected";
    private const string Reference = "reference differs: ";

    private static readonly string[] s_serverOptions = ["syslogsocket", "loglevel", "logtarget", "allowipv6", "dbfile", "dbmaxmatches", "dbpurgeage"];

    private readonly Dictionary<string, List<string>> _parts = [];

    public TreeSample(string name)
    {
        Directory = System.IO.Directory.CreateTempSubdirectory("f2b-tree-").FullName;
        List<string> current = [];
        foreach (string line in File.ReadAllText(Path.Combine(Folder(), name + ".tree")).TrimEnd('\n').Split('\n').Skip(1))
        {
            if (line.StartsWith("=== ", StringComparison.Ordinal)) _parts.Add(line[4..], current = []);
            else current.Add(line.Replace("{DIR}", Directory, StringComparison.Ordinal).Replace('␍', '\r'));
        }

        Write("a.log", []);
        Write("fail2ban.conf", ["[Definition]", "loglevel = INFO", "logtarget = STDOUT", "syslogsocket = auto", "allowipv6 = auto", "dbfile = None", "dbpurgeage = 1d"]);
        foreach ((string part, List<string> lines) in _parts)
            if (part != Expected && !part.StartsWith(Reference, StringComparison.Ordinal)) Write(part, lines);
    }

    public string Directory { get; }

    /// <summary>First <c>outcome …</c>, then perhaps <c>failure …</c>, then the commands.</summary>
    public IReadOnlyList<string> ExpectedLines => _parts[Expected];

    /// <summary>What the reference gives: commands, or one line <c>failure …</c>.</summary>
    public IReadOnlyList<string> ReferenceLines =>
        [.. (_parts.FirstOrDefault(part => part.Key.StartsWith(Reference, StringComparison.Ordinal)).Value ?? _parts[Expected])
            .Where(line => !line.StartsWith("outcome ", StringComparison.Ordinal))];

    /// <summary>Leaves out the server's part unless the tree is about it.</summary>
    public IEnumerable<string> Shown(IEnumerable<string> commands) => _parts.ContainsKey("fail2ban.local")
        ? commands
        : commands.Where(line => !s_serverOptions.Any(option => line.StartsWith($"['set', '{option}', ", StringComparison.Ordinal)));

    public static TheoryData<string> Names() =>
        [.. System.IO.Directory.GetFiles(Folder(), "*.tree").Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal)];

    public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);

    private static string Folder() => Path.Combine(RepositoryRoot.Find(), "test", "Fail2Ban.Tests", "Configuration", "Samples");

    private void Write(string name, IReadOnlyList<string> lines)
    {
        string path = Path.Combine(Directory, name);
        System.IO.Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, string.Concat(lines.Select(line => line + "\n")));
    }
}
