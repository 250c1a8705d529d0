namespace Fail2Ban.Enforcement.Actions;

/// <summary>The notifications of one action, in order.</summary>
/// <remarks>Thread safety: any thread may post.</remarks>
internal sealed class NotificationLane(NotificationLanes lanes, Action<TimeSpan> sayRepeated, Action<int> sayDropped)
{
    /// <summary>How many may wait.</summary>
    public const int Limit = 1000;

    private static readonly TimeSpan[] Delays = [TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(30)];

    private readonly Lock _lock = new();
    private readonly Queue<Func<Task<bool>>> _waiting = [];
    private bool _isDropping;
    private bool _hasFailed; // the last one failed for good: the next gets one attempt only, or a dead mail server costs 32 s each

    /// <summary>Ends when nothing waits or runs.</summary>
    public Task Idle { get; private set; } = Task.CompletedTask;

    /// <summary>Queues a notification.</summary>
    /// <param name="attempt">Tries once; false where it failed.</param>
    public void Post(Func<Task<bool>> attempt)
    {
        lock (_lock)
        {
            if (_waiting.Count >= Limit)
            {
                if (!_isDropping) sayDropped(Limit);
                _isDropping = true;
                return;
            }

            _isDropping = false;
            _waiting.Enqueue(attempt);
            if (!Idle.IsCompleted) return;
            lanes.Began(this);
            Idle = Task.Run(RunAsync);
        }
    }

    private async Task RunAsync()
    {
        while (true)
        {
            Func<Task<bool>>? next;
            lock (_lock)
            {
                if (!_waiting.TryDequeue(out next))
                {
                    lanes.Ended(this);
                    Idle = Task.CompletedTask;
                    return;
                }
            }

            await TryAsync(next).ConfigureAwait(false);
        }
    }

    private async Task TryAsync(Func<Task<bool>> attempt)
    {
        for (int tries = 0; ; tries++)
        {
            bool succeeded = await lanes.AttemptAsync(attempt).ConfigureAwait(false);
            if (succeeded || _hasFailed || lanes.IsEnding || tries == Delays.Length)
            {
                _hasFailed = !succeeded;
                return;
            }

            sayRepeated(Delays[tries]);
            await lanes.PauseAsync(Delays[tries]).ConfigureAwait(false);
        }
    }
}
