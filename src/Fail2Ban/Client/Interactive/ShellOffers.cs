using Fail2Ban.Client.Reports;
using Fail2Ban.Configuration;
using Fail2Ban.Logging;

namespace Fail2Ban.Client.Interactive;

/// <summary>
/// What a shell asks for when the user presses Tab: <c>fail2ban-client --offer WORD...</c>, the last word being the one that is
/// typed. The files in <c>packaging/completions</c> only pass words to it and its lines to the shell.
/// </summary>
internal static class ShellOffers
{
    /// <summary>The first argument that asks for offers; help does not list it.</summary>
    internal const string Option = "--offer";

    private const string Directories = ":directory";

    /// <summary>Prints one candidate a line, with a TAB and a word of help behind it where there is one.</summary>
    /// <param name="typed">What follows the program's name, up to the cursor.</param>
    /// <param name="host">Where to print.</param>
    internal static void Print(IReadOnlyList<string> typed, ClientHost host)
    {
        string begin = typed.Count > 0 ? typed[^1] : "";
        IReadOnlyList<string> before = [.. typed.SkipLast(1)];
        foreach ((string word, string help) in For(before, begin, host))
            host.Output.Write(help.Length > 0 ? $"{word}\t{help}\n" : $"{word}\n");
    }

    private static IEnumerable<(string Word, string Help)> For(IReadOnlyList<string> before, string begin, ClientHost host)
    {
        if (CommandLine.Parse(before, out _) is not { } line)
        {
            // Either nothing can be made of it, or an option waits for its value, which is being typed.
            return CommandLine.Parse([.. before, begin], out _) is { } whole && whole.Options.Count > 0 ? Values(whole.Options[^1].Key, begin) : [];
        }

        bool mayBeOption = line.Words.Count == 0 && !before.Contains("--");
        if (mayBeOption && begin.StartsWith('-'))
            return OptionTable.All.SelectMany(option => option.Names.Select(name => (name, option.Help))).Where(one => one.name.StartsWith(begin, StringComparison.Ordinal));
        return new Completer(Calls(line, host)).Offer(line.Words, begin);
    }

    private static IEnumerable<(string Word, string Help)> Values(string key, string begin)
    {
        IEnumerable<(string Word, string Help)> all = OptionTable.All.First(option => option.Key == key).Value switch
        {
            "DIR" => [(Directories, "")],
            "FILE" => [(Completer.Files, "")],
            "LEVEL" => Completer.Levels,
            "TARGET" => [.. Completer.Targets, (Completer.Files, "")],
            "auto|FILE" => [("auto", ""), (Completer.Files, "")],
            _ => [],
        };
        return all.Where(one => one.Word[0] == ':' || one.Word.StartsWith(begin, StringComparison.Ordinal));
    }

    // Nobody reads messages between two keys: what cannot be asked is not offered.
    private static ServerCalls Calls(CommandLine line, ClientHost host)
    {
        var log = new Log(new ErrorSink(TextWriter.Null, host.Time, LogLevel.Critical, host.ErrorStyle), "fail2ban");
        string directory = line.Value("conf") ?? "/etc/fail2ban";
        ServerOptions server = new ConfigurationReader(directory, new ReaderOptions { Socket = line.Value("socket") }, log).ReadServer();
        return new ServerCalls(server.Socket, new TextReport(host, unicode: true), log, new FailureAdvice(server, directory, null));
    }
}
