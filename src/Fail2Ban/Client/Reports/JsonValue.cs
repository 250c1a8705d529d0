using System.Collections;
using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using Fail2Ban.Values;

namespace Fail2Ban.Client.Reports;

/// <summary>A value of the protocol as JSON.</summary>
internal static class JsonValue
{
    /// <summary>Any value; what JSON cannot say (bytes, infinite numbers, keys that are no text) becomes text.</summary>
    internal static void Write(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null: json.WriteNullValue(); break;
            case bool flag: json.WriteBooleanValue(flag); break;
            case string text: WriteText(json, text); break;
            case int or long: json.WriteNumberValue(Convert.ToInt64(value, CultureInfo.InvariantCulture)); break;
            case double number when double.IsFinite(number): json.WriteNumberValue(number); break;
            case BigInteger large: json.WriteRawValue(large.ToString(CultureInfo.InvariantCulture)); break;
            case byte[] bytes: WriteText(json, Encoding.Latin1.GetString(bytes)); break;
            case PythonDict dict:
                json.WriteStartObject();
                foreach ((object key, object? item) in dict)
                {
                    json.WritePropertyName(PythonText.Str(key));
                    Write(json, item);
                }

                json.WriteEndObject();
                break;
            case IEnumerable items:
                json.WriteStartArray();
                foreach (object? item in items) Write(json, item);
                json.WriteEndArray();
                break;
            default: WriteText(json, PythonText.Str(value)); break;
        }
    }

    /// <summary>A number, also where the server sent its digits as text.</summary>
    internal static void WriteNumber(Utf8JsonWriter json, object? value)
    {
        if (value is string text && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number)) json.WriteNumberValue(number);
        else Write(json, value);
    }

    /// <summary>A list of texts; a lone value is a list of one.</summary>
    internal static void WriteTexts(Utf8JsonWriter json, object? values)
    {
        json.WriteStartArray();
        foreach (string text in Presentation.Items(values).Select(PythonText.Str)) WriteText(json, text);
        json.WriteEndArray();
    }

    // Bytes that are no UTF-8 travel as lone surrogates, which JSON has no place for: enumerating runes replaces them.
    private static void WriteText(Utf8JsonWriter json, string text) =>
        json.WriteStringValue(text.AsSpan().ContainsAnyInRange('\ud800', '\udfff') ? string.Concat(text.EnumerateRunes()) : text);
}
