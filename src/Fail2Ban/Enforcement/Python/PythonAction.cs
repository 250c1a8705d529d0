using Fail2Ban.Enforcement.Actions;
using Fail2Ban.Tracking.Bans;
using Fail2Ban.Values;

namespace Fail2Ban.Enforcement.Python;

/// <summary>An action that is a class in a file of Python; it lives in a process of its own.</summary>
internal sealed class PythonAction : JailAction, IActionOperations, IDisposable
{
    private readonly string _file;
    private readonly ActionContext _context;
    private readonly Enforcer _enforcer;
    private readonly PythonProcess _process;
    private readonly Lock _lock = new();
    private readonly List<(string Name, object? Value)> _assigned = []; // guarded by _lock
    private PythonDict _options;
    private volatile PythonDict _nature = [];
    private volatile bool _isStarted;

    private PythonAction(string name, string file, PythonDict options, ActionContext context, Enforcer enforcer) : base(name)
    {
        _file = file;
        _options = options;
        _context = context;
        _enforcer = enforcer;
        _process = new PythonProcess(file, $"{context.Jail}/{name}", Making, enforcer);
    }

    /// <summary>Makes the action: loads the file and calls the class with the options.</summary>
    /// <returns>The action, or the exception that loading or the class raised.</returns>
    public static async Task<(PythonAction? Action, PythonError? Error)> MakeAsync(
        string name, string file, PythonDict options, ActionContext context, Enforcer enforcer)
    {
        var action = new PythonAction(name, file, options, context, enforcer);
        PythonReply reply = await action.AskAsync("names", new PythonDict { ["callable"] = true }).ConfigureAwait(false);
        if (reply.Error is null) return (action, null);
        await action.EndAsync().ConfigureAwait(false);
        return (null, reply.Error);
    }

    internal override IActionOperations Operations => this;

    // The same rule as for commands: what has nothing to take back only tells others.
    internal override bool IsNotification => Is("norestored") || (!Is("unban") && !Is("flush"));

    internal override bool SkipsRestored => Is("norestored");

    internal override bool HasUnban => Is("unban");

    internal override bool HasFlush => Is("flush");

    public override async Task<IReadOnlyList<string>> GetPropertyNamesAsync() => Names(await AskAsync("names", new PythonDict { ["callable"] = false }).ConfigureAwait(false));

    public override async Task<IReadOnlyList<string>> GetMethodNamesAsync() => Names(await AskAsync("names", new PythonDict { ["callable"] = true }).ConfigureAwait(false));

    public override async Task<ActionAnswer> GetAsync(string property) => Answer(await AskAsync("get", new PythonDict { ["name"] = property }).ConfigureAwait(false));

    public override async Task<ActionAnswer> SetAsync(string property, object? value)
    {
        PythonReply reply = await AskAsync("set", new PythonDict { ["name"] = property, ["value"] = value }).ConfigureAwait(false);
        if (reply.Value is not List<object?> { Count: 2 } done) return Answer(reply);
        lock (_lock) _assigned.Add((property, value));
        if (done[1] is PythonDict nature) _nature = nature;
        return new ActionAnswer(done[0]);
    }

    /// <summary>Calls any method of the object.</summary>
    /// <param name="method">Its name.</param>
    /// <param name="options">Its keyword arguments.</param>
    public async Task<ActionAnswer> CallAsync(string method, PythonDict options) => Answer(await AskAsync("call", Call(method, options)).ConfigureAwait(false));

    public async Task<string?> StartAsync()
    {
        string? error = await DoAsync("start").ConfigureAwait(false);
        _isStarted = true;
        return error;
    }

    public Task<string?> StopAsync()
    {
        _isStarted = false;
        return DoAsync("stop");
    }

    public async Task<string?> ReloadAsync()
    {
        if (!Is("reload")) return null;
        return (await AskAsync("call", Call("reload", _options)).ConfigureAwait(false)).Error?.Message;
    }

    // What answers no truth has not flushed: each ban is then ended by itself.
    public async Task<string?> FlushAsync()
    {
        PythonReply reply = await AskAsync("call", Call("flush", [])).ConfigureAwait(false);
        return reply.Error?.Message ?? (IsTrue(reply.Value) ? null : "");
    }

    public async Task<string?> ExecuteAsync(BanVerb verb, Ban ban)
    {
        if (verb == BanVerb.Extend || (verb == BanVerb.Prolong && !Is("prolong"))) return null;
        PythonDict request = Call(verb switch { BanVerb.Ban => "ban", BanVerb.Reban => "reban", BanVerb.Prolong => "prolong", _ => "unban" }, []);
        var info = new BanInfo(_context, ban);
        request["info"] = info.ToDict();
        return (await AskAsync("call", request, info.AskAsync).ConfigureAwait(false)).Error?.Message;
    }

    internal override bool CanTakeOver(JailAction wanted) => wanted is PythonAction other && other._file == _file && (Is("reload") || PythonText.Repr(other._options) == PythonText.Repr(_options));

    internal override void TakeOver(JailAction wanted) => _options = ((PythonAction)wanted)._options;

    internal override JailAction CopyFor(ActionContext context, Enforcer enforcer) => new PythonAction(Name, _file, _options, context, enforcer) { _nature = _nature };

    internal override Task EndAsync()
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose() => _process.Dispose();

    private bool Is(string trait) => _nature.TryGetValue(trait, out object? value) && value is true;

    private async Task<string?> DoAsync(string method) => (await AskAsync("call", Call(method, [])).ConfigureAwait(false)).Error?.Message;

    private static PythonDict Call(string method, PythonDict options) => new() { ["method"] = method, ["options"] = options };

    private Task<PythonReply> AskAsync(string what, PythonDict details, Func<string, Task<object?>>? ask = null)
    {
        var request = new PythonRequest(what, details);
        if (ask is not null) request = request with { Ask = ask };
        details["jail"] = JailFacts();
        return _process.AskAsync(request);
    }

    // The object, then what was assigned to it since, and its start if it was started in the process before.
    private List<PythonRequest> Making()
    {
        var make = new PythonRequest("make", new PythonDict { ["file"] = _file, ["name"] = Name, ["options"] = _options, ["jail"] = JailFacts() })
        {
            Made = nature => _nature = nature as PythonDict ?? _nature,
        };
        List<PythonRequest> steps = [make];
        lock (_lock) steps.AddRange(_assigned.Select(pair => new PythonRequest("set", new PythonDict { ["name"] = pair.Name, ["value"] = pair.Value, ["jail"] = JailFacts() })));
        if (_isStarted) steps.Add(new PythonRequest("call", Started()));
        return steps;

        PythonDict Started()
        {
            PythonDict call = Call("start", []);
            call["jail"] = JailFacts();
            return call;
        }
    }

    private PythonDict JailFacts()
    {
        JailCounters counters = _context.Counters();
        return new PythonDict
        {
            ["name"] = _context.Jail,
            ["bantime"] = PythonNumber.Of(_context.BanTime().Seconds),
            ["banned"] = counters.Banned,
            ["banned_total"] = counters.BannedTotal,
            ["found"] = counters.Found,
            ["found_total"] = counters.FoundTotal,
        };
    }

    private static IReadOnlyList<string> Names(PythonReply reply) => reply.Value is List<object?> names ? [.. names.Select(PythonText.Str)] : [];

    private static ActionAnswer Answer(PythonReply reply) => new(reply.Value, reply.Error);

    private static bool IsTrue(object? value) => value switch
    {
        null or false or "" or 0L or 0.0 => false,
        List<object?> list => list.Count > 0,
        PythonDict dict => dict.Count > 0,
        _ => true,
    };
}
