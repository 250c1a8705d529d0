using System.Text;
using Fail2Ban.Configuration.Ini;
using Fail2Ban.Logging;
using Fail2Ban.Values;

namespace Fail2Ban.Configuration;

/// <summary>Reads one action for one jail and turns it into commands.</summary>
internal sealed class ActionReader
{
    // What only the server knows, or must escape: never put in when the configuration is read.
    private static readonly string[] s_kept = ["matches", "ipmatches", "ipjailmatches", "timeout", "bantime"];

    private readonly string _text;
    private readonly string _jail;
    private readonly OrderedDictionary<string, string> _properties;
    private readonly DefinitionFile _file;
    private readonly Log _log;
    private readonly IniFileSet _files;
    private readonly IniValue? _origin;

    /// <param name="files">The merged action files.</param>
    /// <param name="action">File name and parameters as the jail gives them.</param>
    /// <param name="text">The action as written in the jail, for messages.</param>
    /// <param name="jail">Jail name.</param>
    /// <param name="origin">The jail's option <c>action</c>.</param>
    /// <param name="log">Where wrong values are reported.</param>
    public ActionReader(IniFileSet files, ParameterList action, string text, string jail, IniValue? origin, Log log)
    {
        _files = files;
        _origin = origin;
        _text = text;
        _jail = jail;
        _log = log;
        _properties = new OrderedDictionary<string, string>(action.Parameters, StringComparer.Ordinal);
        _properties.TryAdd("name", jail);
        string name = _properties["name"];
        _properties.TryAdd("actname", name == jail ? action.Name : action.Name + (name.StartsWith(jail, StringComparison.Ordinal) ? name[jail.Length..] : "-" + name));
        Name = _properties["actname"];
        _file = new DefinitionFile(files, OptionRules.Action, _properties, log);
    }

    /// <summary>Name under which the server will know the action.</summary>
    public string Name { get; }

    /// <summary>The commands that add the action.</summary>
    /// <exception cref="ConfigurationException">A value cannot be interpolated, or tags refer to themselves.</exception>
    public IEnumerable<ServerCommand> Commands(IEnumerable<KeyValuePair<string, object?>> jailOptions)
    {
        try
        {
            _file.Load(jailOptions, all: false);
        }
        catch (ConfigurationException error)
        {
            throw new ConfigurationException($"Error in action definition {PythonText.Repr(_text)}: {error.Message}");
        }

        OrderedDictionary<string, string> combined = _file.Combine(s_kept);
        List<object?> settings = [];
        foreach ((string option, string text) in combined)
        {
            int rule = Array.FindIndex(OptionRules.Action, rule => rule.Name == option);
            if (rule < 0) continue;
            settings.Add(new List<object?> { option, OptionRules.Action[rule].Convert(text, "Definition", _log) });
        }

        foreach ((string option, string text) in _properties)
        {
            if (option.StartsWith("known/", StringComparison.Ordinal) || Array.Exists(OptionRules.Action, rule => rule.Name == option)) continue;
            settings.Add(new List<object?> { option, text });
        }

        ServerCommand add = new(["set", _jail, "addaction", Name]) { Jail = _jail, Locate = (_, _) => _origin?.Place };
        IReadOnlyList<object?> words = settings.Count == 1
            ? ["set", _jail, "action", Name, .. (List<object?>)settings[0]!]
            : ["multi-set", _jail, "action", Name, settings];
        return [add, new(words) { Jail = _jail, Locate = Locate }];
    }

    private ConfigurationPlace? Locate(string property, string value) =>
        _file.Origin(property) is { } origin ? CommandOrigin.Find(value, origin, _files) : CommandOrigin.Find(value, _origin);

    /// <summary>The command that adds an action written in Python; its parameters travel as JSON.</summary>
    public static ServerCommand Python(string jail, string directory, ParameterList action, IniValue? origin)
    {
        var parameters = new OrderedDictionary<string, string>(action.Parameters, StringComparer.Ordinal);
        string name = parameters.TryGetValue("actname", out string? given) ? given : action.Name[..^".py".Length];
        parameters.Remove("actname");
        return new(["set", jail, "addaction", name, Path.Combine(directory, "action.d", action.Name), Json(parameters)])
        {
            Jail = jail,
            Locate = (_, _) => origin?.Place,
        };
    }

    private static string Json(OrderedDictionary<string, string> values)
    {
        var text = new StringBuilder("{");
        foreach ((string key, string value) in values)
        {
            if (text.Length > 1) text.Append(", ");
            AppendJson(text, key);
            text.Append(": ");
            AppendJson(text, value);
        }

        return text.Append('}').ToString();
    }

    private static void AppendJson(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (char letter in value)
        {
            _ = letter switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                '\b' => text.Append("\\b"),
                '\f' => text.Append("\\f"),
                >= ' ' and <= '~' => text.Append(letter),
                _ => text.Append($"\\u{(int)letter:x4}"),
            };
        }

        text.Append('"');
    }
}
