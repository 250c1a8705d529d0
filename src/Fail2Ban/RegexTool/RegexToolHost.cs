namespace Fail2Ban.RegexTool;

/// <summary>What the program sees of its surroundings.</summary>
/// <param name="Out">Standard output, binary; the program buffers and flushes itself.</param>
/// <param name="Error">Standard error, binary.</param>
/// <param name="Time">The clock and the local time zone.</param>
public sealed record RegexToolHost(Stream Out, Stream Error, TimeProvider Time)
{
    /// <summary>Resolves a host name to its addresses, as text; an empty answer where it has none.</summary>
    public required Func<string, IReadOnlyList<Fail2Ban.Addresses.FailureId>> Resolve { get; init; }
}
