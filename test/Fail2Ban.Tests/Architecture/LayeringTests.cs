using System.Text.RegularExpressions;

namespace Fail2Ban.Tests.Architecture;

/// <summary>Holds the arrows of ARCHITECTURE.md: which folder may use which.</summary>
public sealed partial class LayeringTests
{
    private static readonly string[] Everywhere = ["Logging", "Values"];

    // Folder (two levels at most) → what its files may use besides Logging, Values and itself.
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Logging"] = ["Native"],
        ["Values"] = [],
        ["Tags"] = [],
        ["Patterns"] = ["Native"],
        ["Processes"] = ["Native"],
        ["Addresses"] = ["Native", "Patterns", "Tags"],
        ["Paths"] = [],
        ["Configuration"] = ["Addresses", "Tags", "Native", "Paths"],
        ["Detection/Lines"] = [],
        ["Detection/Dates"] = ["Patterns"],
        ["Detection/Matching"] = ["Detection/Lines", "Detection/Dates", "Patterns", "Addresses", "Tags", "Processes"],
        ["Detection/Sources"] = ["Native", "Detection/Lines", "Paths"],
        ["Tracking/Failures"] = ["Detection/Matching", "Addresses"],
        ["Tracking/Bans"] = ["Tracking/Failures", "Addresses"],
        ["Enforcement"] = ["Tracking/Bans", "Addresses", "Tags", "Processes", "Native"],
        ["Store"] = ["Tracking", "Detection/Matching", "Addresses"],
        ["Jails"] = ["Detection", "Tracking", "Enforcement", "Store", "Addresses", "Patterns", "Paths", "Tags", "Processes"],
        ["Control/Wire"] = ["Native"],
        ["Control/Commands"] = ["Jails", "Detection/Matching", "Detection/Sources", "Configuration", "Paths", "Addresses", "Store", "Native", "Control/Wire"],
        ["Control"] = ["Jails", "Configuration", "Addresses", "Store", "Native"],
        ["Daemon"] = ["Control", "Jails", "Store", "Configuration", "Processes", "Native"],
        ["Client"] = ["Configuration", "Control/Wire", "Processes", "Native"],
        ["RegexTool"] = ["Configuration", "Detection", "Patterns", "Addresses", "Tags", "Native"],
    };

    private static readonly string Source = Path.Combine(RepositoryRoot.Find(), "src", "Fail2Ban");

    [Fact]
    public void Folders_use_only_the_folders_they_may()
    {
        var violations = new List<string>();
        int read = 0;
        foreach (string file in Directory.EnumerateFiles(Source, "*.cs", SearchOption.AllDirectories))
        {
            string relative = Path.GetRelativePath(Source, file);
            if (relative.StartsWith("obj", StringComparison.Ordinal) || relative.StartsWith("bin", StringComparison.Ordinal)) continue;
            read++;
            string[] parts = relative.Split(Path.DirectorySeparatorChar);
            string? owner = Owner(parts[..^1]);
            if (owner is null)
            {
                violations.Add($"{relative}: its folder has no rule");
                continue;
            }

            foreach (Match use in Uses().Matches(File.ReadAllText(file)))
            {
                string[] used = use.Groups[1].Value.Split('.');
                if (!MayUse(owner, used)) violations.Add($"{relative}: {use.Value.Trim()}");
            }
        }

        Assert.True(read > 10, $"only {read} files under {Source}");
        Assert.Empty(violations);
    }

    [Fact]
    public void Namespaces_follow_the_folders()
    {
        var violations = new List<string>();
        foreach (string project in new[] { "Fail2Ban", "Fail2Ban.Native" })
        {
            string root = Path.Combine(RepositoryRoot.Find(), "src", project);
            foreach (string file in Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories))
            {
                string[] folders = Path.GetRelativePath(root, file).Split(Path.DirectorySeparatorChar)[..^1];
                if (folders is ["obj" or "bin", ..]) continue;
                string expected = string.Join('.', [project, .. folders]);
                if (!File.ReadAllText(file).Contains($"namespace {expected};", StringComparison.Ordinal)) violations.Add($"{file}: expected namespace {expected}");
            }
        }

        Assert.Empty(violations);
    }

    [Fact]
    public void No_source_file_is_longer_than_600_lines()
    {
        string root = Path.Combine(RepositoryRoot.Find(), "src");
        Assert.DoesNotContain(
            Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories).Where(file => !file.Contains("/obj/", StringComparison.Ordinal)),
            file => File.ReadLines(file).Count() > 600);
    }

    private static string? Owner(string[] folders) =>
        folders.Length >= 2 && Allowed.ContainsKey($"{folders[0]}/{folders[1]}") ? $"{folders[0]}/{folders[1]}"
        : folders.Length >= 1 && Allowed.ContainsKey(folders[0]) ? folders[0]
        : null;

    private static bool MayUse(string owner, string[] used)
    {
        string path = string.Join('/', used);
        return Everywhere.Concat(Allowed[owner]).Append(owner).Any(folder => path == folder || path.StartsWith(folder + "/", StringComparison.Ordinal));
    }

    [GeneratedRegex(@"^(?:global )?using (?:static )?(?:\w+ = )?Fail2Ban\.([\w.]+?);", RegexOptions.Multiline)]
    private static partial Regex Uses();
}
