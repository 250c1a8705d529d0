using Fail2Ban.Enforcement.Actions;
using Fail2Ban.Tracking.Bans;

namespace Fail2Ban.Enforcement.Mail;

/// <summary>The stock action <c>smtp.py</c>: a mail at each start and stop of a jail, and for each ban.</summary>
internal sealed class MailAction : JailAction, IActionOperations
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ActionContext _context;
    private readonly Enforcer _enforcer;
    private volatile MailSettings _settings;

    public MailAction(string name, MailSettings settings, ActionContext context, Enforcer enforcer) : base(name)
    {
        _context = context;
        _enforcer = enforcer;
        _settings = settings;
    }

    internal override IActionOperations Operations => this;

    internal override bool IsNotification => true;

    internal override bool SkipsRestored => _settings.SkipsRestored;

    internal override bool HasUnban => false;

    internal override bool HasFlush => false;

    public override Task<IReadOnlyList<string>> GetPropertyNamesAsync() => Task.FromResult(MailSettings.Properties);

    public override Task<IReadOnlyList<string>> GetMethodNamesAsync() => Task.FromResult<IReadOnlyList<string>>(["ban", "reban", "start", "stop", "unban"]);

    public override Task<ActionAnswer> GetAsync(string property) => Task.FromResult(_settings.TryGet(property, out object? value)
        ? new ActionAnswer(value) : ActionAnswer.Failed("AttributeError", $"'SMTPAction' object has no attribute '{property}'"));

    public override Task<ActionAnswer> SetAsync(string property, object? value)
    {
        MailSettings settings = _settings.With(property, value, out string error);
        if (error.Length > 0) return Task.FromResult(ActionAnswer.Failed("ValueError", error));
        _settings = settings;
        return Task.FromResult(new ActionAnswer(settings.TryGet(property, out object? now) ? now : value));
    }

    public Task<string?> StartAsync() => SendAsync("started", "has been started successfully");

    public Task<string?> StopAsync() => SendAsync("stopped", "has been stopped");

    public Task<string?> ReloadAsync() => Task.FromResult<string?>(null);

    public Task<string?> FlushAsync() => Task.FromResult<string?>(null);

    public async Task<string?> ExecuteAsync(BanVerb verb, Ban ban)
    {
        if (verb is not (BanVerb.Ban or BanVerb.Reban)) return null;
        MailSettings settings = _settings;
        string text = MailMessage.AboutBan(_context.Jail, _context.BanTime().Seconds, settings.Matches);
        text = await BanTags.ExpandAsync(text, _context, ban).ConfigureAwait(false);
        return await SendAsync(settings, $"[Fail2Ban] {_context.Jail}: banned {ban.Ticket.Address ?? ban.Ticket.Id} from {ActionContext.ShortHostName()}", text).ConfigureAwait(false);
    }

    internal override bool CanTakeOver(JailAction wanted) => wanted is MailAction;

    internal override void TakeOver(JailAction wanted) => _settings = ((MailAction)wanted)._settings;

    internal override JailAction CopyFor(ActionContext context, Enforcer enforcer) => new MailAction(Name, _settings, context, enforcer);

    private Task<string?> SendAsync(string done, string what) =>
        SendAsync(_settings, $"[Fail2Ban] {_context.Jail}: {done} on {ActionContext.ShortHostName()}", MailMessage.AboutJail(_context.Jail, what));

    private async Task<string?> SendAsync(MailSettings settings, string subject, string text)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(_enforcer.Notifications.Stopping);
        stop.CancelAfter(Patience);
        try
        {
            IReadOnlyList<string> refused = await MailTransport.SendAsync(settings, MailMessage.Make(settings, subject, text, _enforcer.Time.GetUtcNow()), stop.Token).ConfigureAwait(false);
            if (refused.Count > 0) _enforcer.Log.RecipientsRefused(_context.Jail, Name, string.Join("; ", refused));
            return null;
        }
        catch (MailException error)
        {
            return error.Message;
        }
    }
}
