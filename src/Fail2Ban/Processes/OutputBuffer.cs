using System.Text;
using Fail2Ban.Native.Libc;
using Microsoft.Win32.SafeHandles;

namespace Fail2Ban.Processes;

/// <summary>One output of a command: the beginning is kept, the rest is read and dropped so that the command never blocks.</summary>
/// <remarks>Thread safety: none; owned by the thread of <see cref="ShellRunner"/>.</remarks>
internal sealed class OutputBuffer(SafeFileHandle reader, int most) : IDisposable
{
    private readonly MemoryStream _kept = new();

    /// <summary>What to wait for; −1 after the end.</summary>
    public int Descriptor => reader.IsClosed ? -1 : (int)reader.DangerousGetHandle();

    /// <summary>Takes one portion of what is there; at the end the descriptor is closed.</summary>
    public void Read(Span<byte> scratch)
    {
        if (reader.IsClosed) return;
        int length = Pipe.Read(reader, scratch);
        if (length == 0) reader.Dispose();
        else _kept.Write(scratch[..(int)Math.Min(length, most - _kept.Length)]);
    }

    /// <summary>Takes what is still in the pipe after the command's end. Something it left behind may go on printing: that is not waited for.</summary>
    public void Drain(Span<byte> scratch)
    {
        for (int portions = 0; portions < 16 && !reader.IsClosed && Poller.IsReadable(reader); portions++) Read(scratch);
        reader.Dispose();
    }

    /// <summary>What was kept, as UTF-8; bytes that are none are replaced.</summary>
    public override string ToString() => Encoding.UTF8.GetString(_kept.GetBuffer(), 0, (int)_kept.Length);

    public void Dispose() => reader.Dispose();
}
