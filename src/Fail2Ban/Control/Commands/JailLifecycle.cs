using Fail2Ban.Configuration;
using Fail2Ban.Detection.Sources.Journal;
using Fail2Ban.Jails;
using Fail2Ban.Logging;
using Fail2Ban.Values;

namespace Fail2Ban.Control.Commands;

/// <summary>Commands that make, start, stop and reload jails; one of them at a time.</summary>
/// <param name="jails">The jails.</param>
/// <param name="log">The server's log.</param>
/// <param name="doAsync">Does one command of a stream.</param>
internal sealed class JailLifecycle(JailSet jails, Log log, Func<CommandWords, StreamState, Task<object?>> doAsync) : IDisposable
{
    private readonly SemaphoreSlim _oneAtATime = new(1, 1);

    public async Task<object?> DoAsync(string verb, CommandWords words, StreamState stream)
    {
        if (stream.IsStream) return await DoWithinAsync(verb, words, stream); // the stream has the turn
        await _oneAtATime.WaitAsync();
        try
        {
            return await DoWithinAsync(verb, words, stream);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    public void Dispose() => _oneAtATime.Dispose();

    private Task<object?> DoWithinAsync(string verb, CommandWords words, StreamState stream) => verb switch
    {
        "add" => AddAsync(words, stream),
        "start" => StartAsync(words, stream),
        "stop" => StopAsync(words),
        "reload" => ReloadAsync(words),
        _ => StreamAsync(words[0], new StreamState(true, null)),
    };

    private async Task<object?> AddAsync(CommandWords words, StreamState stream)
    {
        string name = words.Text(0);
        if (name == "--all") throw CommandException.Value("Reserved name '--all'");
        string wanted = words.Count > 1 ? words.Text(1) : "auto";
        string backend = Backend(wanted, out JournalParameters? journal);
        if (jails.Find(name) is { } present && stream.Reloading is { } reloading && reloading.Remove(name))
        {
            if (present.Backend == backend && present.Journal?.Parameters == journal)
            {
                log.ReloadingJail(name);
                await present.BeginReloadAsync();
                return name;
            }

            await jails.RemoveAsync(present);
        }

        return await jails.AddAsync(name, backend, journal) is null ? throw CommandException.DuplicateJail(name) : name;
    }

    // auto takes what notices changes at once; parameters of a backend are its own matter.
    private static string Backend(string wanted, out JournalParameters? journal)
    {
        journal = null;
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

    private async Task<object?> StartAsync(CommandWords words, StreamState stream)
    {
        string name = words.Text(0);
        Jail jail = jails.Find(name) ?? throw CommandException.UnknownJail(name);
        await jail.StartAsync();
        if (stream.Reloading is not null) log.Reloaded(name);
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

        await jails.RemoveAsync(jails.Find(name) ?? throw CommandException.UnknownJail(name));
        return null;
    }

    // reload JAIL|--all [OPTIONS] STREAM
    private async Task<object?> ReloadAsync(CommandWords words)
    {
        string target = words.Text(0);
        IReadOnlyList<string> options = new CommandWords([words[1]]).Texts();
        bool all = target == "--all";
        if (!all && jails.Find(target) is null && !options.Contains("--if-exists") && words[2] is List<object?> { Count: 0 })
            throw CommandException.UnknownJail(target);
        log.Reloading(all ? null : target);
        IReadOnlyList<Jail> affected = all ? jails.All : jails.Find(target) is { } one ? [one] : [];
        if (options.Contains("--unban")) foreach (Jail jail in affected) await jail.UnbanAllAsync();
        if (options.Contains("--restart"))
        {
            await Task.WhenAll(affected.Select(jails.RemoveAsync));
            affected = [];
        }

        var reloading = affected.Select(jail => jail.Name).ToHashSet();
        object? problems = await StreamAsync(words[2], new StreamState(true, reloading));
        foreach (string gone in reloading)
            if (jails.Find(gone) is { } jail) await jails.RemoveAsync(jail);
        log.ReloadFinished();
        return problems;
    }

    /// <summary>Does a whole stream. What fails belongs to one jail and keeps only that one from starting.</summary>
    /// <returns>Null, or the sentences about what failed.</returns>
    private async Task<object?> StreamAsync(object? commands, StreamState stream)
    {
        if (commands is not IReadOnlyList<object?> list) throw new CommandException("TypeError", "a stream is a list of commands");
        var broken = new Dictionary<string, PythonError>();
        foreach (object? command in list)
        {
            if (command is not IReadOnlyList<object?> { Count: > 0 } words) throw CommandException.Plain("Invalid command");
            string? jail = JailOf(words);
            if (jail is not null && broken.ContainsKey(jail)) continue;
            try
            {
                await doAsync(new CommandWords(words), stream);
            }
            catch (Exception error) when (jail is not null)
            {
                PythonError problem = CommandDispatcher.Describe(error);
                log.For(CommandSentences.TransmitterLogger).Failed(command, problem);
                log.JailNotStarted(jail);
                broken[jail] = problem;
                stream.Reloading?.Remove(jail); // a jail whose new settings are wrong is at least not stopped for it
            }
        }

        foreach ((string name, PythonError _) in broken)
            if (stream.Reloading is null && jails.Find(name) is { } jail) await jails.RemoveAsync(jail);
        if (broken.Count > 0 && jails.Count == 0) throw new CommandException(broken.First().Value);
        return broken.Count == 0 ? null : broken.Select(one => (object?)$"Jail {PythonText.Repr(one.Key)} is not started: {one.Value.Message}").ToList();
    }

    private static string? JailOf(IReadOnlyList<object?> words) => words switch
    {
        ["add" or "start", string jail, ..] => jail,
        ["set" or "multi-set", string jail, _, ..] when !ServerSettings.Knows(jail) => jail,
        _ => null,
    };
}
