using System.Buffers;
using System.Collections;
using System.Globalization;
using System.Text.Json;

namespace Fail2Ban.Values;

/// <summary>Values of the protocol as one line of JSON, and back.</summary>
public static class PythonJson
{
    private const int Escape = 6; // \uXXXX

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
            using JsonDocument document = JsonDocument.Parse(Mended(line));
            value = Read(document.RootElement);
            return true;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return false; // the latter: a text that is no UTF-8
        }
    }

    // Python writes half of a pair as it is (\udc80 for a byte that is no text), which has no place in a text of JSON.
    private static ReadOnlyMemory<byte> Mended(ReadOnlyMemory<byte> line)
    {
        byte[]? mended = null;
        for (int at = 0; line.Span[at..].IndexOf((byte)'\\') is >= 0 and int found; )
        {
            at += found;
            int length = HalfAt(line.Span[at..]) switch
            {
                null => Math.Min(2, line.Length - at),
                < 0xdc00 when HalfAt(line.Span[(at + Escape)..]) >= 0xdc00 => 2 * Escape,
                _ => Escape,
            };
            if (length == Escape) "\\ufffd"u8.CopyTo((mended ??= line.ToArray()).AsSpan(at));
            at += length;
        }

        return mended ?? line;
    }

    // The half of a pair that begins here, \ud800 to \udfff; null where there is none.
    private static int? HalfAt(ReadOnlySpan<byte> text) =>
        text.Length >= Escape && text[0] == '\\' && text[1] == 'u'
        && int.TryParse(text[2..Escape], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int unit) && unit is >= 0xd800 and <= 0xdfff ? unit : null;

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
