namespace Fail2Ban.Tracking.Bans;

/// <summary>The options <c>bantime.*</c> of a jail: longer bans for those who come back.</summary>
/// <remarks>Owned by one jail loop; not thread-safe.</remarks>
public sealed class BanTimeIncrement
{
    /// <summary>All options unset.</summary>
    /// <param name="random">For <c>rndtime</c> and formulas; null takes the shared one.</param>
    public BanTimeIncrement(Random? random = null) => throw new NotImplementedException();

    /// <summary><c>bantime.increment</c>.</summary>
    public bool Enabled => throw new NotImplementedException();

    /// <summary><c>bantime.overalljails</c>: bans of all jails count.</summary>
    public bool OverallJails => throw new NotImplementedException();

    /// <summary><c>bantime.maxtime</c>; null where unset.</summary>
    public BanTime? MaxTime => throw new NotImplementedException();

    /// <summary>Sets an option from its text.</summary>
    /// <param name="option">increment, factor, formula, multipliers, maxtime, rndtime, overalljails (without <c>bantime.</c>).</param>
    /// <param name="value">As written in the configuration; an empty one unsets the option.</param>
    /// <returns>Null, or the sentence that says what cannot be taken and where.</returns>
    public string? Set(string option, string value) => throw new NotImplementedException();

    /// <summary>An option as <c>get J bantime.X</c> answers: a bool, a string, a number of seconds, or null where unset.</summary>
    public object? Get(string option) => throw new NotImplementedException();

    /// <summary>The ban time of an id that was banned before.</summary>
    /// <param name="jail">The jail's ban time.</param>
    /// <param name="count">How often it was banned before; at least 1.</param>
    /// <param name="error">What went wrong in the formula (then the time is the jail's), else null.</param>
    public BanTime Calculate(BanTime jail, int count, out string? error) => throw new NotImplementedException();
}
