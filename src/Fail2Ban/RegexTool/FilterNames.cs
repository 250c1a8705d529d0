namespace Fail2Ban.RegexTool;

/// <summary>The filters of a configuration.</summary>
internal static class FilterNames
{
    /// <summary>Names without suffix, in byte order; those of files that others include are among them.</summary>
    /// <param name="directory">Of the configuration; without <c>filter.d</c> there are none.</param>
    public static IEnumerable<string> In(string directory)
    {
        string folder = Path.Combine(directory, "filter.d");
        if (!Directory.Exists(folder)) return [];
        return Directory.EnumerateFiles(folder, "*.conf").Concat(Directory.EnumerateFiles(folder, "*.local"))
            .Select(file => Path.GetFileNameWithoutExtension(file)).Distinct().Order(StringComparer.Ordinal);
    }
}
