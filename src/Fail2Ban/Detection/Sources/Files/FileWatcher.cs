using System.Diagnostics.CodeAnalysis;
using Fail2Ban.Logging;

namespace Fail2Ban.Detection.Sources.Files;

/// <summary>Follows the log files of all jails: one thread and one inotify descriptor for the process.</summary>
/// <remarks>Thread safety: every member from any thread.</remarks>
public sealed class FileWatcher : IDisposable
{
    /// <summary>Starts the thread. Where inotify can't be had it says why and polls.</summary>
    /// <param name="log">Any component's log; the watcher writes under the original's names.</param>
    /// <param name="time">The clock of time-outs and once-a-day warnings.</param>
    public FileWatcher(Log log, TimeProvider time) => throw new NotImplementedException();

    /// <summary>Begins to follow a file; the start position is found on the caller's thread, which may read from disk.</summary>
    /// <param name="request">What is wanted.</param>
    /// <param name="subscription">Null where the result is false.</param>
    /// <param name="error">As the original answers <c>addlogpath</c>: <c>[Errno 2] No such file or directory: 'P'</c>.</param>
    public bool TrySubscribe(LogFileRequest request, [NotNullWhen(true)] out LogSubscription? subscription, [NotNullWhen(false)] out string? error) => throw new NotImplementedException();

    /// <summary>Ends all subscriptions and the thread; returns when nothing more is delivered.</summary>
    public void Dispose() => throw new NotImplementedException();
}
