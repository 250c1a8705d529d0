using Fail2Ban.Configuration;
using Fail2Ban.Control.Commands;
using Fail2Ban.Jails;
using Fail2Ban.Logging;
using Fail2Ban.Values;

namespace Fail2Ban.Daemon;

/// <summary>
/// Tries the commands of a configuration on jails that are never started: no log is opened, no action runs, no database,
/// socket or log target is touched. What fails here fails at a start.
/// </summary>
public static class ConfigurationCheck
{
    // These act at once: they open files and sockets, or ask the system.
    private static readonly string[] s_left = ["syslogsocket", "loglevel", "logtarget", "allowipv6", "dbfile"];

    private static readonly string[] s_times = ["findtime", "bantime", "bantime.maxtime", "bantime.rndtime", "dbpurgeage"];

    /// <summary>Tries a stream.</summary>
    /// <param name="stream">As the reader makes it.</param>
    /// <param name="time">The clock.</param>
    /// <returns>What a server would refuse, in the order of the stream.</returns>
    public static IReadOnlyList<ConfigurationFault> Run(IReadOnlyList<ServerCommand> stream, TimeProvider time) => RunAsync(stream, time).GetAwaiter().GetResult();

    private static async Task<IReadOnlyList<ConfigurationFault>> RunAsync(IReadOnlyList<ServerCommand> stream, TimeProvider time)
    {
        using var serverLog = new ServerLog(time, error: Stream.Null);
        serverLog.SetTarget("STDERR", out _);
        await using var services = new JailServices(new Log(serverLog, "fail2ban"), time);
        var jails = new JailSet(services);
        using var dispatcher = new CommandDispatcher(jails, serverLog, time, () => Task.CompletedTask);
        List<ConfigurationFault> faults = [];
        HashSet<string> absent = new(StringComparer.Ordinal);
        foreach (ServerCommand command in stream)
        {
            // Without its jail, every further command would fail for that reason alone.
            if (command.Jail is not null && absent.Contains(command.Jail)) continue;
            foreach ((string option, object? value, IReadOnlyList<object?> words) in Split(command.Words))
            {
                if (await RefusalAsync(dispatcher, option, value, words) is not { } message) continue;
                faults.Add(new(command, option, PythonText.Str(value), message));
                if (words is ["add", string jail, ..]) absent.Add(jail);
            }
        }

        await jails.RemoveAllAsync();
        return faults;
    }

    private static async Task<string?> RefusalAsync(CommandDispatcher dispatcher, string option, object? value, IReadOnlyList<object?> words)
    {
        if (words is ["set", _, ..] && value is null) return $"{option} needs a whole number";
        if (Array.IndexOf(s_times, option) >= 0 && !Duration.TryParse(PythonText.Str(value), out object _, out string wrong))
            return $"{option} = {PythonText.Str(value)} is not a time ({wrong}); write seconds, or numbers with units such as 10m or 1d 12h";
        if (option == "dbpurgeage") return null;
        object? answer = await dispatcher.AnswerAsync(words.ToList());
        return answer is PythonTuple { Count: 2 } pair && pair[0] is 1L && pair[1] is PythonError error ? $"{option}: {error.Message}" : null;
    }

    // One command for each value, so that the answer says which of them it is about; nothing for what must not be done.
    private static IEnumerable<(string Option, object? Value, IReadOnlyList<object?> Words)> Split(IReadOnlyList<object?> words)
    {
        switch (words)
        {
            case ["add", _, var backend]:
                yield return ("backend", backend, words);
                break;
            case ["set", _, "addlogpath", _, "head" or "tail"]:
                break;
            case ["set", _, "addlogpath", var path, var mode]:
                yield return ("logpath", $"{path} {mode}", words);
                break;
            case ["set", _, "addignoreip", ..]:
                foreach (object? entry in words.Skip(3)) yield return ("ignoreip", entry, [words[0], words[1], words[2], entry]);
                break;
            case ["set" or "multi-set", _, "addaction", ..]:
                yield return ("action", words[3], words);
                break;
            case ["multi-set", _, "action", var action, List<object?> pairs]:
                foreach (object? pair in pairs)
                    if (pair is List<object?> { Count: 2 } both) yield return (PythonText.Str(both[0]), both[1], ["set", words[1], "action", action, both[0], both[1]]);
                break;
            case ["set", _, "action", _, string property, var value]:
                yield return (property, value, words);
                break;
            case ["multi-set", _, string option, List<object?> values]:
                foreach (object? value in values) yield return (option["add".Length..], value, ["set", words[1], option, value]);
                break;
            case ["set", string option, var value] when Array.IndexOf(s_left, option) < 0:
                yield return (option, value, words);
                break;
            case ["set", _, string option, var value, ..]:
                yield return (option.StartsWith("add", StringComparison.Ordinal) ? option["add".Length..] : option, value, words);
                break;
        }
    }
}
