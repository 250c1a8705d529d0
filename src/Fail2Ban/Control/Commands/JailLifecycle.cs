using Fail2Ban.Configuration;
using Fail2Ban.Detection.Sources.Journal;
using Fail2Ban.Jails;
using Fail2Ban.Logging;
using Fail2Ban.Values;

namespace Fail2Ban.Control.Commands;

/// <summary>Commands that make, start, stop and reload jails; one of them at a time.</summary>
/// <param name="jails">The jails.</param>
/// <param name="log">The server's log.</param>
/// <param name="stream">Does the commands of a stream.</param>
/// <param name="faults">Told of jails that are not started.</param>
/// <param name="signs">Told when a configuration begins and when it is in force.</param>
internal sealed class JailLifecycle(JailSet jails, Log log, ConfigurationStream stream, JailFaults faults, LifeSigns signs) : IDisposable
{
    private static readonly CommandException Closing = CommandException.Plain("The server is shutting down");

    private const int MostStarting = 8;

    private readonly SemaphoreSlim _oneAtATime = new(1, 1);
    private volatile bool _isClosing;

    public async Task<object?> DoAsync(string verb, CommandWords words)
    {
        await _oneAtATime.WaitAsync();
        try
        {
            return _isClosing ? throw Closing : await (verb switch
            {
                "add" => AddAsync(words),
                "start" => StartAsync(words),
                "stop" => StopAsync(words),
                "reload" => ReloadAsync(words),
                _ => ConfigureAsync(words),
            });
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>Does <c>add</c> and <c>start</c> of a stream: both only note what is wanted.</summary>
    public object? Note(string verb, CommandWords words, StreamDraft draft)
    {
        string name = words.Text(0);
        if (verb == "start")
        {
            draft.Start(draft.Find(name) is null && jails.Find(name) is null ? throw faults.Unknown(name) : name);
            return null;
        }

        if (verb != "add") throw CommandException.Plain("Invalid command");
        string backend = Backend(words, out JournalParameters? journal);
        bool isPresent = jails.Find(name) is not null;
        if (draft.Find(name) is not null || (isPresent && !draft.MayReplace(name))) throw CommandException.DuplicateJail(name);
        var jail = new Jail(name, backend, jails.Services, journal);
        if (!isPresent) jail.Announce();
        draft.Add(jail);
        return name;
    }

    /// <summary>Ends a configuration that is under way after the jails that it is at, and then all jails. No jail is made any more.</summary>
    public async Task CloseAsync()
    {
        _isClosing = true;
        await _oneAtATime.WaitAsync();
        try
        {
            await jails.RemoveAllAsync();
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    public void Dispose() => _oneAtATime.Dispose();

    private async Task<object?> AddAsync(CommandWords words)
    {
        string name = words.Text(0);
        string backend = Backend(words, out JournalParameters? journal);
        return await jails.AddAsync(name, backend, journal) is null ? throw CommandException.DuplicateJail(name) : name;
    }

    // auto takes what notices changes at once; parameters of a backend are its own matter.
    private static string Backend(CommandWords words, out JournalParameters? journal)
    {
        journal = null;
        if (words.Text(0) == "--all") throw CommandException.Value("Reserved name '--all'");
        string wanted = words.Count > 1 ? words.Text(1) : "auto";
        string name = wanted.Split('[')[0].Trim();
        switch (name)
        {
            case "auto" or "pyinotify":
                return "pyinotify";
            case "polling":
                return "polling";
            case "systemd":
                journal = Journal(wanted);
                return "systemd";
            default:
                throw CommandException.Value($"Unknown backend {wanted}. Must be among ['pyinotify', 'polling', 'systemd'] or 'auto'");
        }
    }

    private static JournalParameters Journal(string wanted)
    {
        if (!ParameterList.TryParse(wanted, out ParameterList? list, out string error)) throw CommandException.Value($"backend {wanted}: {error}");
        string? defaultFlags = Environment.GetEnvironmentVariable(JournalParameters.DefaultFlagsVariable);
        if (!JournalParameters.TryParse(list!.Parameters, defaultFlags, out JournalParameters? journal, out error)) throw CommandException.Value(error);
        return journal.Problem() is { } problem ? throw CommandException.Value(problem) : journal;
    }

    // Behind the stream our client sends what the original would refuse.
    private static object? Joined(CommandWords words, int at) =>
        words.Count > at + 1 && words[at] is IReadOnlyList<object?> stream && words[at + 1] is IReadOnlyList<object?> more ? stream.Concat(more).ToList() : words[at];

    private async Task<object?> StartAsync(CommandWords words)
    {
        Jail jail = jails.Find(words.Text(0)) ?? throw faults.Unknown(words.Text(0));
        await jail.StartAsync();
        return null;
    }

    private async Task<object?> StopAsync(CommandWords words)
    {
        string name = words.Text(0);
        if (name == "--all")
        {
            log.Stopping();
            await jails.RemoveAllAsync();
            return null;
        }

        await jails.RemoveAsync(jails.Find(name) ?? throw faults.Unknown(name));
        return null;
    }

    // server-stream COMMANDS [COMMANDS]
    private async Task<object?> ConfigureAsync(CommandWords words)
    {
        StreamDraft draft = await stream.DraftAsync(Joined(words, 0), new HashSet<string>(), refuseAll: false);
        await PutInForceAsync(draft, restart: false, unban: false);
        faults.Note(draft, isComplete: true);
        signs.Ready();
        ConfigurationStream.ThrowIfBroken(draft, isReload: false);
        return null;
    }

    // reload JAIL|--all OPTIONS COMMANDS
    private async Task<object?> ReloadAsync(CommandWords words)
    {
        string target = words.Text(0);
        IReadOnlyList<string> options = new CommandWords([words[1]]).Texts();
        if (options.FirstOrDefault(option => option is not ("--restart" or "--unban" or "--if-exists")) is { } unknown)
            throw CommandException.Value($"unknown option {unknown} of reload: --restart, --unban and --if-exists are known");
        bool all = target == "--all";
        // What the option allows is that the jail does not run yet.
        if (!all && jails.Find(target) is null && !options.Contains("--if-exists")) throw faults.Unknown(target);

        HashSet<string> affected = all ? [.. jails.All.Select(jail => jail.Name)] : [target];
        log.Reloading(all ? null : target);
        signs.Reloading();
        try
        {
            StreamDraft draft = await stream.DraftAsync(Joined(words, 2), affected, refuseAll: true);
            await PutInForceAsync(draft, options.Contains("--restart"), options.Contains("--unban"));
            foreach (string name in affected)
                if (!draft.Knows(name) && jails.Find(name) is { } gone) await jails.RemoveAsync(gone);
            faults.Note(draft, isComplete: all);
            log.ReloadFinished();
            ConfigurationStream.ThrowIfBroken(draft, isReload: true);
            return "OK";
        }
        finally
        {
            signs.Ready();
        }
    }

    private async Task PutInForceAsync(StreamDraft draft, bool restart, bool unban)
    {
        bool isCutShort = false;
        var starting = new Queue<(string Name, Task<PythonError?> Done)>();
        foreach (Jail wanted in draft.Jails)
        {
            if (_isClosing || draft.Broken.ContainsKey(wanted.Name))
            {
                isCutShort |= _isClosing;
                await wanted.DiscardAsync();
                continue;
            }

            // A jail that is new waits for the database and its lane mostly: the next ones need not.
            bool isNew = jails.Find(wanted.Name) is null;
            starting.Enqueue((wanted.Name, PutInForceAsync(wanted, draft.Starts(wanted.Name), restart, unban)));
            while (starting.Count > (isNew ? MostStarting - 1 : 0)) await NextAsync();
        }

        while (starting.Count > 0) await NextAsync();
        if (isCutShort) throw Closing;

        async Task NextAsync()
        {
            (string name, Task<PythonError?> done) = starting.Dequeue();
            if (await done is { } error) draft.Break(name, error);
        }
    }

    // Null, or why the jail is not in force.
    private async Task<PythonError?> PutInForceAsync(Jail wanted, bool start, bool restart, bool unban)
    {
        try
        {
            await ReplaceAsync(wanted, start, restart, unban);
            return null;
        }
        catch (Exception error)
        {
            // Nobody could foresee it; the other jails are to have their turn.
            log.JailFailed(wanted.Name, error);
            return CommandDispatcher.Describe(error);
        }
    }

    private async Task ReplaceAsync(Jail wanted, bool start, bool restart, bool unban)
    {
        Jail? present = jails.Find(wanted.Name);
        if (present is not null && unban) await present.UnbanAllAsync();
        if (present is not null && !restart && present.Backend == wanted.Backend && present.Journal?.Parameters == wanted.Journal?.Parameters)
        {
            log.ReloadingJail(wanted.Name);
            await present.TakeOverAsync(wanted);
            if (start) await present.StartAsync();
            log.Reloaded(wanted.Name);
            return;
        }

        if (present is not null)
        {
            await jails.RemoveAsync(present);
            wanted.Announce();
        }

        await jails.AddAsync(wanted);
        if (start) await wanted.StartAsync();
    }
}
