using Fail2Ban.Native.Libc;
using Microsoft.Win32.SafeHandles;

namespace Fail2Ban.Detection.Sources.Files;

/// <summary>A message to the watcher's thread.</summary>
/// <param name="Subscription">Whom it is about.</param>
/// <param name="Start">Where a new subscription begins; null: it has ended, or its sink has room again.</param>
/// <param name="Glob">Instead: a subscription to a pattern is new, or has ended.</param>
internal readonly record struct WatcherCommand(FileSubscription? Subscription, StartPoint? Start, GlobSubscription? Glob = null)
{
    internal WatcherCommand(GlobSubscription glob)
        : this(null, null, glob)
    {
    }
}

/// <summary>Where a subscription begins.</summary>
/// <param name="File">The open file; null where it is absent.</param>
/// <param name="Status">Its status.</param>
/// <param name="Position">Up to where everything is read.</param>
/// <param name="Offset">Where to begin in the open file.</param>
/// <param name="Older">What was rotated away unread, oldest first; to be read before.</param>
internal sealed record StartPoint(SafeFileHandle? File, FileStatus Status, LogPosition Position, long Offset, IReadOnlyList<RotatedLog> Older)
{
    /// <summary>What stands behind the path and is to be gone on in, but cannot be opened now; null otherwise.</summary>
    internal FileStatus? Unopened { get; init; }

    /// <summary>Closes what was opened.</summary>
    internal void Close()
    {
        File?.Dispose();
        foreach (RotatedLog log in Older) log.File.Dispose();
    }
}
