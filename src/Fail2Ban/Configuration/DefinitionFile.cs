using Fail2Ban.Configuration.Ini;
using Fail2Ban.Logging;
using Fail2Ban.Tags;
using Fail2Ban.Values;

namespace Fail2Ban.Configuration;

/// <summary>A filter or action file with the parameters it is used with: <c>[Definition]</c>, <c>[Init]</c> and their combination.</summary>
/// <remarks>Belongs to one jail; the files behind it are shared. Not thread-safe.</remarks>
internal sealed class DefinitionFile
{
    private readonly IniFileSet _files;
    private readonly OptionRule[] _rules;
    private readonly Log _log;
    private readonly HashSet<string> _given;
    private OrderedDictionary<string, string> _options = [];
    private Dictionary<string, string> _variables = new(StringComparer.Ordinal);

    /// <param name="files">The merged files of the name.</param>
    /// <param name="rules">Options that are read of <c>[Definition]</c>.</param>
    /// <param name="parameters">As given in brackets; this object adds to it.</param>
    /// <param name="log">Where wrong values are reported.</param>
    public DefinitionFile(IniFileSet files, OptionRule[] rules, OrderedDictionary<string, string> parameters, Log log)
    {
        _files = files;
        _rules = rules;
        _log = log;
        Properties = parameters;
        _given = new HashSet<string>(parameters.Keys, StringComparer.Ordinal);
        Own = new IniScope(files, "Definition");
    }

    /// <summary>Parameters, then what <c>[Init]</c> adds; including <c>known/…</c> after <see cref="Load"/>.</summary>
    public OrderedDictionary<string, string> Properties { get; }

    /// <summary><c>[Definition]</c> without anything from outside.</summary>
    public IniScope Own { get; }

    /// <summary>Where the file gives an option; null if a parameter does, or nothing.</summary>
    public IniValue? Origin(string option)
    {
        if (_given.Contains(option)) return null;
        return _files.Sections.GetValueOrDefault("Init")?.Options.GetValueOrDefault(option) ?? Own.Origin(option);
    }

    /// <summary>Reads and interpolates what the file says; a second reading starts from what the first one added.</summary>
    /// <param name="jailOptions">Options of the jail: variables for interpolation and tags, and in place of the file's own.</param>
    /// <param name="all">Also the private options of <c>[Definition]</c>.</param>
    /// <param name="defaults">Options of <c>[DEFAULT]</c> that somebody asks for; the others are not even looked at, as they may be meant for other files.</param>
    /// <exception cref="ConfigurationException">A value cannot be interpolated.</exception>
    public void Load(IEnumerable<KeyValuePair<string, object?>> jailOptions, bool all, IEnumerable<string>? defaults = null)
    {
        _options = Read(jailOptions);
        ReadInit();
        if (!all || !Own.Exists) return;
        foreach (string option in Own.OwnOptions.Concat(defaults ?? []))
            if (!_options.ContainsKey(option) && Own.Get(option) is { } value) _options[option] = value;
    }

    /// <summary>The options that were read with parameters and <c>[Init]</c>, tags put in.</summary>
    /// <param name="keep">Tags that stay for the server; those with conditional variants stay as well.</param>
    /// <exception cref="ConfigurationException">Tags refer to themselves.</exception>
    public OrderedDictionary<string, string> Combine(IEnumerable<string> keep)
    {
        foreach ((string option, string value) in Properties) _options[option] = value;
        HashSet<string> kept = [.. keep];
        foreach (string option in _options.Keys)
        {
            int condition = option.IndexOf('?', StringComparison.Ordinal);
            if (condition > 0) kept.Add(option[..condition]);
        }

        var scope = new IniScope(_files, "Definition", _variables);
        return RecursiveTags.Substitute(_options, condition: null, kept, scope.GetTag) is { } error
            ? throw new ConfigurationException(Placed(error)) : _options;
    }

    private string Placed(string error)
    {
        const string Before = "fail tag: ";
        int at = error.IndexOf(Before, StringComparison.Ordinal) + Before.Length;
        int end = error.IndexOf(',', at);
        return end > at && Origin(error[at..end]) is { } origin ? $"{error} ({origin})" : error;
    }

    private OrderedDictionary<string, string> Read(IEnumerable<KeyValuePair<string, object?>> jailOptions)
    {
        var combined = new OrderedDictionary<string, string>(StringComparer.Ordinal);
        HashSet<string> given = new(StringComparer.Ordinal);
        _variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string option, object? value) in jailOptions)
        {
            given.Add(option);
            if (value is not null) _variables[option.ToLowerInvariant()] = PythonText.Str(value);
        }

        foreach ((string option, string value) in Properties)
        {
            given.Add(option);
            _variables[option.ToLowerInvariant()] = value;
        }

        var scope = new IniScope(_files, "Definition", _variables);
        if (!scope.Exists)
        {
            _log.NoSection("Definition");
            return combined;
        }

        foreach (OptionRule rule in _rules)
            if (!given.Contains(rule.Name) && scope.Get(rule.Name) is { } value) combined[rule.Name] = value;
        return combined;
    }

    private void ReadInit()
    {
        var init = new IniScope(_files, "Init");
        foreach (string option in init.OwnOptions)
        {
            string value = init.Get(option)!;
            if (!option.StartsWith("known/", StringComparison.Ordinal)) Properties["known/" + option] = value;
            if (Properties.ContainsKey(option)) continue;
            // A parameter replaces the variants of its default too, unless it was given for the variant itself.
            int condition = option.IndexOf('?', StringComparison.Ordinal);
            if (condition > 0 && _given.Contains(option[..condition])) value = Properties[option[..condition]];
            Properties[option] = value;
        }
    }
}
