using Fail2Ban.Addresses;
using Fail2Ban.Addresses.Origins;
using Fail2Ban.Detection.Matching;
using Fail2Ban.Jails;
using Fail2Ban.Logging;
using Fail2Ban.Values;

namespace Fail2Ban.Control.Commands;

/// <summary>Turns requests into answers: the server's side of every command.</summary>
/// <remarks>
/// Thread safety: any thread. Commands that add, stop or reload jails are done one at a time; a command about one jail
/// is done in that jail's loop, so that a slow jail delays nobody else.
/// </remarks>
public sealed class CommandDispatcher : IDisposable
{
    private readonly JailSet _jails;
    private readonly ServerLog _serverLog;
    private readonly TimeProvider _time;
    private readonly Func<Task> _stop;
    private readonly Log _log;
    private readonly Log _server;
    private readonly ServerSettings _settings;
    private readonly JailFaults _faults = new();
    private readonly JailLifecycle _lifecycle;

    /// <summary>The server's commands.</summary>
    /// <param name="jails">The jails.</param>
    /// <param name="log">The log, for the commands that change it.</param>
    /// <param name="time">For <c>sleep</c>.</param>
    /// <param name="stop">Ends the server; complete when all bans are out of force, so that the client is answered then.</param>
    /// <param name="signs">Told when the configuration changes; null for nobody.</param>
    public CommandDispatcher(JailSet jails, ServerLog log, TimeProvider time, Func<Task> stop, LifeSigns? signs = null)
    {
        _jails = jails;
        _serverLog = log;
        _time = time;
        _stop = stop;
        _log = new Log(log, CommandSentences.TransmitterLogger);
        _server = new Log(log, CommandSentences.ServerLogger);
        _settings = new ServerSettings(jails, log);
        _lifecycle = new JailLifecycle(jails, _server, new ConfigurationStream(_settings, _server, DoAsync), _faults, signs ?? LifeSigns.None);
    }

    /// <summary>Answers one request: <c>(0, result)</c>, or <c>(1, exception)</c>, which is also logged.</summary>
    public async ValueTask<object?> AnswerAsync(object? request)
    {
        _log.Received(request);
        try
        {
            if (request is not (List<object?> or PythonTuple) || request is not IReadOnlyList<object?> { Count: > 0 } words)
                throw CommandException.Plain("Invalid command");
            return new PythonTuple(0L, await DoAsync(new CommandWords(words), null));
        }
        catch (Exception error)
        {
            PythonError answer = Describe(error);
            _log.Failed(request, answer);
            return new PythonTuple(1L, answer);
        }
    }

    /// <summary>The exception that the original would have raised.</summary>
    internal static PythonError Describe(Exception error) => error switch
    {
        CommandException command => command.Error,
        FilterException filter => new PythonError(filter.InnerException is null ? "ValueError" : "RegexException", filter.Message),
        _ => new PythonError("Exception", $"internal error: {error.GetType().Name}: {error.Message}"),
    };

    /// <summary>Ends all jails, also those that a configuration under way would still make.</summary>
    public Task CloseAsync() => _lifecycle.CloseAsync();

    /// <summary>Ends nothing but the dispatcher.</summary>
    public void Dispose() => _lifecycle.Dispose();

    // In a stream, commands about jails are about its drafts.
    private async Task<object?> DoAsync(CommandWords words, StreamDraft? draft)
    {
        string verb = words.Text(0);
        switch (verb)
        {
            case "ping": return "pong";
            case "version": return Release.Compatible;
            case "server-status": return "Server ready";
            case "echo": return Enumerable.Range(1, words.Count - 1).Select(i => words[i]).ToList();
            case "sleep":
                await Task.Delay(words.Seconds(1), _time);
                return null;
            case "flushlogs": return _serverLog.Flush();
            case "config-error":
                _server.ConfigurationError(words.Text(1));
                return null;
            case "status": return await StatusAsync(words.After(1));
            case "stats" or "statistic" or "statistics": return await StatisticsAsync();
            case "banned": return await BannedAsync(words.After(1));
            case "unban": return await UnbanAsync(words.After(1));
            case "get": return await GetAsync(words.After(1));
            case "set" or "multi-set": return await SetAsync(words.After(1), verb == "multi-set", draft);
            case "add" or "start" or "stop" or "reload" or "server-stream" when draft is not null: return _lifecycle.Note(verb, words.After(1), draft);
            case "stop" when words.Count == 1:
                await _stop();
                return null;
            case "add" or "start" or "stop" or "reload" or "server-stream": return await _lifecycle.DoAsync(verb, words.After(1));
            default: throw CommandException.Plain("Invalid command");
        }
    }

    private async Task<object?> StatusAsync(CommandWords words)
    {
        if (words.Count == 0) return StatusAnswers.OfServer(_jails);
        if (words.Count > 2) throw CommandException.Plain("Invalid command (no status)");
        string flavor = words.Count > 1 ? words.Text(1) : "basic";
        if (flavor is not ("basic" or "short" or "stats" or "cymru"))
        {
            _server.UnknownFlavor(flavor);
            flavor = "basic";
        }

        if (words.Text(0) != "--all") return await OfJailAsync(Find(words.Text(0)), flavor);
        var each = new PythonDict();
        foreach (Jail jail in _jails.All) each[jail.Name] = await OfJailAsync(jail, flavor);
        return new List<object?>(StatusAnswers.OfServer(_jails)) { each };
    }

    // Questions to DNS take their time: they are asked here and not in the jail's loop.
    private async Task<object?> OfJailAsync(Jail jail, string flavor)
    {
        object? state = await StatusAnswers.OfJailAsync(jail, flavor);
        if (flavor != "cymru") return state;
        IReadOnlyList<FailureId> banned = await jail.InvokeAsync(static found => found.Bans.Manager.IdsInBanOrder().ToArray());
        return StatusAnswers.WithOrigins(state, await AddressOrigins.FindAsync(banned, new Log(_serverLog, DnsLog.Name), _time));
    }

    private async Task<object?> StatisticsAsync()
    {
        var each = new PythonDict();
        foreach (Jail jail in _jails.All) each[jail.Name] = await StatusAnswers.OfJailAsync(jail, "stats");
        return each;
    }

    private async Task<object?> BannedAsync(CommandWords words)
    {
        var perJail = new List<(string Jail, List<object?> Ids)>();
        foreach (Jail jail in _jails.All) perJail.Add((jail.Name, await jail.InvokeAsync(StatusAnswers.Ids)));
        if (words.Count == 0) return perJail.Select(one => (object?)new PythonDict { [one.Jail] = one.Ids }).ToList();
        return words.Texts().Select(id => (object?)perJail
            .Where(one => one.Ids.Exists(banned => PythonText.Str(banned) == FailureId.Parse(id).ToString()))
            .Select(one => (object?)one.Jail).ToList()).ToList();
    }

    private async Task<object?> UnbanAsync(CommandWords words)
    {
        if (words.Count == 0) throw CommandException.Plain("Invalid command");
        bool all = words.Count == 1 && words.Text(0) == "--all";
        long count = 0;
        foreach (Jail jail in _jails.All) count += all ? await jail.UnbanAllAsync() : (await jail.UnbanAsync(words.Texts())).Count;
        return count;
    }

    private async Task<object?> GetAsync(CommandWords words)
    {
        string name = words.Text(0);
        if (ServerSettings.Knows(name) && name != "allowipv6") return _settings.Get(name);
        string setting = words.Text(1);
        Jail jail = Find(name);
        if (setting is "actions" or "action" or "actionproperties" or "actionmethods") return await ActionCommands.GetAsync(jail, setting, words.After(2));
        return await jail.InvokeAsync(found => JailSettings.Get(found, setting, words.After(2)));
    }

    private async Task<object?> SetAsync(CommandWords words, bool multiple, StreamDraft? draft)
    {
        string name = words.Text(0);
        if (ServerSettings.Knows(name)) return await _settings.SetAsync(name, words.After(1));
        string setting = words.Text(1);
        Jail jail = draft?.Find(name) ?? Find(name);
        return await jail.InvokeAsync(found => JailSettings.SetAsync(found, setting, words.After(2), multiple, draft is not null, _log));
    }

    private Jail Find(string name) => _jails.Find(name) ?? throw _faults.Unknown(name);
}
