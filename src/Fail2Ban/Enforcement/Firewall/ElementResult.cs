namespace Fail2Ban.Enforcement.Firewall;

/// <summary>What became of an element.</summary>
internal enum ElementOutcome
{
    /// <summary>It is as wanted: added (or was there), deleted (or was not there).</summary>
    Done,

    /// <summary>The set or its table does not exist.</summary>
    NoSet,

    /// <summary>The kernel or the kind of set does not take this element; nft may say it better.</summary>
    Refused,

    /// <summary>This process cannot use nf_tables by netlink at all.</summary>
    Unavailable,
}

/// <summary>What became of an element, and why.</summary>
/// <param name="Outcome">What.</param>
/// <param name="Error">The kernel's words, or ours; empty where it is done.</param>
internal readonly record struct ElementResult(ElementOutcome Outcome, string Error)
{
    /// <summary>It is as wanted.</summary>
    public static ElementResult Done { get; } = new(ElementOutcome.Done, "");

    /// <summary>The set does not exist.</summary>
    public static ElementResult NoSet { get; } = new(ElementOutcome.NoSet, "No such file or directory");
}
