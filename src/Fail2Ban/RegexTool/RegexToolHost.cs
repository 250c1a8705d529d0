using Fail2Ban.Addresses;

namespace Fail2Ban.RegexTool;

/// <summary>What the program sees of its surroundings.</summary>
/// <param name="In">Standard input, for the log <c>-</c>.</param>
/// <param name="Out">Standard output, binary; the program buffers and flushes itself.</param>
/// <param name="Error">Standard error, binary.</param>
/// <param name="Time">The clock and the local time zone.</param>
/// <param name="Resolve">The addresses of a host name; empty where it has none. May block.</param>
public sealed record RegexToolHost(Stream In, Stream Out, Stream Error, TimeProvider Time, Func<string, IReadOnlyList<FailureId>> Resolve)
{
    /// <summary>The host name of an address; null where it has none. May block.</summary>
    public Func<FailureId, string?> NameOf { get; init; } = _ => null;

    /// <summary>Whether a terminal shows the output: control characters of a log are then shown, not sent.</summary>
    public bool OutIsTerminal { get; init; }

    /// <summary>Whether a terminal shows what goes to standard error: how far a large log is read is then told there.</summary>
    public bool ErrorIsTerminal { get; init; }

    /// <summary>Whether a terminal gets colours.</summary>
    public bool UseColours { get; init; }
}
