namespace Fail2Ban.Detection.Sources;

/// <summary>Whoever follows a source: a jail, a test.</summary>
public interface ILineSink
{
    /// <summary>Takes lines, in order.</summary>
    /// <remarks>
    /// Called on the source's thread: it only puts the delivery into an inbox, never blocks and never throws. The sink
    /// owns the delivery and disposes it when its lines are worked off (from any thread). While
    /// <see cref="LogSubscription.MaximumOutstanding"/> deliveries are not disposed yet, the source passes this sink
    /// over and later reads again from the sink's own position.
    /// </remarks>
    void Accept(LineDelivery delivery);
}
