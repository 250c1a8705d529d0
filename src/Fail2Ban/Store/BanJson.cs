using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Fail2Ban.Addresses;
using Fail2Ban.Detection.Matching;
using Fail2Ban.Tracking.Failures;
using Fail2Ban.Values;

namespace Fail2Ban.Store;

/// <summary>The column <c>data</c>, byte for byte as Python's <c>json.dumps(…, ensure_ascii=False)</c> writes it.</summary>
/// <remarks>Not thread-safe: one instance for each thread.</remarks>
internal sealed class BanJson
{
    private readonly ArrayBufferWriter<byte> _buffer = new(1024);

    /// <summary>Writes lines, failures and fields of a ticket.</summary>
    /// <param name="ticket">Whose.</param>
    /// <param name="maxMatches">At most so many of its last lines; 0 leaves the key out.</param>
    public byte[] Write(Ticket ticket, int maxMatches)
    {
        _buffer.ResetWrittenCount();
        Raw("{"u8);
        if (maxMatches > 0)
        {
            Raw("\"matches\": ["u8);
            for (int i = Math.Max(0, ticket.Matches.Length - maxMatches), first = i; i < ticket.Matches.Length; i++)
            {
                if (i > first) Raw(", "u8);
                Match(ticket.Matches[i]);
            }

            Raw("], "u8);
        }

        Raw("\"failures\": "u8);
        Raw(Encoding.ASCII.GetBytes(PythonText.Repr((object)ticket.Failures)));
        bool hasAddress = false;
        foreach ((string name, object? value) in ticket.Data.Fields)
        {
            if (value is null || name is "matches" or "failures") continue;
            hasAddress |= name == "ip";
            Key(name);
            Value(value);
        }

        if (ticket.Address is { } address && !hasAddress)
        {
            Key("ip");
            Text(address.ToString());
        }

        Raw("}"u8);
        return _buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads what <see cref="Write"/> or the original wrote; what cannot be read counts as <c>{}</c>.</summary>
    public static (int Failures, ImmutableArray<MatchedLine> Matches, FailureData Data, FailureId? Address) Read(ReadOnlySpan<byte> json)
    {
        int failures = 0;
        ImmutableArray<MatchedLine> matches = [];
        FailureId? address = null;
        var fields = ImmutableArray.CreateBuilder<KeyValuePair<string, object?>>();
        try
        {
            var reader = new Utf8JsonReader(json);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return (0, [], FailureData.Empty, null);
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                string name = reader.GetString()!;
                reader.Read();
                object? value = ReadValue(ref reader);
                switch (name)
                {
                    case "failures": failures = value is double number ? (int)number : 0; break;
                    case "matches": matches = value is PythonTuple lines ? [.. lines.Select(Line)] : []; break;
                    case "ip" when value is string text: address = FailureId.Parse(text); break;
                    case "users" when value is PythonTuple users: fields.Add(new(name, new PythonSet([.. users]))); break;
                    default: fields.Add(new(name, value is double real ? PythonText.Str(real) : value)); break;
                }
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return (0, [], FailureData.Empty, null);
        }

        return (failures, matches, fields.Count == 0 ? FailureData.Empty : new FailureData(fields.ToImmutable()), address);
    }

    private static MatchedLine Line(object? item) => item switch
    {
        PythonTuple { Count: 3 } parts => new MatchedLine(PythonText.Str(parts[0]), PythonText.Str(parts[1]), PythonText.Str(parts[2])),
        PythonTuple parts => new MatchedLine("", "", string.Concat(parts.Select(PythonText.Str))),
        _ => new MatchedLine("", "", PythonText.Str(item)),
    };

    // Lists and tuples are the same in JSON. Objects do not occur in what fail2ban writes; they are read over.
    private static object? ReadValue(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String: return reader.GetString();
            case JsonTokenType.Number: return reader.GetDouble();
            case JsonTokenType.True: return true;
            case JsonTokenType.False: return false;
            case JsonTokenType.StartArray:
                var items = new List<object?>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) items.Add(ReadValue(ref reader));
                return new PythonTuple([.. items]);
            case JsonTokenType.StartObject:
                reader.Skip();
                return null;
            default: return null;
        }
    }

    // Where the original keeps a line as one text (each but those of the first failure), so do we.
    private void Match(MatchedLine line)
    {
        if (line.Before.Length == 0 && line.Date.Length == 0)
        {
            Text(line.After);
            return;
        }

        Raw("["u8);
        Text(line.Before);
        Raw(", "u8);
        Text(line.Date);
        Raw(", "u8);
        Text(line.After);
        Raw("]"u8);
    }

    private void Key(string name)
    {
        Raw(", "u8);
        Text(name);
        Raw(": "u8);
    }

    private void Value(object? value)
    {
        switch (value)
        {
            case null: Raw("null"u8); break;
            case bool flag: Raw(flag ? "true"u8 : "false"u8); break;
            case double and (double.NaN or double.PositiveInfinity or double.NegativeInfinity): Raw("null"u8); break; // JSON has none: the whole row could not be read again
            case int or long or double: Raw(Encoding.ASCII.GetBytes(PythonText.Repr(value))); break;
            case string text: Text(text); break;
            case IReadOnlyCollection<object?> items: Items(items); break;
            default: Text(PythonText.Str(value)); break;
        }
    }

    private void Items(IReadOnlyCollection<object?> items)
    {
        Raw("["u8);
        bool first = true;
        foreach (object? item in items)
        {
            if (!first) Raw(", "u8);
            first = false;
            Value(item);
        }

        Raw("]"u8);
    }

    // Python escapes the quote, the backslash and what is below the space; DEL and the rest stay as they are.
    private void Text(string text)
    {
        Raw("\""u8);
        int plain = 0;
        for (int i = 0; i < text.Length; i++)
        {
            char current = text[i];
            if (current is >= ' ' and not ('"' or '\\')) continue;
            Encode(text.AsSpan(plain, i - plain));
            plain = i + 1;
            Raw(current switch
            {
                '"' => "\\\""u8,
                '\\' => "\\\\"u8,
                '\n' => "\\n"u8,
                '\r' => "\\r"u8,
                '\t' => "\\t"u8,
                '\b' => "\\b"u8,
                '\f' => "\\f"u8,
                _ => Encoding.ASCII.GetBytes($"\\u{(int)current:x4}"),
            });
        }

        Encode(text.AsSpan(plain));
        Raw("\""u8);
    }

    private void Encode(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty) return;
        Span<byte> target = _buffer.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length));
        _buffer.Advance(Encoding.UTF8.GetBytes(text, target));
    }

    private void Raw(ReadOnlySpan<byte> bytes) => _buffer.Write(bytes);
}
