using Fail2Ban.Client.Commands;
using Fail2Ban.Configuration;
using Fail2Ban.Values;

namespace Fail2Ban.Client.Interactive;

/// <summary>What a word that is being typed may become, by the grammar of the commands and by what the server has now.</summary>
/// <remarks>A server that is slow or absent costs a second at most, and then offers nothing.</remarks>
internal sealed class Completer(ServerCalls calls)
{
    /// <summary>Stands for names of files, which a shell completes by itself.</summary>
    internal const string Files = ":file";

    /// <summary>Levels of the log.</summary>
    internal static IEnumerable<(string Word, string Help)> Levels => Named(["CRITICAL", "ERROR", "WARNING", "NOTICE", "INFO", "DEBUG", "TRACEDEBUG", "HEAVYDEBUG"], "level");

    /// <summary>Targets of the log that have a name.</summary>
    internal static IEnumerable<(string Word, string Help)> Targets => Named(["STDOUT", "STDERR", "SYSOUT", "SYSLOG", "SYSTEMD-JOURNAL"], "target");

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    /// <summary>Candidates for the last word.</summary>
    /// <param name="before">The words before it.</param>
    /// <param name="begin">What of it is typed.</param>
    /// <returns>Words with what they are; <see cref="Files"/> among them where any file may stand.</returns>
    internal IReadOnlyList<(string Word, string Help)> Offer(IReadOnlyList<string> before, string begin)
    {
        (IReadOnlyList<(string Word, string Help)> literals, IReadOnlyList<string> values) = CommandGrammar.After(before);
        IEnumerable<(string Word, string Help)> all = literals.Concat(values.SelectMany(value => Values(value, before)));
        // Options are many and rarely meant: they wait for their dash.
        return [.. all.Where(one => one.Word == Files || (one.Word.StartsWith(begin, StringComparison.Ordinal) && (begin.Length > 0 || one.Word[0] != '-'))).DistinctBy(one => one.Word)];
    }

    /// <summary>Candidates for the end of a line, as the prompt asks for them.</summary>
    /// <param name="line">Up to the cursor.</param>
    internal (string Begin, IReadOnlyList<string> Words) Line(string line)
    {
        if (!ShellWords.TrySplit(line, out IReadOnlyList<string> words, out _)) return ("", []);
        bool isNew = line.Length == 0 || char.IsWhiteSpace(line[^1]);
        string begin = isNew || words.Count == 0 ? "" : words[^1];
        IReadOnlyList<string> before = isNew ? words : [.. words.SkipLast(1)];
        return (begin, [.. Offer(before, begin).Select(one => one.Word).Where(word => word != Files)]);
    }

    private IEnumerable<(string Word, string Help)> Values(string value, IReadOnlyList<string> words) => value switch
    {
        "JAIL" => Named(calls.Jails(s_patience), "jail"),
        "IP" when words is ["unban" or "banned", ..] => Named(Banned(null), "banned"),
        "IP" when words is [_, var jail, "unbanip" or "banned", ..] => Named(Banned(jail), "banned"),
        "FLAVOR" => [("basic", "counters and addresses"), ("short", "counters only"), ("stats", "counters as a list"), ("cymru", "with networks and countries, asked by DNS")],
        "BACKEND" => [("auto", "best one that works"), ("pyinotify", "inotify"), ("polling", "looks once a second"), ("systemd", "the journal")],
        "LEVEL" => Levels,
        "TARGET" => [.. Targets, (Files, "")],
        "FILE" or "PYFILE" => [(Files, "")],
        "IGNORED" when words.Count > 1 => Named(Texts(["get", words[1], "ignoreip"]), "ignored"),
        "LOG" when words.Count > 1 => Named(Texts(["get", words[1], "logpath"]), "file"),
        "ACT" when words.Count > 1 => Named(Texts(["get", words[1], "actions"]), "action"),
        "PROPERTY" when words.Count > 3 => Named(Texts(["get", words[1], "actionproperties", words[3]]), "property"),
        "INDEX" when words.Count > 2 => Texts(["get", words[1], words[2].Replace("del", "", StringComparison.Ordinal)]).Select((regex, index) => ($"{index}", regex)),
        _ => [],
    };

    private static IEnumerable<(string Word, string Help)> Named(IEnumerable<string> words, string help) => words.Where(word => word.Length > 0).Select(word => (word, help));

    private IEnumerable<string> Banned(string? jail) => jail is not null
        ? Texts(["get", jail, "banned"])
        : Presentation.Items(calls.Ask(["banned"], s_patience)).OfType<PythonDict>().SelectMany(each => each).SelectMany(each => Presentation.Items(each.Value)).Select(PythonText.Str).Distinct();

    private IEnumerable<string> Texts(IReadOnlyList<object?> command) => Presentation.Items(calls.Ask(command, s_patience)).Select(PythonText.Str);
}
