using Fail2Ban.Addresses;

namespace Fail2Ban.Enforcement.Actions;

/// <summary>An action as the lane of its jail works with it.</summary>
/// <param name="Action">The action.</param>
/// <param name="Notifications">Its own lane, for as long as it is a notification.</param>
internal sealed record WorkingAction(JailAction Action, NotificationLane Notifications)
{
    /// <summary>Its commands, where it acts by commands and others wait for them; null otherwise.</summary>
    public ActionOperations? Enforcing => Action is CommandAction { IsNotification: false } command ? command.Commands : null;

    /// <summary>Does something now, or, for a notification, beside: it can then neither delay nor fail what follows.</summary>
    /// <param name="operation">Returns null or the sentence about its failure.</param>
    /// <param name="fail">Told that sentence.</param>
    /// <param name="id">Whom it is about; null: all.</param>
    public async Task DoAsync(Func<IActionOperations, Task<string?>> operation, Action<string> fail, FailureId? id = null)
    {
        if (Action.IsNotification) Notifications.Post(AttemptAsync, Action.HasUnban || Action.HasFlush ? new NoticeOrder(id) : null);
        else await AttemptAsync().ConfigureAwait(false);

        async Task<NotificationOutcome> AttemptAsync()
        {
            string? error = await operation(Action.Operations).ConfigureAwait(false);
            if (error is not null) fail(error);
            return error is null ? NotificationOutcome.Done : NotificationOutcome.Failed;
        }
    }
}
