using System.Collections.ObjectModel;
using System.Text.RegularExpressions;
using Fail2Ban.Configuration.Ini;
using Fail2Ban.Logging;
using Fail2Ban.Paths;
using Fail2Ban.Values;

namespace Fail2Ban.Configuration;

/// <summary>Reads one section of <c>jail.conf</c> with the filter and the actions that it names.</summary>
/// <remarks>One object reads one jail, once.</remarks>
internal sealed partial class JailReader(
    ConfigurationFiles files, IniFileSet jails, string directory, string name, ReaderOptions options, Log log, ConfigurationAdvisor? advisor = null)
{
    private readonly Dictionary<string, string> _defaults = new(StringComparer.Ordinal)
    {
        ["fail2ban_version"] = options.Version,
        ["fail2ban_confpath"] = directory,
    };

    private readonly List<ServerCommand> _actions = [];
    private readonly List<string> _actionNames = [];
    private readonly List<string> _emptyGlobs = [];
    private readonly IniScope _section = new(jails, name);
    private FilterReader? _filter;
    private IReadOnlyDictionary<string, string>? _parameters;
    private OrderedDictionary<string, object?> _options = [];
    private OrderedDictionary<string, object?> _filterOptions = [];
    private List<string> _logFiles = [];
    private bool _isJournalInstead;

    /// <summary>The options of the jail section, typed; those of the filter are in <see cref="FilterOptions"/>.</summary>
    public IReadOnlyDictionary<string, object?> Options => _options;

    public IReadOnlyDictionary<string, object?> FilterOptions => _filterOptions;

    public string Backend { get; private set; } = "auto";

    /// <summary>Name of the filter's file; empty when the jail has none.</summary>
    public string FilterName { get; private set; } = "";

    /// <summary>Whether the section is a jail that is switched on.</summary>
    /// <exception cref="ConfigurationException">enabled, backend or filter cannot be interpolated.</exception>
    public bool IsEnabled()
    {
        _options = OptionRule.Read(OptionRules.JailFirst, new IniScope(jails, name, defaults: _defaults), name, log);
        Backend = (string)_options["backend"]!;
        return _options["enabled"] is true;
    }

    /// <summary>Reads everything that the jail needs; <see cref="IsEnabled"/> comes first.</summary>
    /// <exception cref="JailException">The jail cannot be used.</exception>
    /// <exception cref="ConfigurationException">The configuration cannot be used.</exception>
    public void Read()
    {
        Load();
        if (JournalInsteadOfFiles())
        {
            log.NoLogFile(name, " Jail will monitor systemd journal.");
            Backend = "systemd";
            _isJournalInstead = true;
            Load();
            _logFiles = [];
        }

        ReadActions();
    }

    /// <summary>Reads the jail whether it is enabled or not, for its filter.</summary>
    /// <param name="parameters">Parameters that go before those of the jail's <c>filter</c>.</param>
    /// <param name="backend">Replaces the jail's backend.</param>
    /// <exception cref="JailException">The jail cannot be used.</exception>
    /// <exception cref="ConfigurationException">The configuration cannot be used.</exception>
    public void ReadFilter(IReadOnlyDictionary<string, string> parameters, string backend)
    {
        _parameters = parameters;
        IsEnabled();
        Backend = backend;
        Load();
        ReadActions();
    }

    /// <summary>The patterns among the log paths, as commands; known once <see cref="Commands"/> was asked for.</summary>
    public IReadOnlyList<ServerCommand> Globs { get; private set; } = [];

    /// <summary>The commands of the jail, without its start.</summary>
    /// <exception cref="ConfigurationException">The jail has no log file and must have one.</exception>
    public IReadOnlyList<ServerCommand> Commands()
    {
        List<ServerCommand> logPaths = [];
        if (_options.TryGetValue("logpath", out object? paths))
        {
            FindFiles((string)paths!, logPaths, quiet: IsSystemd);
            if (IsSystemd) logPaths.Clear();
            else if (logPaths.Count > 0) Globs = GlobCommands((string)paths!);
        }

        advisor?.Jail(Advised());
        if (paths is not null && !IsSystemd && logPaths.Count == 0 && Skip() is { } skipped) return [skipped];
        if (IsSystemd) _logFiles = [];
        List<ServerCommand> commands = [];
        FilterReader.AddCommands(commands, name, _filterOptions, $"filter of jail {name}", LocateInFilter);
        FilterReader.AddCommands(commands, name, _options, $"jail {name}", Locate);
        commands.Insert(0, Command(["add", name, Backend]));
        foreach ((string option, object? value) in _options)
        {
            if (option == "ignoreip")
                commands.Add(Command(["set", name, "addignoreip", .. ((string)value!).Split((char[])[' ', ',', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries)]));
            else if (Array.Exists(OptionRules.JailCommands, rule => rule.Name == option))
                commands.Add(Command(["set", name, option, value]));
        }

        return [.. commands, .. logPaths, .. _actions];
    }

    /// <summary>What was found out, for the user.</summary>
    public JailReport Report(string? error, ConfigurationPlace? place = null, string hint = "") => new(
        name,
        Backend,
        _logFiles,
        [.. Values("journalmatch").SelectMany(FilterReader.Lines)],
        Values("failregex").Sum(value => FilterReader.Lines(value).Count()),
        Values("ignoreregex").Sum(value => FilterReader.Lines(value).Count()),
        _actionNames,
        error) { Place = place, Hint = hint };

    /// <summary>Where the jail gives an option; null if nothing does.</summary>
    public IniValue? Origin(string option) => _section.Origin(option);

    private ServerCommand Command(IReadOnlyList<object?> words) => new(words) { Jail = name, Locate = Locate };

    private ConfigurationPlace? Locate(string option, string value)
    {
        if (Origin(option) is { } origin) return CommandOrigin.Find(value, origin);
        return option == "backend" ? new(jails.Sections[name].File, jails.Sections[name].Line) : null;
    }

    // What is not in the filter's file came as a parameter, in the brackets behind the filter's name.
    private ConfigurationPlace? LocateInFilter(string option, string value) => _filter?.Locate(option, value) ?? Origin("filter")?.Place;

    private AdvisedJail Advised() => new(
        jails.Sections[name], Backend, _isJournalInstead, _logFiles, _emptyGlobs,
        [.. Values("failregex").SelectMany(FilterReader.Lines)], Values("prefregex").FirstOrDefault(), Values("journalmatch").Any(text => text.Length > 0),
        (regex) => Locate("failregex", regex) is { } own && !_filterOptions.ContainsKey("failregex") ? own : LocateInFilter("failregex", regex));

    private bool IsSystemd => Backend.StartsWith("systemd", StringComparison.Ordinal);

    private IEnumerable<string> Values(string option) =>
        new[] { _filterOptions, _options }.Select(values => values.GetValueOrDefault(option) as string).OfType<string>();

    private void Load()
    {
        var first = new OrderedDictionary<string, object?>(StringComparer.Ordinal)
        {
            ["enabled"] = true,
            ["backend"] = Backend,
            ["filter"] = _options["filter"],
        };
        Dictionary<string, string> known = new(StringComparer.Ordinal);
        _filter = LoadFilter((string)first["filter"]!);
        if (_filter is not null)
        {
            foreach ((string option, string text) in _filter.ReadAll(first, KnownAskedFor())) known["known/" + option.ToLowerInvariant()] = text;
        }

        _options = OptionRule.Read(OptionRules.Jail, new IniScope(jails, name, injected: known, defaults: _defaults), name, log);
        _options["backend"] = Backend;
        if (_filter is not null) _filterOptions = _filter.Read(_options);
    }

    private IEnumerable<string> KnownAskedFor()
    {
        var scope = new IniScope(jails, name);
        foreach (string option in scope.Options)
        {
            string text = scope.Raw(option) ?? "";
            if (!text.Contains("%(known/", StringComparison.Ordinal)) continue;
            foreach (Match reference in KnownReference().Matches(text)) yield return reference.Groups[1].Value.ToLowerInvariant();
        }
    }

    [GeneratedRegex(@"%\(known/([^)]+)\)s")]
    private static partial Regex KnownReference();

    private FilterReader? LoadFilter(string text)
    {
        if (text.Length == 0)
        {
            log.NoFilter(name);
            return null;
        }

        if (!ParameterList.TryParse(text, out ParameterList? list, out string error))
            throw new JailException($"Invalid filter definition {PythonText.Repr(text)}: {error}", Origin("filter")?.Place);
        IniFileSet set = files.Read(directory, "filter.d/" + list!.Name)
            ?? throw new JailException($"Unable to read the filter {PythonText.Repr(list.Name)}", Origin("filter")?.Place, ConfigurationAdvisor.DidYouMean(directory + "/filter.d", list.Name));
        advisor?.Files(set, OptionRules.Filter);
        foreach ((string option, string value) in _parameters ?? ReadOnlyDictionary<string, string>.Empty) list.Parameters[option] = value;
        FilterName = list.Name;
        return new FilterReader(name, set, list.Parameters, Backend, log);
    }

    private void ReadActions()
    {
        string definitions = _options.GetValueOrDefault("action") as string ?? "";
        foreach (string part in ParameterList.Split(definitions))
        {
            if (!ParameterList.TryParse(part, out ParameterList? list, out string error))
                throw new JailException($"Invalid action definition {PythonText.Repr(part)}: {error}", Locate("action", part));
            if (list!.Name.EndsWith(".py", StringComparison.Ordinal))
            {
                ServerCommand command = ActionReader.Python(name, directory, list, Origin("action"));
                _actions.Add(command);
                _actionNames.Add((string)command.Words[3]!);
                continue;
            }

            IniFileSet set = files.Read(directory, "action.d/" + list.Name) ?? throw new JailException($"Unable to read action {PythonText.Repr(list.Name)}", Locate("action", part), ConfigurationAdvisor.DidYouMean(directory + "/action.d", list.Name));
            advisor?.Action(name, list, set);
            var action = new ActionReader(set, list, part, name, Origin("action"), log);
            _actions.AddRange(action.Commands(_options));
            _actionNames.Add(action.Name);
        }

        if (_actionNames.Count == 0) log.NoActions(name);
    }

    // The original asks the jail's own section for a journalmatch; one in the filter is meant just as well.
    private bool JournalInsteadOfFiles()
    {
        if (!Backend.StartsWith("auto", StringComparison.Ordinal) || _options.GetValueOrDefault("systemd_if_nologs") is false) return false;
        if (!_options.TryGetValue("logpath", out object? paths)) return false;
        FindFiles((string)paths!, [], quiet: true);
        if (_logFiles.Count > 0) return false;
        return _options.ContainsKey("journalmatch") || !string.IsNullOrWhiteSpace(_filterOptions.GetValueOrDefault("journalmatch") as string);
    }

    private void FindFiles(string paths, List<ServerCommand> commands, bool quiet)
    {
        _logFiles = [];
        _emptyGlobs.Clear();
        foreach (string line in paths.Split('\n'))
        {
            (string glob, string mode) = SplitPath(line);
            bool any = false;
            foreach (string file in PathPattern.Find(glob))
            {
                if (!FilePresence.Exists(file))
                {
                    if (!quiet) log.Dangling(file);
                    continue;
                }

                any = true;
                _logFiles.Add(file);
                commands.Add(Command(["set", name, "addlogpath", file, mode]));
            }

            if (any) continue;
            _emptyGlobs.Add(glob);
            if (!quiet) log.NothingFound(glob);
        }
    }

    private List<ServerCommand> GlobCommands(string paths) =>
        [.. paths.Split('\n').Select(SplitPath).Where(path => PathPattern.IsPattern(path.Glob)).Select(path => Command(["set", name, "addlogglob", path.Glob, path.Mode]))];

    private static (string Glob, string Mode) SplitPath(string line)
    {
        int space = line.LastIndexOf(' ');
        return space < 0 ? (line, "head") : (line[..space], line[(space + 1)..]);
    }

    private ServerCommand? Skip()
    {
        if (_options.GetValueOrDefault("skip_if_nologs") is true)
        {
            const string Reason = "because of missing log files.";
            log.NoLogFile(name, $" Jail will be skipped, {Reason}");
            return new(["config-error", $"Jail '{name}' skipped, {Reason}"]);
        }

        if (!options.AllowNoFiles) throw new ConfigurationException($"Have not found any log file for '{name}' jail.");
        log.NoLogFile(name, "");
        return null;
    }
}
