using Fail2Ban.Values;

namespace Fail2Ban.Enforcement.Actions;

/// <summary>The properties of an action as they were given, and the commands that result from them.</summary>
/// <remarks>Thread safety: any thread. Commands are worked out once per family and again after an assignment.</remarks>
internal sealed class ActionProperties
{
    private static readonly string[] CommandNames =
        ["actionban", "actioncheck", "actionflush", "actionreban", "actionreload", "actionrepair", "actionstart", "actionstop", "actionunban"];

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Name, string Family), ActionCommand> _commands = [];
    private readonly Func<string, string?> _hostTags;
    private ActionTraits? _traits; // null after an assignment
    private OrderedDictionary<string, object?> _values = Defaults();

    public ActionProperties(Func<string, string?> hostTags) => _hostTags = hostTags;

    /// <summary>How long a command may take.</summary>
    public TimeSpan Timeout => TimeSpan.FromSeconds(this["timeout"] switch { int seconds => seconds, double seconds => seconds, _ => 60 });

    /// <summary>All names, sorted.</summary>
    public IReadOnlyList<string> Names
    {
        get
        {
            lock (_lock) return [.. _values.Keys.Order(StringComparer.Ordinal)];
        }
    }

    /// <summary>A value; null where it is absent.</summary>
    public object? this[string name]
    {
        get
        {
            lock (_lock) return _values.GetValueOrDefault(name);
        }
        set
        {
            lock (_lock)
            {
                _values[name] = value;
                _commands.Clear();
                _traits = null;
            }
        }
    }

    /// <summary>A value, where there is one.</summary>
    public bool TryGet(string name, out object? value)
    {
        lock (_lock) return _values.TryGetValue(name, out value);
    }

    /// <summary>A truth value as the original reads it.</summary>
    public bool? Flag(string name) => this[name] switch
    {
        null => null,
        bool flag => flag,
        int number => number != 0,
        string text => text.Trim().ToLowerInvariant() is "1" or "on" or "true" or "yes",
        _ => false,
    };

    /// <summary>Whether a command has any text, for any family.</summary>
    public bool Defines(string command)
    {
        lock (_lock)
        {
            return _values.Any(item => (item.Key == command || item.Key.StartsWith(command + "?", StringComparison.Ordinal))
                && !string.IsNullOrWhiteSpace(item.Value as string));
        }
    }

    /// <summary>What follows from the properties.</summary>
    public ActionTraits Traits
    {
        get
        {
            lock (_lock) return _traits ??= ActionTraits.Of(this);
        }
    }

    /// <summary>The text of a command for a family, its static tags replaced.</summary>
    /// <param name="name">Such as <c>actionban</c>.</param>
    /// <param name="family"><c>inet4</c>, <c>inet6</c>, or empty.</param>
    public ActionCommand Command(string name, string family)
    {
        lock (_lock)
        {
            if (!_commands.TryGetValue((name, family), out ActionCommand? command))
                _commands[(name, family)] = command = ActionCommand.Resolve(name, family, _values, _hostTags);
            return command;
        }
    }

    /// <summary>Forgets everything that was assigned, and takes what another action has.</summary>
    public void TakeOver(ActionProperties other)
    {
        OrderedDictionary<string, object?> values = other.Copy();
        lock (_lock)
        {
            values["banEpoch"] = _values["banEpoch"];
            _values = values;
            _commands.Clear();
            _traits = null;
        }
    }

    /// <summary>Whether both say the same.</summary>
    public bool Equal(ActionProperties other)
    {
        OrderedDictionary<string, object?> values = other.Copy();
        lock (_lock)
        {
            return values.Count == _values.Count
                && _values.All(item => item.Key == "banEpoch" || (values.TryGetValue(item.Key, out object? value) && Equals(item.Value, value)));
        }
    }

    private OrderedDictionary<string, object?> Copy()
    {
        lock (_lock) return new OrderedDictionary<string, object?>(_values);
    }

    private static OrderedDictionary<string, object?> Defaults()
    {
        var values = new OrderedDictionary<string, object?>
        {
            // What dir() of the original's action lists besides; of no effect.
            ["ESCAPE_CRE"] = """re.compile('[\\\\#&;`|*?~<>^()\\[\\]{}$\'"\\n\\r]')""",
            ["ESCAPE_VN_CRE"] = """re.compile('\\W')""",
            ["banEpoch"] = 0,
            ["timeout"] = 60,
        };
        foreach (string name in CommandNames) values[name] = "";
        return values;
    }

    /// <summary>Whether a name is no property that a command can use.</summary>
    public static bool IsHidden(string name) => name is "ESCAPE_CRE" or "ESCAPE_VN_CRE" or "banEpoch";

    /// <summary>What a tag of a property's name stands for.</summary>
    public static string Text(object? value) => PythonText.Str(value);
}
