using System.Text.Json;
using Fail2Ban.Values;

namespace Fail2Ban.Client.Reports;

/// <summary>States of jails and of the server as JSON.</summary>
internal static class JsonStatus
{
    // The labels of the original's trees, and what they are called here.
    private static readonly Dictionary<string, string> s_names = new(StringComparer.Ordinal)
    {
        ["Filter"] = "filter",
        ["Actions"] = "actions",
        ["Currently failed"] = "currentlyFailed",
        ["Total failed"] = "totalFailed",
        ["File list"] = "files",
        ["Journal matches"] = "journalMatches",
        ["Currently banned"] = "currentlyBanned",
        ["Total banned"] = "totalBanned",
        ["Banned IP list"] = "banned",
        ["Banned ASN list"] = "asns",
        ["Banned Country list"] = "countries",
        ["Banned RIR list"] = "rirs",
    };

    /// <summary>One jail, in any flavor.</summary>
    internal static void WriteJail(Utf8JsonWriter json, string jail, object? answer)
    {
        List<object?> parts = [.. Presentation.Items(answer)];
        json.WriteStartObject();
        json.WriteString("jail", jail);
        if (parts.Count > 0 && parts[0] is string) WriteNumbers(json, parts);
        foreach (PythonTuple part in parts.OfType<PythonTuple>().Where(part => part is [string, not long]))
        {
            json.WriteStartObject(Name(part[0]));
            foreach (PythonTuple line in Presentation.Items(part[1]).OfType<PythonTuple>().Where(line => line.Count == 2))
            {
                json.WritePropertyName(Name(line[0]));
                if (line[1] is List<object?>) JsonValue.WriteTexts(json, line[1]);
                else JsonValue.Write(json, line[1]);
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    /// <summary>The server's jails, with <c>--all</c> also their states.</summary>
    internal static void WriteServer(Utf8JsonWriter json, object? answer)
    {
        List<object?> parts = [.. Presentation.Items(answer)];
        string names = parts.OfType<PythonTuple>().FirstOrDefault(part => part is ["Jail list", string]) is { } list ? (string)list[1]! : "";
        json.WriteStartObject();
        json.WriteStartArray("jails");
        foreach (string name in names.Split(", ", StringSplitOptions.RemoveEmptyEntries)) json.WriteStringValue(name);
        json.WriteEndArray();
        if (parts.Select(part => part as PythonDict ?? (part as PythonTuple)?[1] as PythonDict).FirstOrDefault(dict => dict is not null) is { } states)
        {
            json.WriteStartArray("states");
            foreach ((object jail, object? state) in states) WriteJail(json, PythonText.Str(jail), state);
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    /// <summary>The numbers of all jails.</summary>
    internal static void WriteStatistics(Utf8JsonWriter json, object? answer)
    {
        json.WriteStartArray();
        foreach ((object jail, object? numbers) in answer as PythonDict ?? [])
        {
            json.WriteStartObject();
            json.WriteString("jail", PythonText.Str(jail));
            WriteNumbers(json, [.. Presentation.Items(numbers)]);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteNumbers(Utf8JsonWriter json, List<object?> parts)
    {
        json.WriteString("backend", PythonText.Str(parts[0]));
        foreach ((string name, int index) in new[] { ("failed", 1), ("banned", 2) })
        {
            if (parts.Count <= index || parts[index] is not PythonTuple { Count: 2 } pair) continue;
            json.WriteStartObject(name);
            json.WritePropertyName("current");
            JsonValue.Write(json, pair[0]);
            json.WritePropertyName("total");
            JsonValue.Write(json, pair[1]);
            json.WriteEndObject();
        }
    }

    private static string Name(object? label) => s_names.GetValueOrDefault(PythonText.Str(label), PythonText.Str(label));
}
