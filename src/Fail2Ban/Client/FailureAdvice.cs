using System.Text;
using Fail2Ban.Client.Commands;
using Fail2Ban.Configuration;
using Fail2Ban.Logging;
using Fail2Ban.Values;

namespace Fail2Ban.Client;

/// <summary>What to do about a command that failed: the nearest right one, why a jail or the server is not there.</summary>
/// <param name="server">Where it logs.</param>
/// <param name="directory">Its configuration.</param>
/// <param name="check">Tries a command stream on jails that never start; null leaves that out.</param>
internal sealed class FailureAdvice(ServerOptions server, string directory, Func<IReadOnlyList<ServerCommand>, IReadOnlyList<ConfigurationFault>>? check)
{
    private const string DefaultDirectory = "/etc/fail2ban";
    private const int TailBytes = 64 * 1024;
    private const int LongestLine = 400;

    private string Client => directory == DefaultDirectory ? "fail2ban-client" : $"fail2ban-client -c {directory}";

    /// <summary>Advice about a command that the server refused; null if there is none.</summary>
    /// <param name="command">The command.</param>
    /// <param name="error">The refusal.</param>
    /// <param name="jails">Asks for the names of the jails.</param>
    internal string? About(IReadOnlyList<object?> command, PythonError error, Func<IReadOnlyList<string>> jails)
    {
        string[] words = [.. command.Select(PythonText.Str)];
        if (error.TypeName == "UnknownJailException") return AboutJail(words, Argument(error, 0) ?? "", Argument(error, 1), jails());
        bool isGrammar = error.TypeName == "IndexError" || error.Message.StartsWith("Invalid command", StringComparison.Ordinal);
        if (!isGrammar || words.Length == 0 || CommandGrammar.Near(words, jails()) is not { } near) return null;
        return near.StartsWith(string.Join(' ', words) + " ", StringComparison.Ordinal) ? Needed(words, near) : $"Did you mean '{near}'?";
    }

    private static string? Argument(PythonError error, int index) => error.Arguments.Count > index ? PythonText.Str(error.Arguments[index]) : null;

    // One way to go on is shown whole, several by their next word.
    private static string Needed(string[] words, string near)
    {
        (IReadOnlyList<(string Word, string Help)> literals, IReadOnlyList<string> values) = CommandGrammar.After(words);
        string[] next = [.. values.Select(value => $"<{value}>"), .. literals.Select(one => one.Word).Order(StringComparer.Ordinal)];
        if (next.Length < 2) return $"More words are needed: {near}";
        var text = new StringBuilder($"More words are needed: {string.Join(' ', words)} ...\n");
        HelpText.AppendEntry(text, "", string.Join(", ", next), 4);
        return text.ToString().TrimEnd('\n');
    }

    /// <summary>How a server that is missing is started.</summary>
    internal string HowToStart()
    {
        bool hasManager = directory == DefaultDirectory && Directory.Exists("/run/systemd/system");
        return $"Start it with '{Client} start'{(hasManager ? " or 'systemctl start fail2ban'" : "")}.";
    }

    /// <summary>Why it may have ended: what its log says last.</summary>
    internal IEnumerable<string> LastWords()
    {
        string target = server.LogTarget.Split('[')[0].Trim();
        if (target is "SYSTEMD-JOURNAL") return ["Why it ended may stand in 'journalctl -t fail2ban -n 20'."];
        return target.StartsWith('/') ? LastLines(target) : [];
    }

    // The configuration knows file and line; what the server said counts where the configuration has no fault (any more).
    private string AboutJail(string[] words, string jail, string? reason, IReadOnlyList<string> jails)
    {
        string? said = reason is null ? null : $"It did not start: {reason}";
        var reader = new ConfigurationReader(directory, new ReaderOptions { Advise = false }, new Log(NoSink.Instance, "fail2ban"));
        ConfigurationResult result = reader.Read(jail);
        if (result.Outcome == ConfigurationOutcome.Failed)
        {
            if (said is not null) return said;
            if (result.Failure?.StartsWith("No section", StringComparison.Ordinal) != true) return $"The configuration cannot be read: {result.Failure}";
            if (CommandGrammar.Misread(words, jails) is { } meant) return $"Did you mean '{meant}'?";
            return NearNames.Find(jail, jails) is { } near
                ? $"Did you mean '{string.Join(' ', words.Select(word => word == jail ? near : word))}'?"
                : $"{directory} has no jail of that name; there {(jails.Count == 1 ? "is" : "are")}: {(jails.Count == 0 ? "no jails" : string.Join(", ", jails))}.";
        }

        if (result.Jails.Count == 0) return $"It is not enabled: put 'enabled = true' below [{jail}] in {directory}/jail.local, then '{Client} reload'.";
        if (result.Jails[0] is { Error: { } wrong } report) return $"It did not start: {(report.Place is { } place ? $"{place}: " : "")}{Reason(wrong, jail)}{report.Hint}";
        if (check?.Invoke(result.Stream).FirstOrDefault(fault => fault.Jail == jail) is { } fault)
            return $"It did not start: {(fault.Place is { } line ? $"{line}: " : "")}{Reason(fault.Message, jail)}";
        return (said is null ? "The configuration has it enabled, and the server does not run it" : said.TrimEnd('.')) + $": '{Client} reload {jail}' starts it, or says why not.";
    }

    // A jail that was left out is told of by a sentence that begins with its name.
    private static string Reason(string message, string jail)
    {
        string head = $"Jail {PythonText.Repr(jail)} skipped, because of ";
        return message.StartsWith(head, StringComparison.Ordinal) ? message[head.Length..] : message;
    }

    // The last line tells how it ended; the last error, if it is another one, why. A command that was refused ended nothing.
    private static List<string> LastLines(string file)
    {
        string[] lines;
        try
        {
            using FileStream log = File.OpenRead(file);
            log.Seek(-Math.Min(TailBytes, log.Length), SeekOrigin.End);
            byte[] tail = new byte[TailBytes];
            int count = log.ReadAtLeast(tail, TailBytes, throwOnEndOfStream: false);
            lines = [.. Encoding.UTF8.GetString(tail, 0, count).Split('\n').Select(line => line.TrimEnd()).Where(line => line.Length > 0)];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return [];
        }

        if (lines.Length == 0) return [];
        var told = new List<string>();
        int from = Array.FindLastIndex(lines, line => line.Contains("Starting Fail2ban v", StringComparison.Ordinal));
        string? last = lines.Skip(Math.Max(from, 0)).LastOrDefault(line =>
            (line.Contains(": ERROR ", StringComparison.Ordinal) || line.Contains(": CRITICAL", StringComparison.Ordinal)) && !line.Contains(" fail2ban.transmitter ", StringComparison.Ordinal));
        if (last is not null && last != lines[^1]) told.Add($"Its last error in {file}: {Shown(last)}");
        told.Add($"The last line of {file}: {Shown(lines[^1])}");
        return told;

        static string Shown(string line) => SafeText.Escape(line.Length <= LongestLine ? line : line[..LongestLine] + "...");
    }

    private sealed class NoSink : ILogSink
    {
        internal static readonly NoSink Instance = new();

        public LogLevel Threshold => LogLevel.Critical;

        public void Write(LogLevel level, string logger, string message) { }
    }
}
