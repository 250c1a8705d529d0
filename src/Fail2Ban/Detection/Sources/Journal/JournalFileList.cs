using System.Text;
using Fail2Ban.Native.Journal;
using Fail2Ban.Native.Libc;
using Fail2Ban.Paths;

namespace Fail2Ban.Detection.Sources.Journal;

/// <summary>Files of the journal that are read one by one, and which inodes they were.</summary>
/// <remarks>
/// Archived files are left out: hosts have hundreds of them. One that was archived in the last minute stays, since its
/// last entries may not have been read yet.
/// </remarks>
internal sealed record JournalFileList(IReadOnlyList<string> Paths, string Identity)
{
    private static readonly TimeSpan KeepArchived = TimeSpan.FromMinutes(1);
    private static readonly string[] Roots = ["/run/log/journal", "/var/log/journal"];

    /// <summary>Files that were found and could not be opened: damaged, or just being made. They are not among the paths.</summary>
    internal IReadOnlyList<string> Unreadable { get; init; } = [];

    internal bool IsSame(JournalFileList? other) => Identity == other?.Identity;

    /// <summary>The files that match any of these patterns.</summary>
    internal static JournalFileList OfPatterns(IEnumerable<string> patterns) => Of(patterns.SelectMany(Find).SelectMany(WithArchived));

    /// <summary>The files that are written now.</summary>
    /// <param name="path">Only in this directory and those in it; null: where systemd keeps the journal.</param>
    /// <param name="flags">SD_JOURNAL_…; null reads all of them.</param>
    internal static JournalFileList OfJournal(string? path, int? flags)
    {
        int wanted = flags ?? 0;
        IEnumerable<string> folders = path is not null
            ? [path, .. Folders(path)]
            : (wanted & JournalReader.SD_JOURNAL_RUNTIME_ONLY) != 0 ? Folders(Roots[0]) : Roots.SelectMany(Folders);
        if (path is null && (wanted & JournalReader.SD_JOURNAL_LOCAL_ONLY) != 0 && MachineId() is { } own)
            folders = folders.Where(folder => Path.GetFileName(folder) == own);
        return Of(folders.SelectMany(Files).Where(file => IsWanted(Path.GetFileName(file), wanted)));
    }

    /// <summary>Just these files.</summary>
    internal static JournalFileList Of(IEnumerable<string> paths)
    {
        string[] sorted = [.. paths.Distinct().Order(StringComparer.Ordinal)];
        var identity = new StringBuilder();
        foreach (string path in sorted)
            if (FileStatus.Of(path, out FileStatus status) == 0) identity.Append(path).Append(':').Append(status.Inode).Append('\n');
        return new JournalFileList(sorted, identity.ToString());
    }

    private static IEnumerable<string> Find(string pattern) => PathPattern.Find(Path.GetFullPath(pattern)).Where(File.Exists);

    private static bool IsWanted(string name, int flags)
    {
        return (flags & JournalReader.SD_JOURNAL_SYSTEM) == 0 || name.Split('@', '.')[0] == "system";
    }

    private static IEnumerable<string> Files(string folder) => Entries(folder, Directory.EnumerateFiles)
        .Where(file => file.EndsWith(".journal", StringComparison.Ordinal) && (!IsArchived(file) || IsRecent(file)));

    // system.journal, and the system@….journal that it may just have become.
    private static IEnumerable<string> WithArchived(string file)
    {
        if (IsArchived(file) || Path.GetDirectoryName(file) is not { } folder) return [file];
        string start = Path.GetFileNameWithoutExtension(file) + "@";
        return [file, .. Entries(folder, Directory.EnumerateFiles)
            .Where(other => Path.GetFileName(other).StartsWith(start, StringComparison.Ordinal) && other.EndsWith(".journal", StringComparison.Ordinal) && IsRecent(other))];
    }

    private static bool IsArchived(string file) => Path.GetFileName(file).Contains('@', StringComparison.Ordinal);

    private static bool IsRecent(string file) => File.GetLastWriteTimeUtc(file) > TimeProvider.System.GetUtcNow().UtcDateTime - KeepArchived;

    private static IEnumerable<string> Folders(string root) => Entries(root, Directory.EnumerateDirectories);

    private static string[] Entries(string folder, Func<string, IEnumerable<string>> list)
    {
        try
        {
            return Directory.Exists(folder) ? [.. list(folder)] : [];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return []; // it went away, or is not ours to read: the library says so if nothing else is left
        }
    }

    private static string? MachineId()
    {
        try
        {
            return File.ReadAllText("/etc/machine-id").Trim();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null; // then the directory's name says nothing
        }
    }
}
