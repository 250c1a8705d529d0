using System.Buffers;
using Fail2Ban.Detection.Lines;
using Microsoft.Win32.SafeHandles;

namespace Fail2Ban.Detection.Sources.Files;

/// <summary>Finds by bisection where a log begins to be young enough.</summary>
/// <remarks>Takes the log's dates to be in order, roughly; where they are not, some lines more or fewer are read.</remarks>
internal sealed class StartSeek(SafeFileHandle file, LineCodec codec, long size, LineDate dateOf)
{
    private const int SmallEnough = 4096;

    // Looking for the next line with a date ends here: a log without dates must not be read whole, several times.
    private const long MostWithoutDate = 1024 * 1024;

    /// <summary>The offset of the first line that is not older.</summary>
    /// <param name="from">Where to begin; a line begins there.</param>
    /// <param name="notBefore">What is still young enough.</param>
    /// <returns>A line's start, or behind the last complete line where all are older.</returns>
    internal long Find(long from, DateTimeOffset notBefore)
    {
        long low = from, high = size;
        while (high - low > SmallEnough)
        {
            long middle = low + (high - low) / 2 / codec.Newline.Length * codec.Newline.Length;
            long line = ChunkReader.FindLineEnd(file, codec, middle, high, out _);
            if (line >= 0 && NextDated(line, high) is { } dated && dated.Date < notBefore) low = dated.End;
            else high = middle;
        }

        while (NextDated(low, size) is { } dated)
        {
            if (dated.Date >= notBefore) return dated.Start;
            low = dated.End;
        }

        return low;
    }

    // The first line with a date that begins at or behind an offset, which must be a line's start, and before the limit.
    private (long Start, long End, DateTimeOffset Date)? NextDated(long offset, long limit)
    {
        long last = Math.Min(limit, offset + MostWithoutDate);
        while (offset < last)
        {
            Chunk chunk = ChunkReader.Read(file, codec, offset, 0, Math.Min(size, offset + SmallEnough));
            if (chunk.Buffer is null) chunk = ChunkReader.Read(file, codec, offset, 0, size);
            if (chunk.Buffer is null) return null;
            try
            {
                Span<byte> bytes = chunk.Buffer.AsSpan(0, chunk.Length);
                for (int start = 0; start < bytes.Length && offset + start < last;)
                {
                    int end = start + codec.FirstLineEnd(bytes[start..]);
                    if (DateOf(bytes[start..end]) is { } date) return (offset + start, end == bytes.Length ? chunk.End : offset + end, date);
                    start = end;
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(chunk.Buffer);
            }

            offset = chunk.End;
        }

        return null;
    }

    private DateTimeOffset? DateOf(ReadOnlySpan<byte> stored)
    {
        byte[] raw = ArrayPool<byte>.Shared.Rent(stored.Length);
        stored.CopyTo(raw);
        DecodedLines line = LineDecoder.Decode(codec, raw, stored.Length);
        DateTimeOffset? date = dateOf(new LogLine(line.Buffer.AsSpan(0, line.Length)));
        ArrayPool<byte>.Shared.Return(line.Buffer);
        return date;
    }
}
