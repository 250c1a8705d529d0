using System.Buffers;
using Fail2Ban.Native.Libc;
using Microsoft.Win32.SafeHandles;

namespace Fail2Ban.Detection.Sources.Files;

/// <summary>The hash by which a log is known again; the database keeps it.</summary>
internal static class FirstLine
{
    private const int FirstRead = 1024;

    /// <summary>SHA-1 of the first line up to its <c>\n</c> byte, whatever the encoding; empty while there is none.</summary>
    /// <param name="file">An open file.</param>
    /// <param name="length">The line's bytes, its end included; 0 while there is none.</param>
    internal static string Hash(SafeFileHandle file, out long length)
    {
        length = 0;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(ChunkReader.ChunkSize);
        try
        {
            // Most lines are short: a small read is enough, and no incremental hash is made.
            if (LogFileHandle.Read(file, buffer.AsSpan(0, FirstRead), 0, out int count) != 0) return "";
            int end = buffer.AsSpan(0, count).IndexOf((byte)'\n');
            if (end < 0) return count < FirstRead ? "" : HashLong(file, buffer, out length);
            length = end + 1;
            return Sha1.Hex(buffer.AsSpan(0, end + 1));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static string HashLong(SafeFileHandle file, byte[] buffer, out long length)
    {
        length = 0;
        var hash = new Sha1();
        for (long offset = 0; ;)
        {
            if (LogFileHandle.Read(file, buffer.AsSpan(0, ChunkReader.ChunkSize), offset, out int count) != 0 || count == 0) return "";
            int end = buffer.AsSpan(0, count).IndexOf((byte)'\n');
            hash.Append(buffer.AsSpan(0, end >= 0 ? end + 1 : count));
            if (end >= 0)
            {
                length = offset + end + 1;
                return hash.Finish();
            }

            offset += count;
        }
    }
}
