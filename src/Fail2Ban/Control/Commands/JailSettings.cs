using System.Globalization;
using System.Text.RegularExpressions;
using Fail2Ban.Addresses;
using Fail2Ban.Detection.Matching;
using Fail2Ban.Jails;
using Fail2Ban.Logging;
using Fail2Ban.Values;

namespace Fail2Ban.Control.Commands;

/// <summary>What <c>get J NAME</c> and <c>set J NAME VALUE</c> can reach in a jail; everything here runs in the jail's loop.</summary>
internal static partial class JailSettings
{
    private const string FilterLogger = "fail2ban.filter";
    private const int LongestCacheSetting = 4096;

    public static object? Get(Jail jail, string name, CommandWords words) => name switch
    {
        "banned" => Banned(jail, words),
        "banip" => BanList(jail, words.Count > 0 && words.Text(0) == "--with-time"),
        "logpath" => jail.Logs.Paths.Cast<object?>().ToList(),
        "logglob" => jail.Logs.Globs.Cast<object?>().ToList(),
        "sources" => SourceAnswers.Of(jail),
        "logencoding" => jail.Logs.Encoding.Name,
        "journalmatch" => JournalMatches(jail),
        "ignoreself" => jail.Ignore.List.IgnoreSelf,
        "ignoreip" => jail.Ignore.List.Items.Cast<object?>().ToList(),
        "ignorecommand" => jail.Ignore.Command ?? (object)false,
        "ignorecache" => jail.Ignore.CacheSetting is var (key, count, seconds) ? new List<object?> { key, (long)count, PythonNumber.Of(seconds) } : null,
        "prefregex" => jail.Filter.PrefRegex?.Expanded ?? "",
        "failregex" => jail.Filter.FailRegexes.Select(regex => (object?)regex.Expanded).ToList(),
        "ignoreregex" => jail.Filter.IgnoreRegexes.Select(regex => (object?)regex.Expanded).ToList(),
        "usedns" => jail.Filter.UseDns.ToText(),
        "findtime" => PythonNumber.Of(jail.Failures.FindTime.TotalSeconds),
        "bantime" => PythonNumber.Of(jail.Bans.Manager.BanTime.Seconds),
        "maxretry" => (long)jail.Failures.MaxRetry,
        "maxmatches" => (long)jail.Failures.MaxMatches,
        "maxlines" => (long)jail.Filter.MaxLines,
        "limitsexceeded" => jail.Filter.LimitsExceeded,
        "datepattern" => new PythonTuple(jail.Filter.Dates.DescribedPattern, jail.Filter.Dates.DescribedName),
        "logtimezone" => jail.Filter.LogTimeZone,
        _ when name.StartsWith("bantime.", StringComparison.Ordinal) => jail.Bans.Increment.Get(name["bantime.".Length..]),
        _ => throw CommandException.Plain("Invalid command (no get action or not yet implemented)"),
    };

    /// <summary>Sets, and answers what <c>get</c> now says.</summary>
    /// <param name="jail">Which jail.</param>
    /// <param name="name">The setting.</param>
    /// <param name="words">Its value.</param>
    /// <param name="multiple">Each word is a value of its own (<c>multi-set</c>).</param>
    /// <param name="fromStream">The command configures a starting jail: a log that cannot be read yet is waited for.</param>
    /// <param name="log">The server's log.</param>
    public static async Task<object?> SetAsync(Jail jail, string name, CommandWords words, bool multiple, bool fromStream, Log log)
    {
        switch (name)
        {
            case "idle":
                jail.Idle = words.Text(0) switch
                {
                    "on" => true,
                    "off" => false,
                    _ => throw CommandException.Plain("Invalid idle option, must be 'on' or 'off'"),
                };
                return jail.Idle;
            case "ignoreself":
                jail.Ignore.List.IgnoreSelf = words.Flag(0);
                break;
            case "addignoreip":
                foreach (string entry in words.Texts())
                    if (jail.Ignore.List.Add(entry) is { } problem) throw CommandException.Value(problem);
                return Get(jail, "ignoreip", words);
            case "delignoreip":
                foreach (string entry in words.SomeTexts())
                    if (jail.Ignore.List.Remove(entry) is { } problem) throw CommandException.Value(problem);
                return Get(jail, "ignoreip", words);
            case "ignorecommand":
                jail.Ignore.Command = words.Text(0);
                break;
            case "ignorecache":
                SetIgnoreCache(jail, words.Text(0));
                break;
            case "addlogpath":
                return await AddLogAsync(jail, words, fromStream, log);
            case "dellogpath":
                foreach (string path in words.SomeTexts()) jail.Logs.Remove(path);
                return Get(jail, "logpath", words);
            case "addlogglob":
                jail.Logs.AddGlob(FilePath(words), IsFromEnd(words));
                return Get(jail, "logglob", words);
            case "dellogglob":
                foreach (string glob in words.SomeTexts()) jail.Logs.RemoveGlob(glob);
                return Get(jail, "logglob", words);
            case "logencoding":
                if (jail.Logs.SetEncoding(words.Text(0)) is { } unknown) throw new CommandException("LookupError", unknown);
                break;
            case "addjournalmatch" or "deljournalmatch" when jail.Journal is null:
                return null; // a filter's journalmatch means nothing to a jail that reads files
            case "addjournalmatch":
                if (jail.Journal.AddMatch(words.Texts()) is { } invalid) throw CommandException.Value(invalid);
                return JournalMatches(jail);
            case "deljournalmatch":
                if (jail.Journal.RemoveMatch(words.Texts()) is { } absent) throw CommandException.Value(absent);
                return JournalMatches(jail);
            case "prefregex":
                jail.Filter.SetPrefRegex(words.Text(0));
                break;
            case "addfailregex":
                foreach (string regex in Values(words, multiple)) jail.Filter.AddFailRegex(regex);
                return Get(jail, "failregex", words);
            case "delfailregex":
                if (!jail.Filter.RemoveFailRegex(words.Integer(0))) log.For(FilterLogger).NoSuchRegex(words.Integer(0));
                return Get(jail, "failregex", words);
            case "addignoreregex":
                foreach (string regex in Values(words, multiple)) jail.Filter.AddIgnoreRegex(regex);
                return Get(jail, "ignoreregex", words);
            case "delignoreregex":
                if (!jail.Filter.RemoveIgnoreRegex(words.Integer(0))) log.For(FilterLogger).NoSuchRegex(words.Integer(0));
                return Get(jail, "ignoreregex", words);
            case "usedns":
                jail.Filter.UseDns = UseDnsText.Parse(words.Text(0));
                break;
            case "findtime":
                object findTime = words.Duration(0);
                jail.SetFindTime(words.Time(0, name));
                log.For(FilterLogger).FindTime(findTime);
                return findTime;
            case "bantime":
                jail.Bans.Manager.BanTime = new(Math.Truncate(Convert.ToDouble(words.Duration(0), CultureInfo.InvariantCulture)));
                log.For("fail2ban.actions").BanTime(Get(jail, name, words)!);
                break;
            case "maxretry":
                jail.Failures.MaxRetry = words.Integer(0);
                log.For(FilterLogger).MaxRetry(jail.Failures.MaxRetry);
                break;
            case "maxmatches":
                jail.Failures.MaxMatches = words.Integer(0);
                break;
            case "maxlines":
                jail.Filter.MaxLines = words.Integer(0);
                log.For(FilterLogger).MaxLines(jail.Filter.MaxLines);
                break;
            case "datepattern":
                jail.Filter.DatePattern = words.Text(0) is { Length: > 0 } pattern ? pattern : null;
                log.For("fail2ban.datedetector").DatePatterns(jail.Filter);
                break;
            case "logtimezone":
                jail.Filter.LogTimeZone = words.Text(0) is { Length: > 0 } zone ? zone : null;
                break;
            case "attempt":
                IReadOnlyList<string> attempt = words.Texts();
                if (attempt.Count == 0) throw new CommandException("TypeError", "Filter.addAttempt() missing 1 required positional argument: 'ip'");
                return await jail.AttemptAsync(attempt[0], [.. attempt.Skip(1)]) ? 1L : 0L;
            case "banip":
                IReadOnlyList<string> ids = words.Texts();
                if (ids.Any(string.IsNullOrWhiteSpace)) throw CommandException.Value("banip: an empty text is no address and no id; none was banned");
                foreach (string id in ids)
                {
                    if (!FailureId.TryParse(id, out _, out string? error)) throw CommandException.Value($"banip {id}: {error}; none was banned");
                }

                return (long)await jail.BanAsync(ids);
            case "unbanip":
                return await UnbanAsync(jail, words.SomeTexts());
            case "addaction":
                return await ActionCommands.AddAsync(jail, words);
            case "delaction":
                return await ActionCommands.RemoveAsync(jail, words);
            case "action":
                return await ActionCommands.SetAsync(jail, words);
            case not null when name.StartsWith("bantime.", StringComparison.Ordinal):
                string option = name["bantime.".Length..];
                if (jail.Bans.Increment.Set(option, words.Text(0)) is { } refused) throw CommandException.Value(refused);
                log.For("fail2ban.jail").IncrementSet(option, jail.Bans.Increment.Get(option));
                return jail.Bans.Increment.Get(option);
            default:
                throw CommandException.Plain($"Invalid command {PythonText.Repr(name)} (no set action or not yet implemented)");
        }

        return Get(jail, name!, words);
    }

    private static IEnumerable<string> Values(CommandWords words, bool multiple) => multiple ? words.Texts() : [words.Text(0)];

    private static async Task<object?> AddLogAsync(Jail jail, CommandWords words, bool fromStream, Log log)
    {
        string path = FilePath(words);
        bool fromEnd = IsFromEnd(words);
        string? problem = await jail.Logs.AddAsync(path, fromEnd, wait: fromStream);
        if (problem is null) return Get(jail, "logpath", words);
        if (!fromStream) throw new CommandException(SystemError(problem, path));
        log.For(FilterLogger).LogNotReadable(jail.Name, problem);
        return Get(jail, "logpath", words);
    }

    // No file can have such a name; the errors are those of Python's open().
    private static string FilePath(CommandWords words)
    {
        string path = words.Text(0);
        if (path.Contains('\0', StringComparison.Ordinal)) throw CommandException.Value("embedded null byte");
        return path.Length > 0 ? path : throw new CommandException(new PythonError("FileNotFoundError", new PythonTuple(2L, "No such file or directory", path)));
    }

    private static bool IsFromEnd(CommandWords words) => words.Count > 1 && words.Text(1) switch
    {
        "tail" => true,
        "head" => false,
        _ => throw CommandException.Value("File option must be 'head' or 'tail'"),
    };

    private static async Task<object?> UnbanAsync(Jail jail, IReadOnlyList<string> ids)
    {
        bool report = ids.Contains("--report-absent");
        (int count, IReadOnlyList<string> absent) = await jail.UnbanAsync([.. ids.Where(id => id != "--report-absent")]);
        return report && absent.Count > 0 ? throw CommandException.Value($"not banned: {PythonText.Repr(absent)}") : (long)count;
    }

    private static List<object?> JournalMatches(Jail jail) =>
        [.. (jail.Journal?.Matches ?? []).Select(group => group.Cast<object?>().ToList())];

    private static object Banned(Jail jail, CommandWords words)
    {
        if (words.Count == 0) return StatusAnswers.Ids(jail);
        var answers = words.Texts().Select(id => (object?)(jail.Bans.Manager.Contains(FailureId.Parse(id)) ? 1L : 0L)).ToList();
        return answers.Count == 1 ? answers[0]! : answers;
    }

    private static List<object?> BanList(Jail jail, bool withTime) =>
    [
        .. jail.Bans.Manager.InEndOrder().Select(span => withTime
            ? (object)$"{span.Id} \t{jail.Local(span.Begin)} + {PythonNumber.Of(Math.Truncate(span.Time.Seconds))} = {(span.Time.IsPermanent ? "9999-12-31 23:59:59" : jail.Local(span.End))}"
            : new PythonId(span.Id.ToString())),
    ];

    // key="<ip>", max-count=100, max-time=5m
    private static void SetIgnoreCache(Jail jail, string text)
    {
        if (text.Trim().Length == 0)
        {
            jail.Ignore.SetCache(null);
            return;
        }

        if (text.Length > LongestCacheSetting) throw CommandException.Value($"ignorecache: {text.Length} characters are too many: at most {LongestCacheSetting}");
        string? key = null;
        int count = 1000;
        double seconds = 5 * 60;
        foreach (Match option in CacheOption().Matches(text))
        {
            string value = option.Groups["quoted"].Success ? option.Groups["quoted"].Value : option.Groups["bare"].Value;
            switch (option.Groups["name"].Value)
            {
                case "key": key = value; break;
                case "max-count": count = new CommandWords([value]).Integer(0); break;
                case "max-time": seconds = new CommandWords([value]).Time(0, "ignorecache: max-time").TotalSeconds; break;
            }
        }

        if (string.IsNullOrEmpty(key)) throw CommandException.Value("ignorecache: a key is needed, for example key=\"<ip>\", max-count=100, max-time=5m");
        jail.Ignore.SetCache((key, count, seconds));
    }

    // "[Errno 2] No such file or directory: 'P'" as the exception that the original sends
    private static PythonError SystemError(string text, string path)
    {
        Match parts = ErrnoText().Match(text);
        if (!parts.Success) return new PythonError("OSError", text);
        string type = parts.Groups[1].Value switch { "2" => "FileNotFoundError", "13" => "PermissionError", "21" => "IsADirectoryError", _ => "OSError" };
        return new PythonError(type, new PythonTuple(long.Parse(parts.Groups[1].ValueSpan, CultureInfo.InvariantCulture), parts.Groups[2].Value, path));
    }

    [GeneratedRegex("""(?<name>[\w-]+)\s*=\s*(?:(?<q>["'])(?<quoted>.*?)\k<q>|(?<bare>[^,\]]*))""")]
    private static partial Regex CacheOption();

    [GeneratedRegex(@"^\[Errno (\d+)\] ([^:]+)")]
    private static partial Regex ErrnoText();
}
