namespace Fail2Ban.Configuration;

/// <summary>Where the file of a filter is that was given by name or by path.</summary>
/// <param name="BaseDirectory">The directory that holds <c>filter.d</c>; that of the file itself if it is not in one.</param>
/// <param name="Name">What follows <c>filter.d/</c>, without suffix.</param>
/// <param name="ForeignFile">The file, if it is not below a <c>filter.d</c> and so stands for itself; else null.</param>
internal sealed record FilterLocation(string BaseDirectory, string Name, string? ForeignFile)
{
    private const string Folder = "filter.d/";

    public static FilterLocation? Find(string text, string configuration)
    {
        string[] places = text.StartsWith(Folder, StringComparison.Ordinal)
            ? [$"{configuration}/{text}"]
            : text.Contains('/', StringComparison.Ordinal) ? [text, $"{configuration}/{Folder}{text}"] : [$"{configuration}/{Folder}{text}", text];
        foreach (string place in places)
        {
            foreach (string file in new[] { place, place + ".conf", place + ".local" })
                if (File.Exists(file)) return Of(file);
        }

        return null;
    }

    private static FilterLocation Of(string file)
    {
        int folder = file.LastIndexOf("/" + Folder, StringComparison.Ordinal);
        string stem = file.EndsWith(".conf", StringComparison.Ordinal) ? file[..^".conf".Length]
            : file.EndsWith(".local", StringComparison.Ordinal) ? file[..^".local".Length]
            : "";
        if (folder > 0 && stem.Length > 0) return new(file[..folder], stem[(folder + 1 + Folder.Length)..], null);
        return new(Path.GetDirectoryName(file) ?? "", Path.GetFileNameWithoutExtension(file), file);
    }
}
