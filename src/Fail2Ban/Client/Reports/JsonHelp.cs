using System.Text.Json;
using Fail2Ban.Client.Commands;

namespace Fail2Ban.Client.Reports;

/// <summary>The help for programs: options and commands as they are defined.</summary>
internal static class JsonHelp
{
    internal static void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteStartArray("options");
        foreach (OptionTable.Option option in OptionTable.All)
        {
            json.WriteStartObject();
            json.WriteStartArray("names");
            foreach (string name in option.Names) json.WriteStringValue(name);
            json.WriteEndArray();
            if (option.Value is null) json.WriteNull("value");
            else json.WriteString("value", option.Value);
            json.WriteString("help", option.Help);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("commands");
        foreach (Command command in CommandTable.All)
        {
            json.WriteStartObject();
            json.WriteString("words", command.Words);
            json.WriteString("help", command.Help);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
