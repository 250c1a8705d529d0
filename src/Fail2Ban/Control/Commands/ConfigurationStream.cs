using System.Text.RegularExpressions;
using Fail2Ban.Detection.Matching;
using Fail2Ban.Logging;
using Fail2Ban.Values;

namespace Fail2Ban.Control.Commands;

/// <summary>A configuration as the client sends it: a list of commands, of which one wrong one must not spoil the others.</summary>
/// <param name="settings">What belongs to no jail.</param>
/// <param name="log">The server's log.</param>
/// <param name="doAsync">Does one command.</param>
internal sealed partial class ConfigurationStream(ServerSettings settings, Log log, Func<CommandWords, StreamDraft, Task<object?>> doAsync)
{
    /// <summary>
    /// Does a whole stream without touching a jail that runs. What fails belongs to one jail, and breaks only that one;
    /// what belongs to none is done at once.
    /// </summary>
    /// <param name="commands">The list.</param>
    /// <param name="replaceable">Names of running jails that it may define anew.</param>
    /// <param name="refuseAll">Whether an error that belongs to no jail refuses the stream; the server's settings are then as before.</param>
    public async Task<StreamDraft> DraftAsync(object? commands, IReadOnlySet<string> replaceable, bool refuseAll)
    {
        if (commands is not IReadOnlyList<object?> list) throw new CommandException("TypeError", "a stream is a list of commands");
        if (list.Any(command => command is not IReadOnlyList<object?> { Count: > 0 })) throw CommandException.Plain("Invalid command");
        var draft = new StreamDraft(replaceable);
        var undo = new Stack<(string Name, object? Value)>();
        using RegexesAhead ahead = PatternsAhead.Of(list);
        for (int next = 0; next < list.Count;)
        {
            var words = (IReadOnlyList<object?>)list[next]!;
            if (JailOf(words) is { } name && draft.Find(name) is { } jail)
            {
                // All that is said of a jail without a break, within its loop: no command waits for a thread to take it.
                int end = next + 1;
                while (end < list.Count && JailOf((IReadOnlyList<object?>)list[end]!) == name) end++;
                int first = next;
                await jail.InvokeAsync(async _ =>
                {
                    for (int i = first; i < end; i++) await DoAsync((IReadOnlyList<object?>)list[i]!, draft, undo, refuseAll);
                    return true;
                });
                next = end;
                continue;
            }

            await DoAsync(words, draft, undo, refuseAll);
            next++;
        }

        return draft;
    }

    private async Task DoAsync(IReadOnlyList<object?> words, StreamDraft draft, Stack<(string Name, object? Value)> undo, bool refuseAll)
    {
        if (Skipped(words) is { } skipped) draft.Skip(skipped.Jail, skipped.Reason);
        string? jail = JailOf(words);
        if (jail is not null && draft.Broken.ContainsKey(jail)) return;
        if (jail is null && words is ["set", string name, ..]) undo.Push((name, settings.Current(name)));
        try
        {
            await doAsync(new CommandWords(words), draft);
        }
        catch (Exception error)
        {
            PythonError problem = CommandDispatcher.Describe(error);
            if (jail is null && refuseAll)
            {
                await UndoAsync(undo);
                foreach (Jails.Jail one in draft.Jails) await one.DiscardAsync();
                throw new CommandException(problem);
            }

            log.For(CommandSentences.TransmitterLogger).Failed(words, problem);
            if (words is ["set", string owner, "addaction", var action, _, ..] && !draft.MayReplace(owner))
            {
                // Somebody else's program is at fault: a jail that is to start does without it.
                draft.Miss(owner, PythonText.Str(action), problem);
                return;
            }

            if (jail is not null && draft.MayReplace(jail)) log.JailNotReloaded(jail);
            else if (jail is not null) log.JailNotStarted(jail);
            draft.Break(jail ?? "", problem);
        }
    }

    /// <summary>Tells the client what is not in force.</summary>
    public static void ThrowIfBroken(StreamDraft draft, bool isReload)
    {
        if (draft.Broken.Count == 0 && draft.Missing.Count == 0) return;
        IEnumerable<string> broken = draft.Broken.Select(one => one.Key.Length == 0 ? one.Value.Message
            : $"Jail {PythonText.Repr(one.Key)} {(isReload && draft.MayReplace(one.Key) ? "keeps its old settings" : "is not started")}: {one.Value.Message}");
        IEnumerable<string> missing = draft.Missing.Select(one => $"Jail {PythonText.Repr(one.Jail)} goes without the action {PythonText.Repr(one.Action)}: {one.Error.Message}");
        throw CommandException.Plain(string.Join('\n', broken.Concat(missing)));
    }

    private async Task UndoAsync(Stack<(string Name, object? Value)> undo)
    {
        foreach ((string name, object? value) in undo)
        {
            try
            {
                if (value is not null) await settings.SetAsync(name, new CommandWords([value]));
            }
            catch (CommandException)
            {
                // It was in force until now and nothing could replace it; the first error is the one to tell.
            }
        }
    }

    private static string? JailOf(IReadOnlyList<object?> words) => words switch
    {
        ["add" or "start", string jail, ..] => jail,
        ["set" or "multi-set", string jail, _, ..] when !ServerSettings.Knows(jail) => jail,
        _ => null,
    };

    // A jail that the client could not read must not count as one that is gone.
    private static (string Jail, string Reason)? Skipped(IReadOnlyList<object?> words) =>
        words is ["config-error", string text] && SkippedJail().Match(text) is { Success: true } match ? (match.Groups[1].Value, match.Groups[2].Value) : null;

    [GeneratedRegex("^Jail '(.+?)' skipped, because of (?:wrong configuration: )?(.*)$", RegexOptions.Singleline)]
    private static partial Regex SkippedJail();
}
