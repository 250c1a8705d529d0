using Fail2Ban.Configuration;
using Fail2Ban.Detection.Matching;
using Fail2Ban.Logging;

namespace Fail2Ban.RegexTool.Lint;

/// <summary><c>--lint</c>: prints the faults of one filter, or of all.</summary>
internal static class LintCommand
{
    /// <summary>What means every filter of the configuration.</summary>
    public const string All = "all";

    private const int Clean = 0;
    private const int Faulty = 1;

    /// <param name="text">A filter, with parameters or not, a file, or <see cref="All"/>.</param>
    /// <param name="directory">Of the configuration.</param>
    /// <param name="time">The clock, for dates in samples.</param>
    /// <param name="output">Takes the findings.</param>
    /// <param name="log">Where the reading of files is told.</param>
    /// <returns>The exit status.</returns>
    /// <exception cref="FilterException">A filter cannot be used.</exception>
    public static int Run(string text, string directory, TimeProvider time, TextWriter output, Log log)
    {
        var reader = new ConfigurationReader(directory, new ReaderOptions { Advise = false }, log);
        List<FilterFile> filters = text == All ? ReadAll(reader, directory) : [Read(reader, text) ?? throw new FilterException($"there is no filter '{text}' in {directory}/filter.d, nor such a file")];
        if (filters.Count == 0) throw new FilterException($"there are no filters in {directory}/filter.d");

        int faults = 0;
        foreach (FilterFile filter in filters)
            foreach (Finding finding in new FilterLint(reader, time, log).Look(filter))
            {
                finding.Print(output);
                faults++;
            }

        output.Write($"{filters.Count} filter{(filters.Count == 1 ? "" : "s")}, {faults} finding{(faults == 1 ? "" : "s")}\n");
        return faults == 0 ? Clean : Faulty;
    }

    // Files without failregex are there to be included, and so are those that lack what others set.
    private static List<FilterFile> ReadAll(ConfigurationReader reader, string directory)
    {
        List<FilterFile> filters = [];
        List<(string Name, FilterException Error)> wrong = [];
        foreach (string name in FilterNames.In(directory))
        {
            try
            {
                if (Read(reader, name) is { Definition.FailRegexes.Count: > 0 } filter) filters.Add(filter);
            }
            catch (FilterException e)
            {
                wrong.Add((name, e));
            }
        }

        HashSet<string> used = [.. filters.SelectMany(filter => filter.Files).Select(file => Path.GetFileNameWithoutExtension(file))];
        return wrong.Find(each => !used.Contains(each.Name)).Error is { } error ? throw error : filters;
    }

    private static FilterFile? Read(ConfigurationReader reader, string text)
    {
        try
        {
            return reader.ReadFilterFile(text);
        }
        catch (ConfigurationException e)
        {
            throw new FilterException(e.Message, e);
        }
    }
}
