using Fail2Ban.Enforcement.Python;
using Fail2Ban.Tracking.Bans;
using Fail2Ban.Values;

namespace Fail2Ban.Enforcement.Actions;

/// <summary>What happens to actions while the jail works.</summary>
public sealed partial class JailActions
{
    /// <summary>Puts the actions into the order of a list of names, since they ban in order; others follow as they were.</summary>
    public void Arrange(IReadOnlyList<string> names)
    {
        lock (_lock)
        {
            _actions = [.. _actions.OrderBy(Place)];
            _ = PostAsync(() =>
            {
                WorkingAction[] ordered = [.. _working.OrderBy(working => Place(working.Action))];
                _working.Clear();
                _working.AddRange(ordered);
                return Task.CompletedTask;
            });
        }

        int Place(JailAction action)
        {
            int place = 0;
            while (place < names.Count && names[place] != action.Name) place++;
            return place;
        }
    }

    /// <summary>Starts an action that was added while the jail works, and gives it the bans in force.</summary>
    /// <param name="action">Added before.</param>
    /// <param name="bans">Every ban in force when it was added, oldest first.</param>
    public Task StartAsync(JailAction action, IReadOnlyList<Ban> bans) => PostAsync(async () =>
    {
        if (_working.Find(item => item.Action == action) is not { } working) return;
        await StartAsync(working).ConfigureAwait(false);
        foreach (Ban ban in bans)
        {
            if (IsFull) await AnswersAsync().ConfigureAwait(false);
            await DoAsync(working, BanVerb.Ban, ban).ConfigureAwait(false);
        }

        await AnswersAsync().ConfigureAwait(false);
    });

    /// <summary>Starts, stops, flushes or reloads one action by hand.</summary>
    /// <param name="action">Of this jail.</param>
    /// <param name="method">One of <c>start</c>, <c>stop</c>, <c>flush</c> and <c>reload</c>.</param>
    /// <returns>Whether its commands succeeded; what failed is logged.</returns>
    public async Task<bool> CallAsync(JailAction action, string method)
    {
        bool succeeded = false;
        await PostAsync(async () =>
        {
            if (_working.Find(item => item.Action == action) is not { } working) return;
            succeeded = true;
            await (method switch
            {
                "start" => working.DoAsync(operations => operations.StartAsync(), error => Failed(() => _enforcer.JailLog.StartFailed(_context.Jail, action.Name, error))),
                "stop" => working.DoAsync(operations => operations.StopAsync(), error => Failed(() => _enforcer.JailLog.StopFailed(_context.Jail, action.Name, error))),
                "flush" => working.DoAsync(operations => operations.FlushAsync(), error => Failed(() => FlushFailed(action, error))),
                _ => working.DoAsync(operations => operations.ReloadAsync(), error => Failed(() => _enforcer.JailLog.ReloadFailed(_context.Jail, action.Name, error))),
            }).ConfigureAwait(false);
        }).ConfigureAwait(false);
        return succeeded;

        void Failed(Action tell)
        {
            succeeded = false;
            tell();
        }
    }

    /// <summary>Calls a method of a Python action, in its order among what the action does otherwise.</summary>
    /// <param name="action">Of this jail.</param>
    /// <param name="method">Any that the object has.</param>
    /// <param name="options">Its keyword arguments.</param>
    public async Task<ActionAnswer> CallAsync(JailAction action, string method, PythonDict options)
    {
        if (action is not PythonAction python) return ActionAnswer.Failed("TypeError", $"action {action.Name} is not written in Python");
        ActionAnswer answer = ActionAnswer.Failed("KeyError", $"Invalid Action name: {action.Name}");
        await PostAsync(async () =>
        {
            if (_working.Exists(item => item.Action == action)) answer = await python.CallAsync(method, options).ConfigureAwait(false);
        }).ConfigureAwait(false);
        return answer;
    }

    private Task StartAsync(WorkingAction working) => working.DoAsync(operations => operations.StartAsync(),
        error => _enforcer.JailLog.StartFailed(_context.Jail, working.Action.Name, error));
}
