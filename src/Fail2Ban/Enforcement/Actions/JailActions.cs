using System.Collections.Immutable;
using System.Threading.Channels;
using Fail2Ban.Enforcement.Mail;
using Fail2Ban.Enforcement.Python;
using Fail2Ban.Tracking.Bans;
using Fail2Ban.Values;

namespace Fail2Ban.Enforcement.Actions;

/// <summary>The ordered actions of one jail, and its lane: what was asked for is done in order, one after the other.</summary>
/// <remarks>
/// Thread safety: any thread may call; order is that of the calls. Each returned task ends when the enforcement actions
/// have done it (notifications go on by themselves) and never faults for what an action does: failures are logged.
/// It may be dropped: nobody has to wait.
/// </remarks>
public sealed partial class JailActions
{
    private readonly ActionContext _context;
    private readonly Enforcer _enforcer;
    private readonly Lock _lock = new();
    private readonly Channel<LaneItem> _lane = Channel.CreateUnbounded<LaneItem>(new UnboundedChannelOptions { SingleReader = true });
    private ImmutableArray<JailAction> _actions = []; // as configured; what the lane works with follows in order

    /// <summary>A jail without actions.</summary>
    public JailActions(ActionContext context, Enforcer enforcer)
    {
        _context = context;
        _enforcer = enforcer;
        _enforcer.LayoutLost += CheckLost;
        _ = Task.Run(LaneAsync);
    }

    /// <summary>The actions in configuration order.</summary>
    public IReadOnlyList<JailAction> All => _actions;

    /// <summary>An action by its name, or null.</summary>
    public JailAction? Find(string name) => _actions.FirstOrDefault(action => action.Name == name);

    /// <summary>Adds an action of commands at the end; null where one of that name exists (<c>Action A already exists</c>).</summary>
    public CommandAction? Add(string name)
    {
        var action = new CommandAction(name, _context, _enforcer);
        return TryAdd(action) ? action : null;
    }

    /// <summary>Adds an action that a file of Python defines: the stock <c>smtp.py</c> is built in, any other runs in <c>python3</c>.</summary>
    /// <param name="name">The action's name.</param>
    /// <param name="file">The file.</param>
    /// <param name="options">Its parameters.</param>
    /// <returns>The exception that the original would have raised; null where it was added.</returns>
    public async Task<PythonError?> AddPythonAsync(string name, string file, PythonDict options)
    {
        if (Find(name) is not null) return Exists(name);
        JailAction action;
        if (StockMailFile.Is(file))
        {
            var settings = new MailSettings();
            foreach ((object parameter, object? value) in options)
            {
                string key = PythonText.Str(parameter);
                string error = MailSettings.Parameters.Contains(key) ? "" : $"smtp.py has no parameter {PythonText.Repr(key)}; it has {string.Join(", ", MailSettings.Parameters)}";
                if (error.Length == 0) settings = settings.With(key, value, out error);
                if (error.Length > 0) return new PythonError("TypeError", $"action {name}: {error}");
            }

            action = new MailAction(name, settings, _context, _enforcer);
        }
        else
        {
            (PythonAction? made, PythonError? error) = await PythonAction.MakeAsync(name, file, options, _context, _enforcer).ConfigureAwait(false);
            if (made is null) return error;
            action = made;
        }

        if (TryAdd(action)) return null;
        await action.EndAsync().ConfigureAwait(false);
        return Exists(name);
    }

    private static PythonError Exists(string name) => new("ValueError", $"Action {name} already exists");

    /// <summary>Adds an action that does what another one does; null where one of that name exists.</summary>
    public JailAction? AddLike(JailAction other)
    {
        JailAction action = other.CopyFor(_context, _enforcer);
        if (TryAdd(action)) return action;
        _ = action.EndAsync();
        return null;
    }

    /// <summary>Ends the action's bans, stops it and takes it out; false where there is none (<c>Invalid Action name: A</c>).</summary>
    public async Task<bool> RemoveAsync(string name)
    {
        Task done;
        lock (_lock)
        {
            if (Find(name) is not { } action) return false;
            _actions = _actions.Remove(action);
            done = PostAsync(async () =>
            {
                WorkingAction working = _working.Find(item => item.Action == action)!;
                await FlushAsync([working], await _context.Bans(int.MaxValue).ConfigureAwait(false)).ConfigureAwait(false);
                await StopAsync(working).ConfigureAwait(false);
                _working.Remove(working);
                EndWhenIdle(working);
            });
        }

        await done.ConfigureAwait(false);
        return true;
    }

    /// <summary>Starts all actions in order, except those that start on demand.</summary>
    public Task StartAsync() => PostAsync(async () =>
    {
        foreach (WorkingAction working in _working) await StartAsync(working).ConfigureAwait(false);
    });

    /// <summary>Stops all actions in reverse order. Bans in force are to be flushed before.</summary>
    public Task StopAsync() => PostAsync(async () =>
    {
        for (int i = _working.Count - 1; i >= 0; i--) await StopAsync(_working[i]).ConfigureAwait(false);
    });

    /// <summary>Takes over what a server that was killed has left in force; to be called before the restored bans.</summary>
    /// <param name="bans">The bans that go on; null: those in force when that is asked for.</param>
    /// <param name="isAfterCrash">Whether it is known that the server did not stop: then nothing is left that could be.</param>
    public Task TakeOverAsync(IReadOnlyList<Ban>? bans, bool isAfterCrash = false) => PostAsync(async () =>
    {
        foreach (WorkingAction working in _working)
        {
            if (working.Action is not CommandAction { Commands: { } commands }) continue;
            await commands.TakeOverAsync(bans).ConfigureAwait(false);
            if (isAfterCrash) await commands.ClearLeftoversAsync().ConfigureAwait(false);
        }
    });

    /// <summary>Bans, by every action in order (restored: not by those with <c>norestored</c>).</summary>
    public Task BanAsync(Ban ban) => PostAsync(BanVerb.Ban, ban);

    /// <summary>Ends a ban, by every action in order.</summary>
    public Task UnbanAsync(Ban ban) => PostAsync(BanVerb.Unban, ban);

    /// <summary>Tells the actions that define <c>actionprolong</c> that a ban now lasts longer.</summary>
    public Task ProlongAsync(Ban ban) => PostAsync(BanVerb.Prolong, ban);

    /// <summary>A ban lasts longer for another reason: no action is told, but where the kernel knows the end it is told the new one.</summary>
    public Task ExtendAsync(Ban ban) => PostAsync(BanVerb.Extend, ban);

    /// <summary>
    /// A banned id was seen again after more than 3 s: actions with <c>actioncheck</c> are checked (at most every 3 s)
    /// and those that were repaired since this ban get it again.
    /// </summary>
    public Task SeenAgainAsync(Ban ban) => PostAsync(async () =>
    {
        foreach (WorkingAction working in _working)
        {
            if (working.Enforcing is not { } commands) continue;
            if (await commands.SeenAgainAsync(ban).ConfigureAwait(false) is { } error)
                _enforcer.JailLog.ExecutionFailed("ban", _context.Jail, working.Action.Name, ban, error);
        }
    });

    /// <summary>Ends all these bans: by <c>actionflush</c> once per family where an action has it, one by one elsewhere.</summary>
    /// <param name="bans">Every ban in force.</param>
    public Task FlushAsync(IEnumerable<Ban> bans) => PostAsync(() => FlushAsync(_working, bans));

    /// <summary>Runs <c>actionreload</c> of an action for the families it is started for, after a reload of properties.</summary>
    public Task ReloadAsync(JailAction action) => PostAsync(async () =>
    {
        if (_working.Find(item => item.Action == action) is not { } working) return;
        await working.DoAsync(operations => operations.ReloadAsync(),
            error => _enforcer.JailLog.ReloadFailed(_context.Jail, action.Name, error)).ConfigureAwait(false);
    });

    /// <summary>Ends the lane when everything that was asked for is done. The last call.</summary>
    public Task EndAsync()
    {
        _enforcer.LayoutLost -= CheckLost;
        Task done = PostAsync(() =>
        {
            foreach (WorkingAction working in _working) EndWhenIdle(working);
            return Task.CompletedTask;
        });
        _lane.Writer.TryComplete();
        return done;
    }

    private void CheckLost(object finder)
    {
        if (finder == _context) return;
        _ = PostAsync(async () =>
        {
            foreach (WorkingAction working in _working)
                if (working.Enforcing is { } commands) await commands.CheckNowAsync(finder == Enforcer.MereDoubt).ConfigureAwait(false);
        });
    }

    private bool TryAdd(JailAction action)
    {
        lock (_lock)
        {
            if (Find(action.Name) is not null) return false;
            _actions = _actions.Add(action);
            _ = PostAsync(() =>
            {
                _working.Add(new WorkingAction(action, NotificationsOf(action)));
                return Task.CompletedTask;
            });
            return true;
        }
    }

    // What it still has to tell is told first.
    private static void EndWhenIdle(WorkingAction working) =>
        _ = working.Notifications.Idle.ContinueWith(_ => working.Action.EndAsync(), TaskScheduler.Default);

    private NotificationLane NotificationsOf(JailAction action) => new(_enforcer.Notifications, _enforcer.JailLog, _context.Jail, action.Name);
}
