using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Fail2Ban.Detection.Lines;

/// <summary>Turns complete lines of any encoding into UTF-8 lines that end with one <c>\n</c>.</summary>
/// <remarks>
/// What can stay where it is stays there: a chunk of valid UTF-8 is not copied, and carriage returns before line ends are
/// squeezed out in place.
/// </remarks>
internal static class LineDecoder
{
    private static ReadOnlySpan<byte> Replacement => "\uFFFD"u8;

    private static ReadOnlySpan<byte> Mark => "\uFEFF"u8;

    /// <summary>Converts.</summary>
    /// <param name="codec">With its byte order resolved.</param>
    /// <param name="raw">From <see cref="ArrayPool{T}.Shared"/>; now owned by the result.</param>
    /// <param name="length">Bytes used; the last one ends a line.</param>
    internal static DecodedLines Decode(LineCodec codec, byte[] raw, int length)
    {
        Span<byte> bytes = raw.AsSpan(0, length);
        bool passes = codec.Form switch
        {
            LineForm.Utf8 => Utf8.IsValid(bytes) && !(codec.DropsMark && bytes.IndexOf(Mark) >= 0),
            LineForm.AnyBytes => false,
            _ => codec.IsAsciiSuperset && Ascii.IsValid(bytes),
        };
        if (passes) return new DecodedLines(raw, DropCarriageReturns(bytes), Unreadable: null);

        var target = new GrowingBuffer(length + length / 4);
        byte[]? unreadable = null;
        for (int start = 0; start < length;)
        {
            int end = start + codec.FirstLineEnd(bytes[start..]);
            if (!DecodeLine(codec, bytes[start..(end - codec.Newline.Length)], ref target)) unreadable ??= bytes[start..end].ToArray();
            start = end;
        }

        ArrayPool<byte>.Shared.Return(raw);
        return new DecodedLines(target.Buffer, DropCarriageReturns(target.Buffer.AsSpan(0, target.Length)), unreadable);
    }

    /// <summary>Removes, in place, every run of <c>\r</c> that stands before a <c>\n</c>.</summary>
    /// <returns>The new length.</returns>
    internal static int DropCarriageReturns(Span<byte> text)
    {
        int read = text.IndexOf((byte)'\r');
        if (read < 0) return text.Length;
        for (int write = read; ;)
        {
            int run = text[read..].IndexOfAnyExcept((byte)'\r');
            if (run < 0) run = text.Length - read;
            bool endsLine = read + run < text.Length && text[read + run] == (byte)'\n';
            int keepFrom = endsLine ? read + run : read;
            int next = text[(read + run)..].IndexOf((byte)'\r');
            int keepTo = next < 0 ? text.Length : read + run + next;
            text[keepFrom..keepTo].CopyTo(text[write..]);
            write += keepTo - keepFrom;
            if (next < 0) return write;
            read = keepTo;
        }
    }

    // False where something was unreadable.
    private static bool DecodeLine(LineCodec codec, ReadOnlySpan<byte> line, ref GrowingBuffer target)
    {
        int start = target.Length;
        bool readable = codec.Form switch
        {
            LineForm.Utf8 => DecodeUtf8(line, ref target),
            LineForm.Ascii => DecodeAscii(line, ref target),
            LineForm.SingleByte => DecodeSingleBytes(codec, line, ref target),
            _ => DecodeAny(codec.Encoding, line, ref target),
        };
        if (codec.DropsMark && target.Buffer.AsSpan(start, target.Length - start).StartsWith(Mark)) target.Remove(start, Mark.Length);
        target.Append((byte)'\n');
        return readable;
    }

    private static bool DecodeUtf8(ReadOnlySpan<byte> line, ref GrowingBuffer target)
    {
        if (Utf8.IsValid(line))
        {
            target.Append(line);
            return true;
        }

        while (!line.IsEmpty)
        {
            int count = AppendPlain(line, ref target);
            if (count == 0)
            {
                bool valid = Rune.DecodeFromUtf8(line, out _, out count) == OperationStatus.Done;
                target.Append(valid ? line[..count] : Replacement);
            }

            line = line[count..];
        }

        return false;
    }

    private static bool DecodeAscii(ReadOnlySpan<byte> line, ref GrowingBuffer target)
    {
        bool readable = true;
        while (!line.IsEmpty)
        {
            line = line[AppendPlain(line, ref target)..];
            if (line.IsEmpty) break;
            target.Append(Replacement);
            readable = false;
            line = line[1..];
        }

        return readable;
    }

    private static bool DecodeSingleBytes(LineCodec codec, ReadOnlySpan<byte> line, ref GrowingBuffer target)
    {
        byte[][] sequences = codec.Sequences!;
        bool readable = true;
        while (!line.IsEmpty)
        {
            if (codec.IsAsciiSuperset) line = line[AppendPlain(line, ref target)..];
            if (line.IsEmpty) break;
            byte[] sequence = sequences[line[0]];
            target.Append(sequence);
            if (sequence.Length == 3) readable &= !Replacement.SequenceEqual(sequence);
            line = line[1..];
        }

        return readable;
    }

    // Most text of any encoding is ASCII in long runs.
    private static int AppendPlain(ReadOnlySpan<byte> line, ref GrowingBuffer target)
    {
        int count = line.IndexOfAnyExceptInRange((byte)0, (byte)0x7F);
        if (count < 0) count = line.Length;
        target.Append(line[..count]);
        return count;
    }

    private static bool DecodeAny(Encoding encoding, ReadOnlySpan<byte> line, ref GrowingBuffer target)
    {
        char[] chars = ArrayPool<char>.Shared.Rent(encoding.GetMaxCharCount(line.Length));
        int count = encoding.GetChars(line, chars);
        int start = target.Length;
        Span<byte> free = target.Reserve(count * 3);
        _ = Utf8.FromUtf16(chars.AsSpan(0, count), free, out _, out int written);
        target.Commit(written);
        ArrayPool<char>.Shared.Return(chars);
        Span<byte> text = target.Buffer.AsSpan(start, written);
        text.Replace((byte)'\n', (byte)' '); // a shifted encoding may hide one; it must not forge a line
        return text.IndexOf(Replacement) < 0;
    }
}

/// <summary>Lines after their conversion.</summary>
/// <param name="Buffer">From the shared pool.</param>
/// <param name="Length">Bytes used.</param>
/// <param name="Unreadable">The first line, as stored, of which something could not be read; null where all could.</param>
internal readonly record struct DecodedLines(byte[] Buffer, int Length, byte[]? Unreadable);
