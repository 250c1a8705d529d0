using System.Collections;
using System.Text;
using Fail2Ban.Values;

namespace Fail2Ban.Client;

/// <summary>Answers of the server as text for people and scripts, in the layouts of the original.</summary>
internal static class Presentation
{
    /// <param name="command">What was asked.</param>
    /// <param name="answer">The result.</param>
    /// <param name="unicode">Whether the output takes box-drawing characters.</param>
    internal static string Show(IReadOnlyList<object?> command, object? answer, bool unicode)
    {
        string[] words = [.. command.Select(PythonText.Str)];
        if (words.Length == 0) return PythonText.Str(answer);
        return words[0] switch
        {
            "ping" => $"Server replied: {PythonText.Str(answer)}",
            "echo" when answer is IEnumerable and not string => Joined(" ", answer),
            "server-status" => "Server ready",
            "start" when words.Length > 1 => "Jail started",
            "stop" when words.Length == 1 => answer is null ? "Shutdown successful" : PythonText.Str(answer),
            "stop" => answer is null ? "Jail stopped" : PythonText.Str(answer),
            "add" => $"Added jail {PythonText.Str(answer)}",
            "flushlogs" => $"logs: {PythonText.Str(answer)}",
            "status" => StatusLayout.Show(words, answer),
            "stats" or "statistics" when answer is PythonDict jails => StatsTable.Show(jails, unicode),
            "get" or "set" when words.Length > 1 => Server(words, answer) ?? (words.Length > 2 ? Jail(words, answer) : null) ?? PythonText.Str(answer),
            _ => PythonText.Str(answer),
        };
    }

    /// <summary>A failure as the user sees it.</summary>
    internal static string ShowError(PythonError error) => error.TypeName switch
    {
        "UnknownJailException" => $"Sorry but the jail {Argument(error)} does not exist",
        "DuplicateJailException" => $"The jail {Argument(error)} already exists",
        "IndexError" => "Sorry but the command is invalid",
        _ => error.Message,
    };

    private static string Argument(PythonError error) => $"'{(error.Arguments.Count > 0 ? PythonText.Str(error.Arguments[0]) : "")}'";

    private static string? Server(string[] words, object? answer) => words[1] switch
    {
        "loglevel" => $"Current logging level is {PythonText.Repr(answer)}",
        "logtarget" => $"Current logging target is:\n`- {PythonText.Str(answer)}",
        "syslogsocket" => $"Current syslog socket is:\n`- {PythonText.Str(answer)}",
        "dbfile" => answer is null ? "Database currently disabled" : $"Current database file is:\n`- {PythonText.Str(answer)}",
        "dbpurgeage" => answer is null ? "Database currently disabled" : $"Current database purge age is:\n`- {PythonText.Str(answer)}seconds",
        "dbmaxmatches" when answer is null => "Database currently disabled",
        _ => null,
    };

    private static string? Jail(string[] words, object? answer)
    {
        string jail = words[1];
        switch (words[2])
        {
            case "logpath" or "addlogpath" or "dellogpath":
                return Tree(answer, "Current monitored log file(s):", "No file is currently monitored");
            case "logglob" or "addlogglob" or "dellogglob":
                return Tree(answer, "Current pattern(s) of log files:", "No pattern of log files is set");
            case "sources" when words[0] == "get":
                return SourcesLayout.Show(jail, answer);
            case "logencoding":
                return $"Current log encoding is set to:\n{PythonText.Str(answer)}";
            case "journalmatch" or "addjournalmatch" or "deljournalmatch":
                return Count(answer) == 0 ? "No journal match filter set" : "Current match filter:\n" + string.Join(" + ", Items(answer).Select(group => Joined(" ", group)));
            case "datepattern":
                return $"Current date pattern set to: {DatePattern(answer)}";
            case "ignoreip" or "addignoreip" or "delignoreip":
                return Tree(answer, "These IP addresses/networks are ignored:", "No IP address/network is ignored");
            case "failregex" or "addfailregex" or "delfailregex" or "ignoreregex" or "addignoreregex" or "delignoreregex":
                return Tree(Items(answer).Select((regex, index) => (object?)$"[{index}]: {PythonText.Str(regex)}"), "The following regular expression are defined:", "No regular expression is defined");
            case "prefregex" when answer is null:
                return "";
            case "actions":
                return Count(answer) == 0 ? $"No actions for jail {jail}" : $"The jail {jail} has the following actions:\n{Joined(", ", answer)}";
            case "actionproperties" when words.Length > 3:
                return Count(answer) == 0 ? $"No properties for jail {jail} action {words[3]}" : $"The jail {jail} action {words[3]} has the following properties:\n{Joined(", ", answer)}";
            case "actionmethods" when words.Length > 3:
                return Count(answer) == 0 ? $"No methods for jail {jail} action {words[3]}" : $"The jail {jail} action {words[3]} has the following methods:\n{Joined(", ", answer)}";
            case "banip" when words[0] == "get" && answer is IEnumerable and not string:
                return Joined(words.Length < 4 ? " " : words[3] == "--with-time" ? "\n" : words[3], answer);
            default:
                return null;
        }
    }

    private static string DatePattern(object? answer) => answer switch
    {
        null => "Not set/required",
        PythonTuple { Count: 2 } pair when pair[0] is null => PythonText.Str(pair[1]),
        PythonTuple { Count: 2 } pair => $"{PythonText.Str(pair[0])} ({PythonText.Str(pair[1])})",
        _ => PythonText.Str(answer),
    };

    private static string Tree(object? items, string title, string none)
    {
        List<object?> all = [.. Items(items)];
        if (all.Count == 0) return none;
        var text = new StringBuilder(title);
        for (int i = 0; i < all.Count; i++) text.Append(i == all.Count - 1 ? "\n`- " : "\n|- ").Append(PythonText.Str(all[i]));
        return text.ToString();
    }

    private static int Count(object? items) => Items(items).Count();

    internal static IEnumerable<object?> Items(object? items) => items is IEnumerable and not string and not byte[] ? ((IEnumerable)items).Cast<object?>() : items is null ? [] : [items];

    internal static string Joined(string separator, object? items) => string.Join(separator, Items(items).Select(PythonText.Str));
}
