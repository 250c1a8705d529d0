namespace Fail2Ban.Enforcement.Actions;

/// <summary>One action of a jail, defined by commands in a file of <c>action.d</c>.</summary>
/// <remarks>Properties: any thread, each assignment is one step. Operations: only by the lane of its jail.</remarks>
public sealed class CommandAction
{
    /// <summary>The action's name within its jail.</summary>
    public string Name => throw new NotImplementedException();

    /// <summary>The names of all properties, sorted as <c>get J actionproperties A</c> lists them.</summary>
    public IReadOnlyList<string> PropertyNames => throw new NotImplementedException();

    /// <summary>The names that <c>get J actionmethods A</c> lists.</summary>
    public static IReadOnlyList<string> MethodNames => throw new NotImplementedException();

    /// <summary>A property's value: a string, bool, int or double, or null.</summary>
    /// <param name="property">Its name, for a conditional one with the condition: <c>blocktype?family=inet6</c>.</param>
    /// <param name="value">The value.</param>
    /// <param name="error">Where it has no such property: <c>'CommandAction' object has no attribute 'foo'</c>.</param>
    public bool TryGet(string property, out object? value, out string error) => throw new NotImplementedException();

    /// <summary>Assigns a property; a name that is new becomes one.</summary>
    /// <param name="property">Its name.</param>
    /// <param name="value">What came over the wire or from the configuration.</param>
    /// <param name="error">Why the value does not fit (<c>timeout</c>).</param>
    public bool TrySet(string property, object? value, out string error) => throw new NotImplementedException();

    /// <summary>Begins a reload: all properties are forgotten, whether it is started is not (ban.md §6).</summary>
    public void ClearProperties() => throw new NotImplementedException();
}
