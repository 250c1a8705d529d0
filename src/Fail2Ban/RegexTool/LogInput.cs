using System.Buffers;
using System.Text;
using Fail2Ban.Detection.Lines;
using Fail2Ban.Detection.Matching;
using Fail2Ban.Logging;

namespace Fail2Ban.RegexTool;

/// <summary>Handles one line; it is valid during the call.</summary>
/// <param name="line">The line.</param>
internal delegate void LineHandler(in LogLine line);

/// <summary>Handles complete lines that were read at once, and gives the buffer back to the shared pool.</summary>
/// <param name="buffer">Now the handler's.</param>
/// <param name="length">Bytes used.</param>
internal delegate void LinesHandler(byte[] buffer, int length);

/// <summary>Gives the lines of a log file or of a text, in constant memory.</summary>
internal static class LogInput
{
    private const int ChunkLength = 128 * 1024;

    // So that whoever concludes need not wait long for the first lines.
    private const int FirstLength = 16 * 1024;

    /// <summary>Reads the complete lines of a file; what follows the last line end is not one.</summary>
    /// <param name="stream">At its start.</param>
    /// <param name="name">For messages.</param>
    /// <param name="encoding">How the bytes become text.</param>
    /// <param name="log">Told once about what could not be read.</param>
    /// <param name="progress">Told of what was read; null where nobody watches.</param>
    /// <param name="handle">Called when lines have arrived.</param>
    /// <exception cref="FilterException">The file cannot be read (any further).</exception>
    public static void ReadFile(Stream stream, string name, LogEncoding encoding, Log log, ReadingProgress? progress, LinesHandler handle)
    {
        LineCodec codec = encoding.Codec;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(ChunkLength);
        int length = 0;
        bool isStart = true, reported = false;
        for (int read; (read = Read(stream, name, isStart ? buffer.AsSpan(0, FirstLength) : buffer.AsSpan(length))) > 0;)
        {
            progress?.Add(read);
            length += read;
            if (isStart) codec = codec.Resolve(buffer.AsSpan(0, length));
            isStart = false;
            int end = codec.LastLineEnd(buffer.AsSpan(0, length));
            if (end < 0)
            {
                if (length == buffer.Length) Grow(ref buffer, length);
                continue;
            }

            byte[] next = ArrayPool<byte>.Shared.Rent(Math.Max(ChunkLength, 2 * (length - end)));
            buffer.AsSpan(end, length - end).CopyTo(next);
            DecodedLines lines = LineDecoder.Decode(codec, buffer, end);
            buffer = next;
            length -= end;
            if (lines.Unreadable is { } unreadable && !reported)
            {
                reported = true;
                log.Undecodable(name, encoding.Name, unreadable);
            }

            handle(lines.Buffer, lines.Length);
        }

        progress?.End();
        ArrayPool<byte>.Shared.Return(buffer);
    }

    /// <summary>Takes a text from the command line as one line, or as several where it is split at line ends.</summary>
    public static void ReadText(IEnumerable<string> lines, LineHandler handle)
    {
        foreach (string line in lines)
        {
            // A line holds exactly one line end, at its end.
            byte[] bytes = Encoding.UTF8.GetBytes(line.TrimEnd('\r').Replace('\n', ' ') + "\n");
            handle(new LogLine(bytes));
        }
    }

    private static int Read(Stream stream, string name, Span<byte> buffer)
    {
        try
        {
            return stream.Read(buffer);
        }
        catch (IOException e)
        {
            throw new FilterException($"cannot read log file '{name}': {e.Message}", e);
        }
    }

    private static void Grow(ref byte[] buffer, int length)
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent(checked(2 * length));
        buffer.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = larger;
    }
}
