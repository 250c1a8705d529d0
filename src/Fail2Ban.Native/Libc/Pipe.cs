using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Fail2Ban.Native.Libc;

/// <summary>The two ends of a pipe, both closed at exec; see pipe2(2).</summary>
public sealed unsafe class Pipe : IDisposable
{
    private Pipe(int reader, int writer)
    {
        Reader = new SafeFileHandle(reader, ownsHandle: true);
        Writer = new SafeFileHandle(writer, ownsHandle: true);
    }

    /// <summary>Where to read.</summary>
    public SafeFileHandle Reader { get; }

    /// <summary>Where to write.</summary>
    public SafeFileHandle Writer { get; }

    /// <summary>Makes a pipe; null with the errno where no descriptor is left.</summary>
    public static Pipe? TryCreate(out int error)
    {
        int* ends = stackalloc int[2];
        bool made = SpawnCalls.pipe2(ends, SpawnCalls.O_CLOEXEC) == 0;
        error = made ? 0 : Marshal.GetLastPInvokeError();
        return made ? new Pipe(ends[0], ends[1]) : null;
    }

    /// <summary>Reads what is there; 0 at the end or after an error. Blocks where nothing is there.</summary>
    public static int Read(SafeFileHandle descriptor, Span<byte> buffer)
    {
        fixed (byte* bytes = buffer) return (int)Math.Max(0, SpawnCalls.read(descriptor, bytes, (nuint)buffer.Length));
    }

    /// <summary>Writes; returns how many bytes were taken. Up to 64 KiB fit into an empty pipe without blocking.</summary>
    public int Write(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes) return (int)Math.Max(0, SpawnCalls.write(Writer, start, (nuint)bytes.Length));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Reader.Dispose();
        Writer.Dispose();
    }
}
