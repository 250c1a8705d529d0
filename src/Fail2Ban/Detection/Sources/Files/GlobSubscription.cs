namespace Fail2Ban.Detection.Sources.Files;

/// <summary>That somebody wants to know of files that fit a pattern; disposing it ends that.</summary>
/// <remarks>Thread safety: any thread.</remarks>
public sealed class GlobSubscription : IDisposable
{
    private readonly FileWatcher _watcher;
    private readonly Action<string, bool> _found;
    private volatile bool _ended;

    internal GlobSubscription(FileWatcher watcher, string pattern, bool polling, Action<string, bool> found)
    {
        _watcher = watcher;
        _found = found;
        Pattern = pattern;
        Polling = polling;
    }

    /// <summary>The pattern, absolute.</summary>
    public string Pattern { get; }

    internal bool Polling { get; }

    internal bool HasEnded => _ended;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_ended) return;
        _ended = true;
        _watcher.Post(new WatcherCommand(this));
    }

    internal void Tell(string path, bool isNew)
    {
        if (!_ended) _found(path, isNew);
    }
}
