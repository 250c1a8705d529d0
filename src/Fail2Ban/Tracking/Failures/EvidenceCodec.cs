using System.Buffers;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;
using Fail2Ban.Detection.Matching;
using Fail2Ban.Values;

namespace Fail2Ban.Tracking.Failures;

/// <summary>Keeps the lines and fields of an id as one block of bytes.</summary>
/// <remarks>
/// A million attackers below maxretry have a line each: as records, arrays and UTF-16 that is some 800 bytes, here
/// about the length of the line. A field that occurs in the first line (most do) is kept as its place there.
/// Not thread-safe: one buffer and one list of field names for each instance.
/// </remarks>
internal sealed class EvidenceCodec
{
    private enum Kind : byte
    {
        Null,
        Text,
        PartOfFirstLine,
        Tuple,
        Set,
    }

    private const int TextsPerLine = 3; // before the date, the date, after it

    // Names come from patterns, never from a log, so there are few.
    private readonly List<string> _names = [];
    private readonly Dictionary<string, int> _numbers = [];
    private readonly ArrayBufferWriter<byte> _buffer = new(512);

    /// <summary>Packs lines and fields; the bytes are valid until the next call.</summary>
    public ReadOnlySpan<byte> Encode(ReadOnlySpan<MatchedLine> matches, FailureData data)
    {
        _buffer.ResetWrittenCount();
        string firstLine = matches.IsEmpty ? "" : matches[0].ToString();
        WriteNumber(matches.Length);
        foreach (MatchedLine line in matches)
        {
            WriteText(line.Before);
            WriteText(line.Date);
            WriteText(line.After);
        }

        WriteNumber(data.Fields.Length);
        foreach ((string name, object? value) in data.Fields)
        {
            WriteNumber(NumberOf(name));
            WriteValue(value, firstLine);
        }

        return _buffer.WrittenSpan;
    }

    /// <summary>Packs one further line of an id, as <see cref="Encode"/> would with all lines; the bytes are valid until the next call.</summary>
    /// <param name="packed">What is known so far.</param>
    /// <param name="line">Its text; it does not stay split at its date.</param>
    /// <param name="most">How many lines are kept.</param>
    /// <param name="all">The result.</param>
    /// <returns>False where the first line would have to go, in which fields may stand.</returns>
    public bool TryAppend(ReadOnlySpan<byte> packed, MatchedLine line, int most, out ReadOnlySpan<byte> all)
    {
        all = default;
        ReadOnlySpan<byte> rest = packed;
        int count = ReadNumber(ref rest);
        if (count == 0 || count >= most) return false;
        ReadOnlySpan<byte> lines = rest;
        for (int text = 0; text < TextsPerLine * count; text++)
        {
            int length = ReadNumber(ref rest);
            rest = rest[length..];
        }

        _buffer.ResetWrittenCount();
        WriteNumber(count + 1);
        Write(lines[..^rest.Length]);
        WriteNumber(0);
        WriteNumber(0);
        WriteText(line.Before, line.Date, line.After);
        Write(rest);
        all = _buffer.WrittenSpan;
        return true;
    }

    /// <summary>Unpacks what <see cref="Encode"/> of the same instance packed.</summary>
    public (ImmutableArray<MatchedLine> Matches, FailureData Data) Decode(ReadOnlySpan<byte> bytes)
    {
        var matches = new MatchedLine[ReadNumber(ref bytes)];
        for (int i = 0; i < matches.Length; i++) matches[i] = new MatchedLine(ReadText(ref bytes), ReadText(ref bytes), ReadText(ref bytes));
        string firstLine = matches.Length == 0 ? "" : matches[0].ToString();

        var fields = new KeyValuePair<string, object?>[ReadNumber(ref bytes)];
        for (int i = 0; i < fields.Length; i++) fields[i] = new(_names[ReadNumber(ref bytes)], ReadValue(ref bytes, firstLine));
        return (AsImmutable(matches), fields.Length == 0 ? FailureData.Empty : new FailureData(AsImmutable(fields)));
    }

    private static ImmutableArray<T> AsImmutable<T>(T[] items) =>
        ImmutableCollectionsMarshal.AsImmutableArray(items);

    private int NumberOf(string name)
    {
        if (_numbers.TryGetValue(name, out int number)) return number;
        _numbers.Add(name, _names.Count);
        _names.Add(name);
        return _names.Count - 1;
    }

    private void WriteValue(object? value, string firstLine)
    {
        switch (value)
        {
            case null:
                WriteKind(Kind.Null);
                break;
            case string text when text.Length > 2 && firstLine.IndexOf(text, StringComparison.Ordinal) is >= 0 and var place:
                WriteKind(Kind.PartOfFirstLine);
                WriteNumber(place);
                WriteNumber(text.Length);
                break;
            case PythonTuple tuple:
                WriteKind(Kind.Tuple);
                WriteItems(tuple, firstLine);
                break;
            case PythonSet set:
                WriteKind(Kind.Set);
                WriteItems(set, firstLine);
                break;
            default:
                WriteKind(Kind.Text);
                WriteText(PythonText.Str(value));
                break;
        }
    }

    private void WriteItems(IReadOnlyCollection<object?> items, string firstLine)
    {
        WriteNumber(items.Count);
        foreach (object? item in items) WriteValue(item, firstLine);
    }

    private object? ReadValue(ref ReadOnlySpan<byte> bytes, string firstLine)
    {
        var kind = (Kind)bytes[0];
        bytes = bytes[1..];
        switch (kind)
        {
            case Kind.Null: return null;
            case Kind.PartOfFirstLine: return firstLine.Substring(ReadNumber(ref bytes), ReadNumber(ref bytes));
            case Kind.Tuple: return new PythonTuple(ReadItems(ref bytes, firstLine));
            case Kind.Set: return new PythonSet(ReadItems(ref bytes, firstLine));
            default: return ReadText(ref bytes);
        }
    }

    private object?[] ReadItems(ref ReadOnlySpan<byte> bytes, string firstLine)
    {
        object?[] items = new object?[ReadNumber(ref bytes)];
        for (int i = 0; i < items.Length; i++) items[i] = ReadValue(ref bytes, firstLine);
        return items;
    }

    private void WriteKind(Kind kind)
    {
        _buffer.GetSpan(1)[0] = (byte)kind;
        _buffer.Advance(1);
    }

    // 7 bits a byte, lowest first; the top bit says that more follow.
    private void WriteNumber(int number)
    {
        Span<byte> target = _buffer.GetSpan(5);
        int length = 0;
        for (uint rest = (uint)number; ; rest >>= 7)
        {
            target[length++] = (byte)(rest < 0x80 ? rest : rest | 0x80);
            if (rest < 0x80) break;
        }

        _buffer.Advance(length);
    }

    private static int ReadNumber(ref ReadOnlySpan<byte> bytes)
    {
        uint number = 0;
        int length = 0;
        do number |= (bytes[length] & 0x7fu) << (7 * length);
        while ((bytes[length++] & 0x80) != 0);
        bytes = bytes[length..];
        return (int)number;
    }

    private void WriteText(string text)
    {
        int length = Encoding.UTF8.GetByteCount(text);
        WriteNumber(length);
        Encoding.UTF8.GetBytes(text, _buffer.GetSpan(Math.Max(length, 1)));
        _buffer.Advance(length);
    }

    private void WriteText(string one, string two, string three)
    {
        WriteNumber(Encoding.UTF8.GetByteCount(one) + Encoding.UTF8.GetByteCount(two) + Encoding.UTF8.GetByteCount(three));
        Encoding.UTF8.GetBytes(one, _buffer);
        Encoding.UTF8.GetBytes(two, _buffer);
        Encoding.UTF8.GetBytes(three, _buffer);
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_buffer.GetSpan(Math.Max(bytes.Length, 1)));
        _buffer.Advance(bytes.Length);
    }

    private static string ReadText(ref ReadOnlySpan<byte> bytes)
    {
        int length = ReadNumber(ref bytes);
        string text = Encoding.UTF8.GetString(bytes[..length]);
        bytes = bytes[length..];
        return text;
    }
}
