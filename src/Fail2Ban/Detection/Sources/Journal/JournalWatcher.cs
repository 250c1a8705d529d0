using Fail2Ban.Logging;

namespace Fail2Ban.Detection.Sources.Journal;

/// <summary>Follows the systemd journal for all jails: one thread and one view for each set of parameters.</summary>
/// <remarks>Thread safety: every member from any thread.</remarks>
/// <param name="log">Any component's log; the watcher writes under the original's name.</param>
/// <param name="time">The clock.</param>
public sealed class JournalWatcher(Log log, TimeProvider time) : IDisposable
{
    /// <summary>What stands for the journal wherever a path would stand, such as in the database.</summary>
    public const string SourceName = JournalSubscription.Name;

    /// <summary>The logger of everything about the journal.</summary>
    public const string Logger = "fail2ban.filtersystemd";

    private readonly Log _log = log.For(Logger);
    private readonly Lock _lock = new();
    private readonly Dictionary<JournalParameters, JournalFollower> _followers = [];
    private bool _disposed;

    /// <summary>Begins to follow the journal; where it cannot be read now it is tried again and again.</summary>
    /// <remarks>The first delivery may come before this returns. See <see cref="JournalParameters.Problem"/> for asking first.</remarks>
    /// <exception cref="ObjectDisposedException">The watcher has ended.</exception>
    public LogSubscription Subscribe(JournalRequest request)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (!_followers.TryGetValue(request.Parameters, out JournalFollower? follower))
                _followers.Add(request.Parameters, follower = new JournalFollower(request.Parameters, _log, time));
            var subscription = new JournalSubscription(follower, request, time.LocalTimeZone);
            follower.Note(subscription);
            return subscription;
        }
    }

    /// <summary>Ends all subscriptions and threads; returns when nothing more is delivered.</summary>
    public void Dispose()
    {
        JournalFollower[] followers;
        lock (_lock)
        {
            if (_disposed) return;
            _disposed = true;
            followers = [.. _followers.Values];
        }

        foreach (JournalFollower follower in followers) follower.Dispose();
    }
}
