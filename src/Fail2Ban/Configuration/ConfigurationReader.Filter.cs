using System.Text.RegularExpressions;
using Fail2Ban.Configuration.Ini;

namespace Fail2Ban.Configuration;

public sealed partial class ConfigurationReader
{
    /// <summary>Reads the filter that a name or path on the command line of the regex tool means.</summary>
    /// <param name="text">Such as <c>sshd</c>, <c>sshd[mode=ddos]</c>, <c>filter.d/sshd</c>, <c>/path/my.conf</c>.</param>
    /// <param name="logType">The <c>logtype</c> if the parameters do not give one: <c>file</c> or <c>journal</c>.</param>
    public FilterReading ReadFilter(string text, string logType = "file")
    {
        var nothing = new FilterReading(FilterSource.NotFound, null, text, BaseDirectory, [], null);
        if (!NameOrPath().IsMatch(text)) return nothing;
        if (!ParameterList.TryParse(text, out ParameterList? list, out string error)) return nothing with { Source = FilterSource.Error, Error = error };
        string backend = logType == "journal" ? "systemd" : "auto";
        FilterReading named = nothing with { Name = list!.Name, Parameters = [.. list.Parameters] };
        try
        {
            return JailFilter(list, backend, named) ?? FileFilter(list, backend, named) ?? nothing;
        }
        catch (ConfigurationException failure)
        {
            return named with { Source = FilterSource.Error, Error = failure.Message };
        }
        catch (JailException failure)
        {
            return named with { Source = FilterSource.Error, Error = failure.Message };
        }
    }

    /// <summary>Reads a filter file, never a jail, with what it was made of.</summary>
    /// <param name="text">As in <see cref="ReadFilter"/>.</param>
    /// <returns>Null where there is no such file.</returns>
    /// <exception cref="ConfigurationException">It cannot be read.</exception>
    internal FilterFile? ReadFilterFile(string text)
    {
        if (!ParameterList.TryParse(text, out ParameterList? list, out string error)) throw new ConfigurationException(error);
        if (FilterLocation.Find(list!.Name, BaseDirectory) is not { } place) return null;
        IniFileSet set = FilesOf(place, list.Name);
        var filter = new FilterReader(place.Name, set, list.Parameters, "auto", log);
        return new FilterFile(
            Definition(place.Name, filter.Read([]), new Dictionary<string, object?>()),
            string.Join(", ", list.Parameters.Select(parameter => $"{parameter.Key}={parameter.Value}")),
            [.. set.Documents.Select(document => document.File).Distinct()],
            filter.Locate,
            [.. FilterChoices.Of(set, list.Parameters).Select(choice => $"{text}[{choice.Key}={choice.Value}]")]);
    }

    private IniFileSet FilesOf(FilterLocation place, string name) =>
        (place.ForeignFile is null ? _files.Read(place.BaseDirectory, "filter.d/" + place.Name) : _files.ReadFile(place.ForeignFile))
        ?? throw new ConfigurationException($"Unable to read the filter '{name}'");

    private FilterReading? JailFilter(ParameterList list, string backend, FilterReading reading)
    {
        bool file = list.Name.Contains('/', StringComparison.Ordinal) || list.Name.EndsWith(".conf", StringComparison.Ordinal) || list.Name.EndsWith(".local", StringComparison.Ordinal);
        if (file || list.Name == IniDocument.IncludesSection) return null;
        if (!File.Exists($"{BaseDirectory}/jail.conf") && !File.Exists($"{BaseDirectory}/jail.local")) return null;
        if (_files.Read(BaseDirectory, "jail") is not { } jails || !jails.Sections.ContainsKey(list.Name)) return null;
        var jail = new JailReader(_files, jails, BaseDirectory, list.Name, options, log);
        jail.ReadFilter(list.Parameters, backend);
        return reading with { Source = FilterSource.Jail, Filter = Definition(jail.FilterName, jail.FilterOptions, jail.Options) };
    }

    private FilterReading? FileFilter(ParameterList list, string backend, FilterReading reading)
    {
        if (FilterLocation.Find(list.Name, BaseDirectory) is not { } place) return null;
        IniFileSet set = FilesOf(place, list.Name);
        var filter = new FilterReader(place.Name, set, list.Parameters, backend, log);
        return reading with
        {
            Source = FilterSource.File,
            Name = place.Name,
            BaseDirectory = place.BaseDirectory,
            Filter = Definition(place.Name, filter.Read([]), new Dictionary<string, object?>()),
        };
    }

    // What the server would have after all commands: the filter's come later for single values, the jail's for dates.
    private static FilterDefinition Definition(string name, IReadOnlyDictionary<string, object?> filter, IReadOnlyDictionary<string, object?> jail)
    {
        string? Single(string option) => (filter.GetValueOrDefault(option) ?? jail.GetValueOrDefault(option)) as string;
        IReadOnlyList<string> Both(string option) => [.. new[] { filter, jail }.SelectMany(values => FilterReader.Lines(values.GetValueOrDefault(option) as string ?? ""))];
        object? lines = filter.GetValueOrDefault("maxlines") ?? jail.GetValueOrDefault("maxlines");
        return new FilterDefinition(
            name,
            Both("failregex"),
            Both("ignoreregex"),
            Single("prefregex"),
            lines is long count and > 0 and <= int.MaxValue ? (int)count : null,
            (jail.GetValueOrDefault("datepattern") ?? filter.GetValueOrDefault("datepattern")) as string,
            FilterReader.JournalMatches(string.Join('\n', Both("journalmatch")), name),
            Single("usedns"),
            jail.GetValueOrDefault("logtimezone") as string,
            jail.GetValueOrDefault("logencoding") as string,
            filter.Where(option => !option.Key.StartsWith("known/", StringComparison.Ordinal)).ToDictionary(option => option.Key, option => option.Value?.ToString()));
    }

    [GeneratedRegex(@"^/{0,3}[\w/_\-.]+(?:\[.*\])?$", RegexOptions.Singleline)]
    private static partial Regex NameOrPath();
}
