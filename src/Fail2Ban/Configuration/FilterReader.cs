using Fail2Ban.Configuration.Ini;
using Fail2Ban.Logging;
using Fail2Ban.Values;

namespace Fail2Ban.Configuration;

/// <summary>Reads one filter for one jail and turns its options into commands.</summary>
internal sealed class FilterReader
{
    private readonly DefinitionFile _file;
    private readonly Log _log;
    private readonly string _owner;
    private readonly IniFileSet _files;

    /// <param name="owner">The jail's name, for messages.</param>
    /// <param name="files">The merged filter files.</param>
    /// <param name="parameters">As given in brackets.</param>
    /// <param name="backend">The jail's backend: with systemd the filter's <c>logtype</c> is <c>journal</c>, else <c>file</c>.</param>
    /// <param name="log">Where wrong values are reported.</param>
    public FilterReader(string owner, IniFileSet files, OrderedDictionary<string, string> parameters, string backend, Log log)
    {
        var own = new OrderedDictionary<string, string>(parameters, StringComparer.Ordinal);
        _log = log;
        _owner = owner;
        _files = files;
        _file = new DefinitionFile(files, OptionRules.Filter, own, log);
        if (!own.ContainsKey("logtype") && !_file.Own.HasOwn("logtype"))
            own["logtype"] = backend.StartsWith("systemd", StringComparison.Ordinal) ? "journal" : "file";
    }

    /// <summary>Where the filter's file gives an option's value; null if it does not.</summary>
    public ConfigurationPlace? Locate(string option, string value) =>
        _file.Origin(option) is { } origin ? CommandOrigin.Find(value, origin, _files) : null;

    /// <summary>All options of the filter, for <c>%(known/…)s</c> in the jail. Must be read before <see cref="Read"/>.</summary>
    /// <param name="jailOptions">What is known of the jail.</param>
    /// <param name="defaults">The options that the jail asks for, in case only the filter's <c>[DEFAULT]</c> has them.</param>
    public OrderedDictionary<string, string> ReadAll(IEnumerable<KeyValuePair<string, object?>> jailOptions, IEnumerable<string> defaults)
    {
        _file.Load(jailOptions, all: true, defaults);
        return _file.Combine(keep: []);
    }

    /// <summary>The options that the jail does not replace, in the order of their commands.</summary>
    public OrderedDictionary<string, object?> Read(IEnumerable<KeyValuePair<string, object?>> jailOptions)
    {
        var values = new OrderedDictionary<string, object?>(StringComparer.Ordinal);
        _file.Load(jailOptions, all: false);
        foreach ((string option, string text) in _file.Combine(keep: []))
            values[option] = option == "maxlines" ? OptionRules.Filter[4].Convert(text, _owner, _log) : text;
        return values;
    }

    /// <summary>Adds the commands for filter options, whether of the filter or of the jail.</summary>
    /// <param name="stream">In front go usedns, prefregex, maxlines; the others are appended.</param>
    /// <param name="jail">Jail name.</param>
    /// <param name="options">Option → value; null and other options are skipped.</param>
    /// <param name="origin">For messages: where the options come from.</param>
    /// <param name="locate">Option and value → where the value stands.</param>
    public static void AddCommands(List<ServerCommand> stream, string jail, IEnumerable<KeyValuePair<string, object?>> options, string origin, Func<string, string, ConfigurationPlace?> locate)
    {
        int front = 0;
        ServerCommand Command(IReadOnlyList<object?> words) => new(words) { Jail = jail, Locate = locate };
        foreach ((string option, object? value) in options)
        {
            if (value is null) continue;
            switch (option)
            {
                case "usedns":
                    stream.Insert(0, Command(["set", jail, option, value]));
                    front++;
                    break;
                case "prefregex" or "maxlines":
                    stream.Insert(front++, Command(["set", jail, option, value]));
                    break;
                case "failregex" or "ignoreregex":
                    List<object?> expressions = [.. Lines((string)value)];
                    if (expressions.Count > 1) stream.Add(Command(["multi-set", jail, "add" + option, expressions]));
                    else if (expressions.Count == 1) stream.Add(Command(["set", jail, "add" + option, expressions[0]]));
                    break;
                case "datepattern":
                    stream.Add(Command(["set", jail, option, value]));
                    break;
                case "journalmatch":
                    foreach (IReadOnlyList<string> match in JournalMatches((string)value, origin)) stream.Add(Command(["set", jail, "addjournalmatch", .. match]));
                    break;
            }
        }
    }

    /// <summary>The lines of a value that are not empty.</summary>
    public static IEnumerable<string> Lines(string value) => value.Split('\n').Where(line => line.Length > 0);

    /// <summary>The words of each journal match.</summary>
    /// <exception cref="ConfigurationException">A quotation does not end.</exception>
    public static List<IReadOnlyList<string>> JournalMatches(string value, string origin)
    {
        List<IReadOnlyList<string>> matches = [];
        foreach (string line in Lines(value))
        {
            if (!ShellWords.TrySplit(line, out IReadOnlyList<string> words, out string error))
                throw new ConfigurationException($"{error} (journalmatch of {origin}: {PythonText.Repr(line)})");
            if (words.Count > 0) matches.Add(words);
        }

        return matches;
    }
}
