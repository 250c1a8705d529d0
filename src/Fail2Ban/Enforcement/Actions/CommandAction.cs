using System.Globalization;
using Fail2Ban.Values;

namespace Fail2Ban.Enforcement.Actions;

/// <summary>An action that is defined by commands in a file of <c>action.d</c>.</summary>
/// <inheritdoc/>
public sealed class CommandAction : JailAction
{
    private readonly ActionContext _context;

    internal CommandAction(string name, ActionContext context, Enforcer enforcer) : base(name)
    {
        _context = context;
        Properties = new ActionProperties(context.HostTag);
        Commands = new ActionOperations(this, context, enforcer);
    }

    /// <summary>The names of all properties, sorted.</summary>
    public IReadOnlyList<string> PropertyNames => Properties.Names;

    /// <summary>The names that the original's class has.</summary>
    public static IReadOnlyList<string> MethodNames { get; } =
    [
        "ban", "clearAllParams", "consistencyCheck", "escapeTag", "executeCmd", "flush", "invalidateBanEpoch", "prolong", "reban",
        "reload", "replaceDynamicTags", "replaceTag", "start", "stop", "unban",
    ];

    internal ActionProperties Properties { get; }

    /// <summary>What it does, with all that only commands can do.</summary>
    internal ActionOperations Commands { get; }

    internal override IActionOperations Operations => Commands;

    internal override bool IsNotification => Properties.Traits.IsNotification;

    internal override bool SkipsRestored => Properties.Flag("norestored") == true;

    internal override bool HasUnban => Properties.Defines("actionunban");

    internal override bool HasFlush => Properties.Defines("actionflush");

    /// <inheritdoc/>
    public override Task<IReadOnlyList<string>> GetPropertyNamesAsync() => Task.FromResult(PropertyNames);

    /// <inheritdoc/>
    public override Task<IReadOnlyList<string>> GetMethodNamesAsync() => Task.FromResult(MethodNames);

    /// <inheritdoc/>
    public override Task<ActionAnswer> GetAsync(string property) =>
        Task.FromResult(TryGet(property, out object? value, out string error) ? new ActionAnswer(value) : ActionAnswer.Failed("AttributeError", error));

    /// <inheritdoc/>
    public override Task<ActionAnswer> SetAsync(string property, object? value)
    {
        if (!TrySet(property, value, out string error)) return Task.FromResult(ActionAnswer.Failed("ValueError", error));
        return Task.FromResult(new ActionAnswer(TryGet(property, out object? now, out _) ? now : value));
    }

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

    // The same properties, or it only tells others, or it says itself what a reload means (actionreload). Any other has to
    // be stopped with the old and started with the new ones.
    internal override bool CanTakeOver(JailAction wanted) => wanted is CommandAction other
        && (Properties.Equal(other.Properties) || (IsNotification && other.IsNotification) || other.Properties.Defines("actionreload"));

    internal override void TakeOver(JailAction wanted) => Properties.TakeOver(((CommandAction)wanted).Properties);

    internal override JailAction CopyFor(ActionContext context, Enforcer enforcer)
    {
        var copy = new CommandAction(Name, context, enforcer);
        copy.TakeOver(this);
        return copy;
    }

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
