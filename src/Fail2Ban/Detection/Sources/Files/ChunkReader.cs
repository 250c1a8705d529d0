using System.Buffers;
using Fail2Ban.Detection.Lines;
using Fail2Ban.Native.Libc;
using Microsoft.Win32.SafeHandles;

namespace Fail2Ban.Detection.Sources.Files;

/// <summary>Reads complete lines at an offset of an open file, keeping nothing between two reads.</summary>
/// <remarks>
/// A tail without line end stays in the file and is read again when it has grown. Only a tail longer than a chunk is
/// remembered by how far it was searched, so that a line that grows slowly is not read over and over.
/// </remarks>
internal static class ChunkReader
{
    /// <summary>Bytes of an ordinary read: small enough to stay in a core's cache until the jails have seen it.</summary>
    internal const int ChunkSize = 64 * 1024;

    /// <summary>A longer line is cut, so that one endless line can't take the memory.</summary>
    internal const int LongestLine = 8 * 1024 * 1024;

    /// <summary>Reads.</summary>
    /// <param name="file">An open file.</param>
    /// <param name="codec">With its byte order resolved.</param>
    /// <param name="offset">Where a line begins.</param>
    /// <param name="searched">No line end stands between <paramref name="offset"/> and this; 0 where that is unknown.</param>
    /// <param name="size">The file's size as last seen.</param>
    internal static Chunk Read(SafeFileHandle file, LineCodec codec, long offset, long searched, long size)
    {
        long available = size - offset;
        if (available <= 0) return new Chunk { ReachedEnd = true, Searched = offset };
        long want = Math.Min(available, ChunkSize);
        if (searched > offset + want)
        {
            long end = FindLineEnd(file, codec, searched, size, out int errno);
            if (end < 0) return new Chunk { Errno = errno, ReachedEnd = true, Searched = Aligned(offset, size, codec) };
            want = Math.Min(end - offset, LongestLine);
        }

        while (true)
        {
            byte[] buffer = ArrayPool<byte>.Shared.Rent((int)want);
            int errno = LogFileHandle.Read(file, buffer.AsSpan(0, (int)want), offset, out int count);
            int unit = codec.Newline.Length;
            int length = errno == 0 ? codec.LastLineEnd(buffer.AsSpan(0, count - count % unit)) : -1;
            bool atEnd = count < want || offset + count >= size;
            if (length > 0) return new Chunk { Buffer = buffer, Length = length, End = offset + length, ReachedEnd = atEnd };
            if (errno == 0 && !atEnd && want == LongestLine)
            {
                long end = FindLineEnd(file, codec, offset + count, size, out errno);
                if (end >= 0)
                {
                    codec.Newline.CopyTo(buffer, LongestLine - unit);
                    return new Chunk { Buffer = buffer, Length = LongestLine, End = end, WasCut = true };
                }

                atEnd = true;
                count = (int)Math.Min(size - offset, int.MaxValue);
            }

            ArrayPool<byte>.Shared.Return(buffer);
            if (errno != 0 || atEnd) return new Chunk { Errno = errno, ReachedEnd = true, Searched = Aligned(offset, offset + count, codec) };
            want = Math.Min(Math.Min(want * 8, available), LongestLine);
        }
    }

    /// <summary>Searches behind which byte the line ends that <paramref name="from"/> is in.</summary>
    /// <returns>-1 where there is no line end before <paramref name="size"/>, or at an error.</returns>
    internal static long FindLineEnd(SafeFileHandle file, LineCodec codec, long from, long size, out int errno)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(ChunkSize);
        try
        {
            for (errno = 0; from < size;)
            {
                int want = (int)Math.Min(size - from, ChunkSize);
                errno = LogFileHandle.Read(file, buffer.AsSpan(0, want), from, out int count);
                count -= count % codec.Newline.Length;
                if (errno != 0 || count == 0) return -1;
                int end = codec.FirstLineEnd(buffer.AsSpan(0, count));
                if (end >= 0) return from + end;
                from += count;
            }

            return -1;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static long Aligned(long offset, long end, LineCodec codec) => end - (end - offset) % codec.Newline.Length;
}

/// <summary>What a read gave.</summary>
internal readonly record struct Chunk
{
    /// <summary>From the shared pool, owned by the receiver; null where there is no complete line.</summary>
    internal byte[]? Buffer { get; init; }

    /// <summary>Bytes of <see cref="Buffer"/> that are used; the last one ends a line.</summary>
    internal int Length { get; init; }

    /// <summary>The offset behind the lines.</summary>
    internal long End { get; init; }

    /// <summary>Whether no complete line stands behind these as far as the size was known.</summary>
    internal bool ReachedEnd { get; init; }

    /// <summary>Without lines: up to where there is no line end.</summary>
    internal long Searched { get; init; }

    /// <summary>The only line was longer than <see cref="ChunkReader.LongestLine"/>.</summary>
    internal bool WasCut { get; init; }

    /// <summary>0, or why nothing could be read.</summary>
    internal int Errno { get; init; }
}
