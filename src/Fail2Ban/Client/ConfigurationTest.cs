using System.Text.Json;
using Fail2Ban.Client.Reports;
using Fail2Ban.Configuration;
using Fail2Ban.Logging;

namespace Fail2Ban.Client;

/// <summary><c>--test</c>: whether a server would start with this configuration, and with every enabled jail.</summary>
/// <remarks>The verdict is the first line of standard output, for scripts; mistakes go to standard error, and what each jail reads is listed behind the verdict.</remarks>
internal sealed class ConfigurationTest(ClientHost host, IReport report, Log log)
{
    /// <param name="reader">Reads without passing over wrong jails.</param>
    /// <param name="isAlone">No command follows, so that success is told.</param>
    /// <param name="listJails">Also tell what each jail reads and does.</param>
    /// <returns>Whether the configuration is good; warnings do not count.</returns>
    internal bool Run(ConfigurationReader reader, bool isAlone, bool listJails)
    {
        ConfigurationResult result = reader.Read();
        bool isGood = result.Outcome == ConfigurationOutcome.Complete;
        if (result.Outcome == ConfigurationOutcome.Failed) log.ConfigurationFailed(result.Failure ?? "");
        foreach (JailReport jail in result.Jails)
            if (jail is { Error: { } error, Place: { } place }) log.WrongJail(place, jail.Name, error + jail.Hint);

        foreach (ConfigurationFault fault in host.CheckStream?.Invoke(result.Stream) ?? [])
        {
            log.WrongValue(fault);
            isGood = false;
        }

        foreach (ConfigurationWarning warning in result.Warnings) log.Advice(warning.ToString());
        if (result.Warnings.Count > 0) log.AdviceCount(result.Warnings.Count);
        string verdict = !isGood ? "ERROR: test configuration failed\n" : isAlone ? "OK: configuration test is successful\n" : "";
        if (!isGood) report.Fault("Configuration");
        report.Tell("test", json => Write(json, isGood, result), verdict + (listJails ? JailListing.Show(result.Jails) : ""));
        return isGood;
    }

    private static void Write(Utf8JsonWriter json, bool isGood, ConfigurationResult result)
    {
        json.WriteStartObject();
        json.WriteBoolean("good", isGood);
        json.WriteStartArray("jails");
        foreach (JailReport jail in result.Jails)
        {
            json.WriteStartObject();
            json.WriteString("jail", jail.Name);
            if (jail.Error is null) json.WriteNull("error");
            else json.WriteString("error", jail.Error + jail.Hint);
            json.WriteString("backend", jail.Backend);
            WriteTexts("files", jail.LogFiles);
            WriteTexts("journalMatches", jail.JournalMatches);
            json.WriteNumber("failregexes", jail.FailRegexes);
            json.WriteNumber("ignoreregexes", jail.IgnoreRegexes);
            WriteTexts("actions", jail.Actions);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();

        void WriteTexts(string name, IReadOnlyList<string> texts)
        {
            json.WriteStartArray(name);
            foreach (string text in texts) json.WriteStringValue(text);
            json.WriteEndArray();
        }
    }
}
