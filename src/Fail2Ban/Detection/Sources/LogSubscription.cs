using Fail2Ban.Detection.Lines;

namespace Fail2Ban.Detection.Sources;

/// <summary>That one sink follows one source; disposing it ends that.</summary>
/// <remarks>Thread safety: everything from any thread.</remarks>
public abstract class LogSubscription : IDisposable
{
    /// <summary>How many deliveries may be on their way to one sink before the source passes it over.</summary>
    public const int MaximumOutstanding = 8;

    /// <summary>The path as the jail gave it, or the name of the journal.</summary>
    public abstract string Source { get; }

    /// <summary>Behind the last line whose delivery was disposed. Never moves back within one file.</summary>
    public abstract LogPosition Position { get; }

    /// <summary>Lines that were worked off since the start.</summary>
    public abstract long LinesRead { get; }

    /// <summary>Bytes of the source that are not worked off yet, as of the last look at it; an incomplete last line counts.</summary>
    public abstract long BytesBehind { get; }

    /// <summary>Why the source can't be read at the moment, as <c>[Errno 2] No such file or directory: 'P'</c>; null while it can.</summary>
    public abstract string? LastError { get; }

    /// <summary>Whether the source gave up by itself (a polled file that stayed away): nothing will come any more.</summary>
    public abstract bool IsStopped { get; }

    /// <summary>All of this at once, for people.</summary>
    public abstract SourceState State { get; }

    /// <summary>Ends the subscription; deliveries that are on their way must still be disposed.</summary>
    public abstract void Dispose();

    /// <summary>A delivery was worked off.</summary>
    internal abstract void Completed(LineBlock block);
}
