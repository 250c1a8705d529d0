using System.Buffers;
using System.Collections;
using System.Globalization;
using System.Text.Json;

namespace Fail2Ban.Values;

/// <summary>Values of the protocol as one line of JSON, and back.</summary>
public static class PythonJson
{
    /// <summary>One line with its end, in ASCII.</summary>
    public static ReadOnlySpan<byte> Line(object? value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer)) Write(json, value);
        buffer.Write("\n"u8);
        return buffer.WrittenSpan;
    }

    /// <summary>Reads one line; false where it is no JSON.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> line, out object? value)
    {
        value = null;
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            value = Read(document.RootElement);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static void Write(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null: json.WriteNullValue(); break;
            case bool flag: json.WriteBooleanValue(flag); break;
            case string text: json.WriteStringValue(Whole(text)); break;
            case int or long: json.WriteNumberValue(Convert.ToInt64(value, CultureInfo.InvariantCulture)); break;
            case double number when double.IsFinite(number): json.WriteRawValue(PythonText.Repr(number)); break; // 1.0 stays a float
            case PythonDict dict:
                json.WriteStartObject();
                foreach ((object key, object? item) in dict)
                {
                    json.WritePropertyName(Whole(PythonText.Str(key)));
                    Write(json, item);
                }

                json.WriteEndObject();
                break;
            case byte[] bytes: json.WriteStringValue(System.Text.Encoding.Latin1.GetString(bytes)); break;
            case IEnumerable items:
                json.WriteStartArray();
                foreach (object? item in items) Write(json, item);
                json.WriteEndArray();
                break;
            default: json.WriteStringValue(Whole(PythonText.Str(value))); break;
        }
    }

    private static object? Read(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String: return element.GetString();
            case JsonValueKind.True: return true;
            case JsonValueKind.False: return false;
            case JsonValueKind.Number: return element.TryGetInt64(out long whole) ? whole : (object)element.GetDouble();
            case JsonValueKind.Array: return element.EnumerateArray().Select(Read).ToList();
            case JsonValueKind.Object:
                var dict = new PythonDict();
                foreach (JsonProperty property in element.EnumerateObject()) dict[property.Name] = Read(property.Value);
                return dict;
            default: return null;
        }
    }

    // Half of a pair is no text of JSON.
    private static string Whole(string text) => System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(text));
}
