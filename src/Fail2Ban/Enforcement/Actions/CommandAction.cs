using System.Globalization;
using Fail2Ban.Values;

namespace Fail2Ban.Enforcement.Actions;

/// <summary>One action of a jail, defined by commands in a file of <c>action.d</c>.</summary>
/// <remarks>Properties: any thread, each assignment is one step. What it does is done by the lane of its jail.</remarks>
public sealed class CommandAction
{
    private readonly ActionContext _context;

    internal CommandAction(string name, ActionContext context, Enforcer enforcer)
    {
        Name = name;
        _context = context;
        Properties = new ActionProperties(context.HostTag);
        Operations = new ActionOperations(this, context, enforcer);
    }

    /// <summary>The action's name within its jail.</summary>
    public string Name { get; }

    /// <summary>The names of all properties, sorted as <c>get J actionproperties A</c> lists them.</summary>
    public IReadOnlyList<string> PropertyNames => Properties.Names;

    /// <summary>The names that <c>get J actionmethods A</c> lists.</summary>
    public static IReadOnlyList<string> MethodNames { get; } =
    [
        "ban", "clearAllParams", "consistencyCheck", "escapeTag", "executeCmd", "flush", "invalidateBanEpoch", "prolong", "reban",
        "reload", "replaceDynamicTags", "replaceTag", "start", "stop", "unban",
    ];

    internal ActionProperties Properties { get; }

    internal ActionOperations Operations { get; }

    /// <summary>Whether it only tells others: it then has its own lane and can neither delay nor fail a ban.</summary>
    internal bool IsNotification => Properties.Traits.IsNotification;

    /// <summary>A property's value: a string, bool, int or double, or null.</summary>
    /// <param name="property">Its name, for a conditional one with the condition: <c>blocktype?family=inet6</c>.</param>
    /// <param name="value">The value.</param>
    /// <param name="error">Where it has no such property: <c>'CommandAction' object has no attribute 'foo'</c>.</param>
    public bool TryGet(string property, out object? value, out string error)
    {
        bool found = Properties.TryGet(property, out value);
        error = found ? "" : $"'CommandAction' object has no attribute '{property}'";
        return found;
    }

    /// <summary>Assigns a property; a name that is new becomes one.</summary>
    /// <param name="property">Its name.</param>
    /// <param name="value">What came over the wire or from the configuration.</param>
    /// <param name="error">Why the value does not fit (<c>timeout</c>, <c>lane</c>, <c>kerneltimeout</c>).</param>
    public bool TrySet(string property, object? value, out string error)
    {
        error = "";
        if (property == "timeout" && !TryTimeout(value, out value))
        {
            error = $"invalid value {PythonText.Repr(value)} for timeout of action {Name}: expected seconds, or a duration such as 2m or 1h 30m";
            return false;
        }

        if (property == "lane" && value is not null && (value as string)?.Trim() is not ("enforce" or "notify" or ""))
        {
            error = $"invalid value {PythonText.Repr(value)} for lane of action {Name}: expected enforce or notify";
            return false;
        }

        if (property == "kerneltimeout" && value is not bool && (value as string)?.Trim() is not ("true" or "false"))
        {
            error = $"invalid value {PythonText.Repr(value)} for kerneltimeout of action {Name}: expected true or false";
            return false;
        }

        Properties[property] = value;
        return true;
    }

    /// <summary>Takes all properties of another action instead of its own; whether it is started stays (ban.md §6).</summary>
    public void TakeOver(CommandAction other) => Properties.TakeOver(other.Properties);

    private bool TryTimeout(object? given, out object? seconds)
    {
        seconds = given;
        double? parsed = given switch
        {
            int number => number,
            double number => number,
            string text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : _context.ParseSeconds(text),
            _ => null,
        };
        if (parsed is not (> 0 and < 1e6)) return false;
        seconds = parsed.Value == Math.Floor(parsed.Value) ? (object)(int)parsed.Value : parsed.Value;
        return true;
    }
}
