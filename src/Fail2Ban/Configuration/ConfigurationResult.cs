namespace Fail2Ban.Configuration;

/// <summary>How reading a configuration ended.</summary>
public enum ConfigurationOutcome
{
    /// <summary>Every enabled jail is in the stream.</summary>
    Complete,

    /// <summary>Some jails could not be read and became <c>config-error</c> commands; <c>-t</c> calls this a failure.</summary>
    SomeJailsSkipped,

    /// <summary>Jails are enabled but none could be read: nothing to start.</summary>
    NoValidJail,

    /// <summary>The configuration as a whole cannot be used; <see cref="ConfigurationResult.Failure"/> says why.</summary>
    Failed,
}

/// <summary>A configuration, read.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Failure">With <see cref="ConfigurationOutcome.Failed"/>: the text that follows "Failed during configuration: ", else null.</param>
/// <param name="Stream">Commands in the order of <c>-d</c>; empty when failed.</param>
/// <param name="Jails">One report per enabled jail, in the order of the sections.</param>
/// <param name="Warnings">Likely mistakes, in the order found.</param>
public sealed record ConfigurationResult(
    ConfigurationOutcome Outcome,
    string? Failure,
    IReadOnlyList<ServerCommand> Stream,
    IReadOnlyList<JailReport> Jails,
    IReadOnlyList<ConfigurationWarning> Warnings)
{
    /// <summary>
    /// The patterns among the log paths, as commands that only this server knows: by them it finds files that come later.
    /// They are no part of <c>-d</c>.
    /// </summary>
    public IReadOnlyList<ServerCommand> Globs { get; init; } = [];
}
