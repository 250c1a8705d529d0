namespace Fail2Ban.Enforcement.Actions;

/// <summary>One action of a jail: commands of a file in <c>action.d</c>, the built-in mail, or a program in Python.</summary>
/// <remarks>Properties: any thread, each assignment is one step. What it does is done by the lane of its jail.</remarks>
public abstract class JailAction
{
    private protected JailAction(string name) => Name = name;

    /// <summary>The action's name within its jail.</summary>
    public string Name { get; }

    /// <summary>The names of all properties, sorted as <c>get J actionproperties A</c> lists them.</summary>
    public abstract Task<IReadOnlyList<string>> GetPropertyNamesAsync();

    /// <summary>The names that <c>get J actionmethods A</c> lists, sorted.</summary>
    public abstract Task<IReadOnlyList<string>> GetMethodNamesAsync();

    /// <summary>A property's value, or why there is none.</summary>
    public abstract Task<ActionAnswer> GetAsync(string property);

    /// <summary>Assigns a property; the answer is the value that it then has, or why it was refused.</summary>
    /// <param name="property">Its name; one that is new becomes a property.</param>
    /// <param name="value">What came over the wire or from the configuration.</param>
    public abstract Task<ActionAnswer> SetAsync(string property, object? value);

    internal abstract IActionOperations Operations { get; }

    /// <summary>Whether it only tells others: it then has its own lane and can neither delay nor fail a ban.</summary>
    internal abstract bool IsNotification { get; }

    /// <summary>Whether bans that were restored after a restart are none of its business (<c>norestored</c>).</summary>
    internal abstract bool SkipsRestored { get; }

    /// <summary>Whether it does anything at the end of a ban.</summary>
    internal abstract bool HasUnban { get; }

    /// <summary>Whether it can end all bans at once.</summary>
    internal abstract bool HasFlush { get; }

    /// <summary>Whether it can go on with the settings of another one of its name, without being stopped and started.</summary>
    internal abstract bool CanTakeOver(JailAction wanted);

    /// <summary>Takes those settings; whether it is started stays.</summary>
    internal abstract void TakeOver(JailAction wanted);

    /// <summary>A new action with the same settings, for another jail.</summary>
    internal abstract JailAction CopyFor(ActionContext context, Enforcer enforcer);

    /// <summary>Frees what it holds; after the last thing that it did.</summary>
    internal virtual Task EndAsync() => Task.CompletedTask;
}
