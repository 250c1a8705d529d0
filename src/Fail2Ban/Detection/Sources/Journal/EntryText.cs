using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Unicode;
using Fail2Ban.Detection.Lines;

namespace Fail2Ban.Detection.Sources.Journal;

/// <summary>Makes the line of an entry: <c>[HOST ]IDENT[PID]: message</c>, with the date in front that tickets keep.</summary>
/// <remarks>Used again for each entry; not thread-safe.</remarks>
internal sealed class EntryText(TimeZoneInfo zone)
{
    private const int LongestDate = 40;
    private const long Second = 1_000_000;

    private GrowingBuffer _buffer = new(512);

    /// <summary>The date, a space, the text, <c>\n</c>; valid UTF-8.</summary>
    internal ReadOnlySpan<byte> Bytes => _buffer.Buffer.AsSpan(0, _buffer.Length);

    /// <summary>Length of the date with its space, in bytes.</summary>
    internal int DateLength { get; private set; }

    /// <summary>When it happened: as the sender says, else when it was received.</summary>
    internal DateTimeOffset Time { get; private set; }

    internal void Compose(EntryFields fields)
    {
        _buffer.Remove(0, _buffer.Length);
        Time = JournalTime.At(Number(fields.SourceTime) ?? fields.RealTime);
        _buffer.Commit(JournalTime.Write(Time, zone, _buffer.Reserve(LongestDate)[..LongestDate]));
        _buffer.Append((byte)' ');
        DateLength = _buffer.Length;

        if (!fields.Host.IsEmpty)
        {
            AppendText(fields.Host);
            _buffer.Append((byte)' ');
        }

        ReadOnlySpan<byte> identifier = fields.Identifier.IsEmpty ? fields.Command : fields.Identifier;
        if (!identifier.IsEmpty) AppendSender(identifier, fields);
        AppendText(fields.Message);
        _buffer.Append((byte)'\n');
    }

    private void AppendSender(ReadOnlySpan<byte> identifier, EntryFields fields)
    {
        AppendText(identifier);
        ReadOnlySpan<byte> process = ProcessNumber.Normalize(fields.SyslogProcess);
        if (process.IsEmpty) process = ProcessNumber.Normalize(fields.Process);
        if (!process.IsEmpty)
        {
            _buffer.Append((byte)'[');
            AppendText(process);
            _buffer.Append((byte)']');
        }

        _buffer.Append(": "u8);
        if (process.IsEmpty && identifier.SequenceEqual("kernel"u8)) AppendUptime(Number(fields.SourceMonotonic) ?? fields.MonotonicTime);
    }

    // As dmesg prints it: [%12.6f]
    private void AppendUptime(long microseconds)
    {
        Span<byte> text = stackalloc byte[32];
        Utf8.TryWrite(text, $"{microseconds / Second}.{microseconds % Second:D6}", out int length);
        _buffer.Append((byte)'[');
        for (int pad = length; pad < 12; pad++) _buffer.Append((byte)' ');
        _buffer.Append(text[..length]);
        _buffer.Append("] "u8);
    }

    // What is no UTF-8 becomes U+FFFD; a line end becomes a backslash and n, so that no entry can forge a second line.
    private void AppendText(ReadOnlySpan<byte> text)
    {
        while (!text.IsEmpty)
        {
            int plain = text.IndexOfAnyExceptInRange((byte)(' ' - 1), (byte)'~');
            if (plain < 0) plain = text.Length;
            _buffer.Append(text[..plain]);
            text = text[plain..];
            if (text.IsEmpty) return;
            if (text[0] == (byte)'\n')
            {
                _buffer.Append("\\n"u8);
                text = text[1..];
                continue;
            }

            bool isValid = Rune.DecodeFromUtf8(text, out _, out int count) == OperationStatus.Done;
            _buffer.Append(isValid ? text[..count] : "\uFFFD"u8);
            text = text[count..];
        }
    }

    private static long? Number(ReadOnlySpan<byte> text) =>
        Utf8Parser.TryParse(text, out long number, out int used) && used == text.Length && number >= 0 ? number : null;
}
