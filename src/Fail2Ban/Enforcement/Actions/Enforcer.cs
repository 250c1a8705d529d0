using System.Collections.Concurrent;
using Fail2Ban.Enforcement.Firewall;
using Fail2Ban.Logging;
using Fail2Ban.Processes;

namespace Fail2Ban.Enforcement.Actions;

/// <summary>What all jails share to change the system: one shell command at a time, one netlink writer, one lane of notifications.</summary>
/// <remarks>Thread safety: any thread. One per process; ended after the last jail.</remarks>
public sealed class Enforcer : IAsyncDisposable
{
    private static readonly TimeSpan LossPace = TimeSpan.FromSeconds(1);

    /// <summary>Who tells of a loss that nobody has seen: an action was started, perhaps because all had been flushed.</summary>
    internal static readonly object MereDoubt = new();

    private readonly ShellRunner _shell;
    private readonly SemaphoreSlim _oneCommand = new(1);
    private readonly ConcurrentDictionary<string, Lazy<Task>> _claimed = [];
    private readonly long _born;
    private long? _lastLoss; // guarded by _claimed, as the next
    private ITimer? _later; // due at:
    private TimeSpan _laterAt; // since _born
    private ITimer? _afterStarts;
    private int _isRefusalSaid;

    /// <summary>Starts the lanes; the netlink socket is opened with the first element.</summary>
    /// <param name="shell">Runs the commands; not ended with this.</param>
    /// <param name="log">Messages go to <c>fail2ban.actions</c> and <c>fail2ban.action</c>, whatever its name.</param>
    /// <param name="time">Back-off of notifications and the pace of checks.</param>
    public Enforcer(ShellRunner shell, Log log, TimeProvider time)
    {
        _shell = shell;
        Time = time;
        _born = time.GetTimestamp();
        Log = log.For("fail2ban.action");
        JailLog = log.For("fail2ban.actions");
        Notifications = new NotificationLanes(time);
    }

    internal TimeProvider Time { get; }

    /// <summary>How long a call of a Python action may take.</summary>
    internal TimeSpan PythonPatience { get; set; } = TimeSpan.FromSeconds(60);

    internal Log Log { get; }

    internal Log JailLog { get; }

    internal NftWriter Elements { get; } = new();

    internal NotificationLanes Notifications { get; }

    /// <summary>Lets queued notifications run for at most five seconds, then ends everything.</summary>
    public async ValueTask DisposeAsync()
    {
        await Notifications.EndAsync(TimeSpan.FromSeconds(5)).ConfigureAwait(false);
        lock (_claimed)
        {
            _later?.Dispose();
            _afterStarts?.Dispose();
        }

        Elements.Dispose();
        Notifications.Dispose();
        _oneCommand.Dispose();
    }

    /// <summary>Runs a command of an enforcement action: stock actions edit one file for all jails, so never two at once.</summary>
    internal async Task<ShellResult> RunAloneAsync(ShellCommand command)
    {
        await _oneCommand.WaitAsync().ConfigureAwait(false);
        try
        {
            return await _shell.RunAsync(command).ConfigureAwait(false);
        }
        finally
        {
            _oneCommand.Release();
        }
    }

    /// <summary>Runs a command of a notification.</summary>
    internal Task<ShellResult> RunBesideAsync(ShellCommand command) => _shell.RunAsync(command, Notifications.Stopping);

    /// <summary>Does something once for all jails: who comes while it is being done waits for its end, and so does not act on what is being cleared.</summary>
    /// <param name="what">The same text for the same thing.</param>
    /// <param name="work">Never throws; done by who comes first.</param>
    internal Task OnceAsync(string what, Func<Task> work) => _claimed.GetOrAdd(what, _ => new Lazy<Task>(work)).Value;

    /// <summary>Something else has removed a set: told to all jails, since theirs are most likely gone too.</summary>
    internal event Action<object>? LayoutLost;

    /// <summary>Raises <see cref="LayoutLost"/>; if that has just been done, a moment later, since who was told then may have looked too early.</summary>
    internal void SayLost(object finder)
    {
        lock (_claimed)
        {
            if (_lastLoss is { } last && Time.GetElapsedTime(last) is var passed && passed < LossPace)
            {
                SayLostIn(LossPace - passed);
                return;
            }

            _lastLoss = Time.GetTimestamp();
        }

        LayoutLost?.Invoke(finder);
    }

    /// <summary>Raises <see cref="LayoutLost"/> for all jails after a pause, once for all who ask until then.</summary>
    internal void SayLostIn(TimeSpan pause)
    {
        lock (_claimed)
        {
            TimeSpan due = Time.GetElapsedTime(_born) + pause;
            if (_later is not null && _laterAt <= due) return;
            _laterAt = due;
            if (_later is null) _later = Time.CreateTimer(SayLostNow, null, pause, Timeout.InfiniteTimeSpan);
            else _later.Change(pause, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>An action was started for a ban: a moment later all jails look whether their sets are there.</summary>
    internal void SayStarted()
    {
        lock (_claimed) _afterStarts ??= Time.CreateTimer(AskAfterStarts, null, LossPace, Timeout.InfiniteTimeSpan);
    }

    private void AskAfterStarts(object? state)
    {
        lock (_claimed)
        {
            _afterStarts?.Dispose();
            _afterStarts = null;
        }

        LayoutLost?.Invoke(MereDoubt);
    }

    private void SayLostNow(object? state)
    {
        lock (_claimed)
        {
            _later?.Dispose();
            _later = null;
            _lastLoss = Time.GetTimestamp();
        }

        LayoutLost?.Invoke(this);
    }

    internal void SayRefusal(string reason)
    {
        if (Interlocked.Exchange(ref _isRefusalSaid, 1) == 0) Log.NetlinkRefused(reason);
    }
}
