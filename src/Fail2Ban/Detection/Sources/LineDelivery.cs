using Fail2Ban.Detection.Lines;

namespace Fail2Ban.Detection.Sources;

/// <summary>A block of lines on its way to one sink.</summary>
/// <remarks>Disposed exactly once: that is what moves the subscription's <see cref="LogSubscription.Position"/>.</remarks>
/// <param name="Block">The lines, shared with other sinks.</param>
/// <param name="From">Which subscription they belong to.</param>
public readonly record struct LineDelivery(LineBlock Block, LogSubscription From) : IDisposable
{
    /// <summary>Says that the lines are worked off: they count as read, and the buffer may be used again.</summary>
    public void Dispose() => From.Completed(Block);
}
