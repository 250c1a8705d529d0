using System.Runtime.InteropServices;

namespace Fail2Ban.Native.Libc;

/// <summary>A standard stream of the process as it was inherited; see read(2) and write(2).</summary>
/// <remarks>
/// Not the framework's console: that one takes over the terminal and its signals and starts a thread, which is half of what a short
/// run of the client would cost. A reader that went away is no error, as with the framework. Thread safety: any thread; each write
/// up to PIPE_BUF is one piece.
/// </remarks>
public sealed partial class StandardStream : Stream
{
    private readonly int _descriptor;

    private StandardStream(int descriptor) => _descriptor = descriptor;

    /// <summary>Standard input.</summary>
    public static StandardStream Input { get; } = new(0);

    /// <summary>Standard output.</summary>
    public static StandardStream Output { get; } = new(1);

    /// <summary>Standard error.</summary>
    public static StandardStream Error { get; } = new(2);

    /// <inheritdoc/>
    public override bool CanRead => _descriptor == 0;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => _descriptor != 0;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override void Flush() { }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    /// <exception cref="NativeException">The system refuses.</exception>
    public override unsafe int Read(Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            while (true)
            {
                nint count = read(_descriptor, start, (nuint)buffer.Length);
                if (count >= 0) return (int)count;
                Retry(PollEntry.POLLIN, "read");
            }
        }
    }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    /// <exception cref="NativeException">The system refuses, for example on a full disk.</exception>
    public override unsafe void Write(ReadOnlySpan<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            for (int written = 0; written < buffer.Length;)
            {
                nint count = write(_descriptor, start + written, (nuint)(buffer.Length - written));
                if (count >= 0) written += (int)count;
                else if (Marshal.GetLastPInvokeError() == Errno.EPIPE) return;
                else Retry(PollEntry.POLLOUT, "write");
            }
        }
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    // A terminal or pipe that another program made non-blocking is waited for.
    private unsafe void Retry(short events, string operation)
    {
        int error = Marshal.GetLastPInvokeError();
        if (error == Errno.EINTR) return;
        if (error != Errno.EAGAIN) throw new NativeException(operation, $"descriptor {_descriptor}", error);
        var entry = new PollEntry(_descriptor, events, 0);
        _ = SpawnCalls.poll(&entry, 1, -1);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint read(int descriptor, byte* buffer, nuint length);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint write(int descriptor, byte* buffer, nuint length);
}
