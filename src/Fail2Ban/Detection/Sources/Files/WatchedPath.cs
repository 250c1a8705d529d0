namespace Fail2Ban.Detection.Sources.Files;

/// <summary>Something that the watcher looks at when the kernel tells of a change, and now and then without that.</summary>
/// <remarks>Owned by the watcher's thread.</remarks>
internal abstract class WatchedPath : IDisposable
{
    /// <summary>Absolute; a glob for those that look for files.</summary>
    internal abstract string FullPath { get; }

    /// <summary>Nobody wants it any more.</summary>
    internal abstract bool IsUnused { get; }

    /// <summary>When it is to be looked at without an event, on the watcher's clock.</summary>
    internal TimeSpan Due { get; private protected set; }

    /// <summary>Whether it stands in the watcher's queue.</summary>
    internal bool IsQueued { get; set; }

    /// <summary>Looks, and says when to look again.</summary>
    /// <returns>Whether it stopped only to let others have their turn.</returns>
    internal abstract bool Service(TimeSpan now);

    /// <summary>The kernel has removed a watch.</summary>
    internal abstract void WatchGone(int watch);

    public abstract void Dispose();

    /// <summary>Sets <see cref="Due"/> so that those that are in no hurry come due together and wake the thread once.</summary>
    private protected void LookAgain(TimeSpan now, TimeSpan after)
    {
        TimeSpan due = now + after;
        Due = after < Calm ? due : TimeSpan.FromTicks((due.Ticks / Calm.Ticks + 1) * Calm.Ticks);
    }

    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(5);
}
