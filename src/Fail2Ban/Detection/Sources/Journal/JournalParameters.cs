using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Fail2Ban.Native;
using Fail2Ban.Native.Journal;
using Fail2Ban.Values;

namespace Fail2Ban.Detection.Sources.Journal;

/// <summary>Which journal to read: what stands in brackets behind <c>backend = systemd</c>.</summary>
/// <remarks>Immutable. Jails with equal parameters share a reader.</remarks>
public sealed record JournalParameters
{
    /// <summary>Sets the flags where neither they nor a path nor files are given.</summary>
    public const string DefaultFlagsVariable = "F2B_SYSTEMD_DEFAULT_FLAGS";

    private const int AllFlags = 127;

    // Compressed fields are unpacked only so far; an uncompressed one costs nothing before it is copied.
    private const int DataThreshold = EntryFields.LongestMessage;

    /// <summary>The directory of <c>journalpath</c>.</summary>
    public string? Path { get; private init; }

    /// <summary><c>journalfiles</c>, words joined by one space; they are globbed whenever the journal is opened.</summary>
    public string? Files { get; private init; }

    /// <summary>SD_JOURNAL_… of <c>journalflags</c>; null where the default counts.</summary>
    public int? Flags { get; private init; }

    /// <summary>The journal namespace.</summary>
    public string? Namespace { get; private init; }

    /// <summary>Whether archived files are read as well.</summary>
    public bool Rotated { get; private init; }

    /// <summary>Reads parameters.</summary>
    /// <param name="given">By name.</param>
    /// <param name="defaultFlags">The value of <see cref="DefaultFlagsVariable"/>; null where it is not set.</param>
    /// <param name="parameters">The result.</param>
    /// <param name="error">Which parameter is wrong, and what would be right; empty where none is.</param>
    public static bool TryParse(
        IReadOnlyDictionary<string, string> given, string? defaultFlags, [NotNullWhen(true)] out JournalParameters? parameters, out string error)
    {
        (parameters, error) = Parse(given, defaultFlags);
        return parameters is not null;
    }

    /// <summary>Whether the journal can be opened now.</summary>
    /// <returns>Null, or why not: the library is missing, or what the system says.</returns>
    public string? Problem()
    {
        if (!JournalLibrary.IsAvailable) return JournalLibrary.Missing;
        try
        {
            using JournalReader reader = Open(out _);
            return null;
        }
        catch (NativeException failure)
        {
            return $"Opening the journal failed: {failure.Message}";
        }
    }

    /// <summary>Opens the journal.</summary>
    /// <param name="files">The single files that were opened; null where the library looks for them itself.</param>
    /// <exception cref="NativeException">It cannot be opened.</exception>
    internal JournalReader Open(out JournalFileList? files)
    {
        if (!JournalLibrary.IsAvailable) throw new NativeException("sd_journal_open", null, Errno.ENOENT, JournalLibrary.Missing);
        files = ListFiles();
        if (files is { Paths.Count: 0 } && Files is not null) throw new NativeException("sd_journal_open_files", Files, Errno.ENOENT, "no file matches journalfiles");
        if (files is { Paths.Count: 0 }) files = null;
        JournalReader reader = files is not null ? OpenFiles(ref files)
            : Path is not null ? JournalReader.OpenDirectory(Path, (Flags ?? 0) & (JournalReader.SD_JOURNAL_SYSTEM | JournalReader.SD_JOURNAL_CURRENT_USER))
            : Namespace is not null ? JournalReader.OpenNamespace(Namespace, Flags ?? 0)
            : JournalReader.Open(Flags ?? JournalReader.SD_JOURNAL_SYSTEM);
        reader.SetDataThreshold(DataThreshold);
        return reader;
    }

    /// <summary>The single files that are read now; null where the library looks for them itself.</summary>
    internal JournalFileList? ListFiles() =>
        Files is not null ? JournalFileList.OfPatterns(Files.Split(' '))
        : Rotated || Namespace is not null || (Flags & JournalReader.SD_JOURNAL_CURRENT_USER) > 0 ? null
        : JournalFileList.OfJournal(Path, Flags);

    /// <summary>As the jail's start prints them: <c>{'journalflags': 1}</c>.</summary>
    public override string ToString()
    {
        List<string> parts = [];
        if (Path is not null) parts.Add($"'journalpath': {PythonText.Repr(Path)}");
        if (Files is not null) parts.Add($"'journalfiles': {PythonText.Repr(Files)}");
        if (Flags is { } flags) parts.Add($"'journalflags': {flags}");
        if (Namespace is not null) parts.Add($"'namespace': {PythonText.Repr(Namespace)}");
        if (Rotated) parts.Add("'rotated': True");
        return "{" + string.Join(", ", parts) + "}";
    }

    /// <summary>Whether one of the files that could not be opened, now can.</summary>
    internal static bool CanOpenAny(JournalFileList files) => files.Unreadable.Any(CanOpen);

    // One damaged file, or one that is just being made, must not hide the others.
    private static JournalReader OpenFiles(ref JournalFileList files)
    {
        try
        {
            return JournalReader.OpenFiles(files.Paths);
        }
        catch (NativeException) when (files.Paths.Count > 1)
        {
            string[] readable = [.. files.Paths.Where(CanOpen)];
            if (readable.Length == 0) throw;
            files = files with { Paths = readable, Unreadable = [.. files.Paths.Except(readable)] };
            return JournalReader.OpenFiles(readable);
        }
    }

    private static bool CanOpen(string path)
    {
        try
        {
            using JournalReader reader = JournalReader.OpenFiles([path]);
            return true;
        }
        catch (NativeException)
        {
            return false;
        }
    }

    private static (JournalParameters? Parameters, string Error) Parse(IReadOnlyDictionary<string, string> given, string? defaultFlags)
    {
        var read = new JournalParameters();
        foreach ((string name, string value) in given)
        {
            switch (name)
            {
                case "journalpath":
                    read = read with { Path = value };
                    break;
                case "journalfiles":
                    read = read with { Files = string.Join(' ', value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)) };
                    break;
                case "journalflags":
                    if (ParseFlags(value) is not { } flags) return (null, WrongFlags(name, value));
                    read = read with { Flags = flags };
                    break;
                case "namespace":
                    read = read with { Namespace = value };
                    break;
                case "rotated":
                    read = read with { Rotated = value.ToUpperInvariant() is "1" or "ON" or "TRUE" or "YES" };
                    break;
                default:
                    return (null, $"backend systemd: unknown parameter {PythonText.Repr(name)}; known are journalpath, journalfiles, journalflags, namespace and rotated");
            }
        }

        int places = (read.Path is null ? 0 : 1) + (read.Files is null ? 0 : 1) + (read.Namespace is null ? 0 : 1);
        if (places > 1) return (null, "backend systemd: of journalpath, journalfiles and namespace only one can be given");
        if (read.Files is "" || read.Path is "" || read.Namespace is "") return (null, "backend systemd: journalpath, journalfiles and namespace need a value");
        if (places > 0 || read.Flags is not null || string.IsNullOrWhiteSpace(defaultFlags)) return (read, "");
        return ParseFlags(defaultFlags.Trim()) is { } wanted ? (read with { Flags = wanted }, "") : (null, WrongFlags(DefaultFlagsVariable, defaultFlags));
    }

    private static int? ParseFlags(string text) =>
        int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out int flags) && flags is >= 0 and <= AllFlags ? flags : null;

    private static string WrongFlags(string name, string text) =>
        $"backend systemd: {name} must be the sum of 1 (local only), 2 (runtime only), 4 (system only) and 8 (current user), not {PythonText.Repr(text)}";
}
