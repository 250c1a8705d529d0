using System.Collections.Concurrent;
using Fail2Ban.Addresses;
using Fail2Ban.Enforcement.Firewall;
using Fail2Ban.Logging;
using Fail2Ban.Processes;
using Fail2Ban.Tags;
using Fail2Ban.Tracking.Bans;

namespace Fail2Ban.Enforcement.Actions;

/// <summary>What an action does: start, stop, ban, unban …, for each family apart, on demand or at once.</summary>
/// <remarks>
/// Owned by one lane: the jail's, or for a notification its own. Every operation returns null, or the sentence about its
/// failure; it never throws for what a command does.
/// </remarks>
internal sealed partial class ActionOperations(CommandAction action, ActionContext context, Enforcer enforcer) : IActionOperations
{
    private readonly ConcurrentDictionary<string, FamilyState> _families = new();

    /// <summary>The action.</summary>
    public CommandAction Action => action;

    /// <summary>Whether something is left to take back.</summary>
    public bool HasItems => _families.Values.Any(state => state.HasItems);

    private ActionProperties Properties => action.Properties;

    private Log Log => enforcer.Log;

    private bool IsOnDemand => Properties.Traits.IsOnDemand;

    /// <summary>Runs <c>actionstart</c> for every family, unless it waits for the first ban.</summary>
    public async Task<string?> StartAsync()
    {
        if (IsOnDemand) return null;
        var done = new Dictionary<string, string?>(); // how each command went: families may share one
        foreach (string family in Families())
        {
            string command = Properties.Command("actionstart", family).Text;
            if (!done.TryGetValue(command, out string? error)) done.Add(command, await StartAsync(family).ConfigureAwait(false));
            else if (error is null) State(family).IsStarted = true;
        }

        return done.Values.FirstOrDefault(static error => error is not null);
    }

    /// <summary>Runs <c>actionstop</c> for every family that is started.</summary>
    public async Task<string?> StopAsync()
    {
        string? error = await OnceEachAsync("actionstop", "stopping", static state => state.IsStarted).ConfigureAwait(false);
        _families.Clear();
        _missing.Clear();
        return error;
    }

    /// <summary>Runs <c>actionreload</c> for every family that is started.</summary>
    public Task<string?> ReloadAsync() => OnceEachAsync("actionreload", "reloading", static state => state.IsStarted);

    /// <summary>Runs <c>actionflush</c> for every family that has items; nothing is left then.</summary>
    public async Task<string?> FlushAsync()
    {
        if (!action.HasFlush) return null; // by hand: the bans stay, and are still to be taken back
        string? error = await OnceEachAsync("actionflush", "flushing", static state => state.HasItems).ConfigureAwait(false);
        if (error is not null) return error;
        foreach (FamilyState state in _families.Values)
        {
            state.HasItems = state.HasLost = false;
            state.Networks.Clear();
        }

        _missing.Clear();
        return null;
    }

    /// <summary>Whether the action must be started before it can do this.</summary>
    public bool NeedsStart(BanVerb verb, Ban ban) => verb is BanVerb.Ban or BanVerb.Reban && FamilyOf(ban) is var family
        && (IsOnDemand || Properties.Traits.NetworkFamilies.Contains(family)) && !State(family).IsStarted;

    /// <summary>Does it by the shell, with a second attempt.</summary>
    public async Task<string?> ExecuteAsync(BanVerb verb, Ban ban)
    {
        string family = FamilyOf(ban);
        if (!Applies(verb, family)) return null;
        if (NeedsStart(verb, ban) && await StartAsync(family).ConfigureAwait(false) is { } error) return error;

        ActionCommand command = CommandOf(verb, family);
        bool succeeded = await RunAsync(command, ban, family).ConfigureAwait(false);
        if (!succeeded && !action.IsNotification)
        {
            if (Properties.Defines("actioncheck") && !await CheckAsync(family, verb == BanVerb.Unban).ConfigureAwait(false)) return Failure(verb, ban);
            succeeded = await RunAsync(command, ban, family).ConfigureAwait(false);
        }

        if (!succeeded) return Failure(verb, ban);
        _missing.Remove(ban.Ticket.Id);
        return null;
    }

    // Also notes that the family now has something to take back, even if the attempt should fail half-way.
    private bool Applies(BanVerb verb, string family)
    {
        FamilyState state = State(family);
        switch (verb)
        {
            case BanVerb.Unban: return state.HasItems;
            case BanVerb.Prolong: return Properties.Defines("actionprolong");
            case BanVerb.Extend: return false;
            default:
                state.HasItems = true;
                return true;
        }
    }

    private ActionCommand CommandOf(BanVerb verb, string family) => verb switch
    {
        BanVerb.Unban => Properties.Command("actionunban", family),
        BanVerb.Prolong => Properties.Command("actionprolong", family),
        BanVerb.Reban when Properties.Defines("actionreban") => Properties.Command("actionreban", family),
        _ => Properties.Command("actionban", family),
    };

    private static string Failure(BanVerb verb, Ban ban) => verb switch
    {
        BanVerb.Unban => "Error unbanning ",
        BanVerb.Prolong => "Error prolonging ",
        _ => "Error banning ",
    } + (ban.Ticket.Address ?? ban.Ticket.Id);

    private async Task<string?> StartAsync(string family)
    {
        if (Properties.Flag("takeover") != true) await ClearLeftoverAsync(family).ConfigureAwait(false);
        if (!await RunAsync(Properties.Command("actionstart", family), null, family).ConfigureAwait(false)) return ScriptError("starting");
        FamilyState state = State(family);
        state.IsStarted = true;
        state.Networks.Clear();
        return null;
    }

    private async Task<string?> OnceEachAsync(string name, string doing, Func<FamilyState, bool> applies)
    {
        var done = new HashSet<string>();
        string? error = null;
        foreach ((string family, FamilyState state) in _families.OrderBy(item => item.Key, StringComparer.Ordinal))
        {
            if (!applies(state)) continue;
            ActionCommand command = Properties.Command(name, family);
            if (done.Add(command.Text) && !await RunAsync(command, null, family).ConfigureAwait(false)) error ??= ScriptError(doing);
        }

        return error;
    }

    private async Task<bool> RunAsync(ActionCommand command, Ban? ban, string family)
    {
        if (command.Error is not null)
        {
            Log.Write(LogLevel.Error, $"{context.Jail}/{action.Name}: {command.Error}");
            return false;
        }

        if (command.IsBlank) return true;
        ShellText text = await BanTags.ReplaceAsync(command.Text, context, ban, family, enforcer.Time.GetUtcNow()).ConfigureAwait(false);
        var shell = new ShellCommand(text.Text, text.Arguments) { Timeout = Properties.Timeout };
        ShellResult result = await (action.IsNotification ? enforcer.RunBesideAsync(shell) : enforcer.RunAloneAsync(shell)).ConfigureAwait(false);
        return result.Succeeded;
    }

    private string ScriptError(string doing) => $"Error {doing} action {context.Jail}/{action.Name}: 'Script error'";

    private string[] Families()
    {
        ActionTraits traits = Properties.Traits;
        return traits.Families.Length > 0 ? traits.Families
            : !traits.IsConditional ? [""]
            : context.IPv6Allowed() ? ["inet4", "inet6"] : ["inet4"];
    }

    private string FamilyOf(Ban ban)
    {
        ActionTraits traits = Properties.Traits;
        if (traits.Families.Length == 0 && !traits.IsConditional) return "";
        FailureId subject = ban.Ticket.Address ?? ban.Ticket.Id;
        string family = subject.Family ?? "";
        if (traits.NetworkFamilies.Length == 0 || subject.Range is not { IsSingle: false }) return family;
        return Array.Find(traits.NetworkFamilies, name => name.Length == family.Length + ActionTraits.OfNetworks.Length && name.StartsWith(family, StringComparison.Ordinal)) ?? family;
    }

    private FamilyState State(string family) => _families.GetOrAdd(family, static _ => new FamilyState());

    private sealed class FamilyState
    {
        public bool IsStarted { get; set; }

        public bool HasItems { get; set; }

        /// <summary>Whether what was banned is lost, since a repair has failed.</summary>
        public bool HasLost { get; set; }

        /// <summary>What is banned, where the family is one of networks.</summary>
        public NetworkCover Networks { get; } = new();

        /// <summary>When the last start on demand failed; null after one that went well.</summary>
        public long? FailedAt { get; set; }
    }
}
