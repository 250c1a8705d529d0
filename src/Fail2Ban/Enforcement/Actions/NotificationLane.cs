using Fail2Ban.Logging;

namespace Fail2Ban.Enforcement.Actions;

// A mail server that is down, or a resolver that fails now and then, must cost no notice. So what failed is tried again
// after 2 s, 4 s, 8 s … at most 5 min, until it is an hour old: the pause is the lane's, not the notice's, or each of a
// thousand that wait would try by itself whether the server is back. Order is kept while that is cheap; a notice that
// failed three times lets those behind it pass, for it may be its own fault. But where bans are taken back, what is about
// the same id keeps its order: a ban that comes behind its own unban would stay.

/// <summary>The notifications of one action: in order, repeated where they fail, and none lost without a word.</summary>
/// <remarks>Thread safety: any thread may post.</remarks>
internal sealed class NotificationLane(NotificationLanes lanes, Log log, string jail, string action)
{
    /// <summary>How many may wait; what comes beyond is dropped, counted and told.</summary>
    public const int Limit = 1000;

    /// <summary>How often one is tried before others may pass it.</summary>
    public const int AttemptsInOrder = 3;

    /// <summary>How old a notice may be at its last repetition.</summary>
    public static readonly TimeSpan LongestTrying = TimeSpan.FromHours(1);

    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan TellingPace = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly LinkedList<Notice> _waiting = [];
    private int _failures; // in a row
    private int _dropped; // not told yet
    private long? _toldDrops;

    /// <summary>Ends when nothing waits or runs.</summary>
    public Task Idle { get; private set; } = Task.CompletedTask;

    /// <summary>Queues a notification.</summary>
    /// <param name="attempt">Tries once.</param>
    /// <param name="order">Which others must not pass it, nor be passed by it; null: all may.</param>
    public void Post(Func<Task<NotificationOutcome>> attempt, NoticeOrder? order = null)
    {
        lock (_lock)
        {
            if (_waiting.Count >= Limit)
            {
                if (_dropped++ == 0 && _toldDrops is null) log.NotificationsAreDropped(jail, action, Limit);
                _toldDrops ??= lanes.Time.GetTimestamp();
                if (lanes.Time.GetElapsedTime(_toldDrops.Value) >= TellingPace) TellDrops();
                return;
            }

            _waiting.AddLast(new Notice(attempt, order, lanes.Time.GetTimestamp()));
            if (!Idle.IsCompleted) return;
            lanes.Began(this);
            Idle = Task.Run(RunAsync);
        }
    }

    private async Task RunAsync()
    {
        while (Next() is { } notice)
        {
            NotificationOutcome outcome = await lanes.AttemptAsync(() => GuardedAsync(notice)).ConfigureAwait(false);
            if (outcome != NotificationOutcome.Failed)
            {
                _failures = 0;
                continue;
            }

            if (lanes.IsEnding)
            {
                Drop([notice]);
                continue;
            }

            notice.Attempts++;
            TimeSpan pause = TimeSpan.FromSeconds(Math.Min(Math.Pow(2, ++_failures), LongestPause.TotalSeconds));
            int waiting = KeepForLater(notice);
            if (waiting == 0) continue;
            log.NotificationRepeated(jail, action, pause, waiting);
            await lanes.PauseAsync(pause).ConfigureAwait(false);
        }
    }

    private Notice? Next()
    {
        lock (_lock)
        {
            if (_waiting.First is { } first)
            {
                _waiting.RemoveFirst();
                return first.Value;
            }

            if (_dropped > 0) TellDrops();
            _toldDrops = null;
            lanes.Ended(this);
            Idle = Task.CompletedTask;
            return null;
        }
    }

    // Gives up what is too old; returns how many remain.
    private int KeepForLater(Notice notice)
    {
        int old = 0;
        lock (_lock)
        {
            LinkedListNode<Notice>? next = _waiting.First;
            while (next is not null && notice.Attempts >= AttemptsInOrder && !NoticeOrder.IsBound(notice.Order, next.Value.Order)) next = next.Next;
            if (next is null) _waiting.AddLast(notice);
            else _waiting.AddBefore(next, notice);
            for (LinkedListNode<Notice>? node = _waiting.First; node is not null; node = next)
            {
                next = node.Next;
                if (lanes.Time.GetElapsedTime(node.Value.PostedAt) < LongestTrying) continue;
                _waiting.Remove(node);
                old++;
            }

            if (old > 0) log.NotificationsGivenUp(jail, action, old, LongestTrying);
            return _waiting.Count;
        }
    }

    private async Task<NotificationOutcome> GuardedAsync(Notice notice)
    {
        try
        {
            return await notice.Attempt().ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            // The border of the lane: what nobody foresaw must not end it.
            log.LaneFault(jail, fault);
            return NotificationOutcome.Refused;
        }
    }

    // At the server's end, with what waits behind it where there is no time left at all.
    private void Drop(IEnumerable<Notice> notices)
    {
        lock (_lock)
        {
            int count = notices.Count();
            if (lanes.Stopping.IsCancellationRequested)
            {
                count += _waiting.Count;
                _waiting.Clear();
            }

            log.NotificationsLostAtEnd(jail, action, count);
        }
    }

    private void TellDrops()
    {
        log.NotificationsDropped(jail, action, _dropped);
        _dropped = 0;
        _toldDrops = lanes.Time.GetTimestamp();
    }

    private sealed class Notice(Func<Task<NotificationOutcome>> attempt, NoticeOrder? order, long postedAt)
    {
        public Func<Task<NotificationOutcome>> Attempt => attempt;

        public NoticeOrder? Order => order;

        public long PostedAt => postedAt;

        public int Attempts { get; set; }
    }
}
