using System.Globalization;
using System.Text.Json;
using Fail2Ban.Values;

namespace Fail2Ban.Client.Reports;

/// <summary>Which shape the answer of each command takes in JSON (docs/json.md).</summary>
internal static class JsonAnswer
{
    // A command that changes a list answers with the list.
    private static readonly Dictionary<string, string> SettingOf = new(StringComparer.Ordinal)
    {
        ["addignoreip"] = "ignoreip",
        ["delignoreip"] = "ignoreip",
        ["addlogpath"] = "logpath",
        ["dellogpath"] = "logpath",
        ["addlogglob"] = "logglob",
        ["dellogglob"] = "logglob",
        ["addjournalmatch"] = "journalmatch",
        ["deljournalmatch"] = "journalmatch",
        ["addfailregex"] = "failregex",
        ["delfailregex"] = "failregex",
        ["addignoreregex"] = "ignoreregex",
        ["delignoreregex"] = "ignoreregex",
    };

    private static readonly string[] s_serverSettings = ["loglevel", "logtarget", "syslogsocket", "dbfile", "dbpurgeage", "dbmaxmatches", "thread", "allowipv6"];

    /// <summary>The name of the shape, and what writes the value.</summary>
    /// <param name="words">The command.</param>
    /// <param name="answer">What the server answered.</param>
    /// <param name="build">Our own version.</param>
    internal static (string Kind, Action<Utf8JsonWriter> Write) Of(string[] words, object? answer, string build) => words[0] switch
    {
        "ping" => ("pong", json => JsonValue.Write(json, answer)),
        "version" => ("version", json => Version(json, answer, build)),
        "echo" => ("words", json => JsonValue.WriteTexts(json, answer)),
        "sleep" => ("done", json => json.WriteNullValue()),
        "status" when words.Length > 1 && words[1] != "--all" => ("jail", json => JsonStatus.WriteJail(json, words[1], answer)),
        "status" => ("server", json => JsonStatus.WriteServer(json, answer)),
        "stats" or "statistic" or "statistics" => ("statistics", json => JsonStatus.WriteStatistics(json, answer)),
        "banned" when words.Length > 1 => ("holders", json => Holders(json, words[1..], answer)),
        "banned" => ("banned", json => Banned(json, answer)),
        "unban" => ("count", json => JsonValue.Write(json, answer)),
        "get" or "set" when words.Length > 1 && s_serverSettings.Contains(words[1]) => Setting(null, words[1], answer),
        "get" when words.Length > 2 => Get(words, answer),
        "set" when words.Length > 2 => Set(words, answer),
        _ => ("done", json => json.WriteStringValue(Presentation.Show(words, answer, unicode: true))),
    };

    private static (string, Action<Utf8JsonWriter>) Get(string[] words, object? answer)
    {
        string jail = words[1];
        return words[2] switch
        {
            "banned" when words.Length > 3 => ("ban-state", json => BanState(json, words[3..], answer)),
            "banned" => ("ids", json => JsonValue.WriteTexts(json, answer)),
            "banip" when words.Length > 3 && words[3] == "--with-time" => ("bans", json => Bans(json, answer)),
            "banip" => ("ids", json => JsonValue.WriteTexts(json, answer)),
            "actions" or "actionproperties" or "actionmethods" => ("names", json => JsonValue.WriteTexts(json, answer)),
            "action" when words.Length > 4 => ("property", json => Property(json, words, answer)),
            _ => Setting(jail, words[2], answer),
        };
    }

    private static (string, Action<Utf8JsonWriter>) Set(string[] words, object? answer) => words[2] switch
    {
        "banip" or "unbanip" or "attempt" => ("count", json => JsonValue.Write(json, answer)),
        "addaction" or "delaction" => ("done", json => JsonValue.Write(json, answer)),
        "action" when words.Length > 4 && !IsMethod(words[4]) => ("property", json => Property(json, words, answer)),
        "action" => ("done", json => json.WriteStringValue(PythonText.Str(answer))),
        _ => Setting(words[1], SettingOf.GetValueOrDefault(words[2], words[2]), answer),
    };

    private static bool IsMethod(string name) => name is "start" or "stop" or "flush" or "reload" or "ban" or "unban" or "reban" or "prolong";

    private static (string, Action<Utf8JsonWriter>) Setting(string? jail, string name, object? answer) => ("setting", json =>
    {
        json.WriteStartObject();
        if (jail is null) json.WriteNull("jail");
        else json.WriteString("jail", jail);
        json.WriteString("name", name);
        json.WritePropertyName("value");
        switch (name)
        {
            case "datepattern":
                DatePattern(json, answer);
                break;
            case "ignorecache" when answer is System.Collections.IEnumerable and not string:
                IgnoreCache(json, [.. Presentation.Items(answer)]);
                break;
            case "ignorecommand" when answer is false:
                json.WriteNullValue();
                break;
            case "dbpurgeage" or "dbmaxmatches" or "findtime" or "bantime":
                JsonValue.WriteNumber(json, answer);
                break;
            case "journalmatch" when answer is null: // a jail that reads files
                json.WriteStartArray();
                json.WriteEndArray();
                break;
            default:
                JsonValue.Write(json, answer);
                break;
        }

        json.WriteEndObject();
    });

    private static void DatePattern(Utf8JsonWriter json, object? answer)
    {
        if (answer is null)
        {
            json.WriteNullValue();
            return;
        }

        List<object?> both = [.. Presentation.Items(answer)];
        json.WriteStartObject();
        json.WritePropertyName("pattern");
        JsonValue.Write(json, both[0]);
        json.WritePropertyName("name");
        JsonValue.Write(json, both.Count > 1 ? both[1] : null);
        json.WriteEndObject();
    }

    private static void IgnoreCache(Utf8JsonWriter json, List<object?> parts)
    {
        json.WriteStartObject();
        foreach ((string name, int index) in new[] { ("key", 0), ("maxCount", 1), ("maxSeconds", 2) })
        {
            json.WritePropertyName(name);
            JsonValue.Write(json, parts.Count > index ? parts[index] : null);
        }

        json.WriteEndObject();
    }

    private static void Property(Utf8JsonWriter json, string[] words, object? answer)
    {
        json.WriteStartObject();
        json.WriteString("jail", words[1]);
        json.WriteString("action", words[3]);
        json.WriteString("name", words[4]);
        json.WritePropertyName("value");
        JsonValue.Write(json, answer);
        json.WriteEndObject();
    }

    private static void Version(Utf8JsonWriter json, object? answer, string build)
    {
        json.WriteStartObject();
        if (answer is not null) json.WriteString("server", PythonText.Str(answer));
        json.WriteString("compatible", Release.Compatible);
        json.WriteString("build", build);
        json.WriteEndObject();
    }

    /// <summary>Version of the client alone.</summary>
    internal static void WriteVersion(Utf8JsonWriter json, string build) => Version(json, null, build);

    private static void Banned(Utf8JsonWriter json, object? answer)
    {
        json.WriteStartArray();
        foreach (PythonDict each in Presentation.Items(answer).OfType<PythonDict>())
        {
            foreach ((object jail, object? ids) in each)
            {
                json.WriteStartObject();
                json.WriteString("jail", PythonText.Str(jail));
                json.WritePropertyName("banned");
                JsonValue.WriteTexts(json, ids);
                json.WriteEndObject();
            }
        }

        json.WriteEndArray();
    }

    private static void Holders(Utf8JsonWriter json, string[] ids, object? answer) => Each(json, ids, answer, "jails", JsonValue.WriteTexts);

    private static void BanState(Utf8JsonWriter json, string[] ids, object? answer) =>
        Each(json, ids, answer, "banned", (writer, state) => writer.WriteBooleanValue(PythonText.Str(state) is "1" or "True"));

    // An answer for each id; of a single one it may stand there without its list.
    private static void Each(Utf8JsonWriter json, string[] ids, object? answer, string name, Action<Utf8JsonWriter, object?> write)
    {
        List<object?> answers = [.. Presentation.Items(answer)];
        json.WriteStartArray();
        for (int i = 0; i < ids.Length; i++)
        {
            json.WriteStartObject();
            json.WriteString("id", ids[i]);
            json.WritePropertyName(name);
            write(json, i < answers.Count ? answers[i] : null);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    // "192.0.2.1 \t2026-11-23 00:08:39 + 604 = 2026-11-23 00:18:43", in the server's local time
    private static void Bans(Utf8JsonWriter json, object? answer)
    {
        json.WriteStartArray();
        foreach (string line in Presentation.Items(answer).Select(PythonText.Str))
        {
            string[] halves = line.Split('\t');
            string[] times = halves[^1].Split(" + ");
            string[] ends = times[^1].Split(" = ");
            bool isPermanent = ends[0].StartsWith('-');
            json.WriteStartObject();
            json.WriteString("id", halves[0].TrimEnd());
            json.WriteString("begin", times[0].Trim().Replace(' ', 'T'));
            if (isPermanent || !long.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out long seconds)) json.WriteNull("seconds");
            else json.WriteNumber("seconds", seconds);
            if (isPermanent) json.WriteNull("end");
            else json.WriteString("end", ends[^1].Trim().Replace(' ', 'T'));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
