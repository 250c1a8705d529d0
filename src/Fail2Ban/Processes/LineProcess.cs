using System.Runtime.InteropServices;
using System.Text;
using Fail2Ban.Native.Libc;

namespace Fail2Ban.Processes;

/// <summary>A program that is spoken with, line by line, over its standard input and output.</summary>
/// <remarks>Thread safety: one thread. In a session of its own; killed with all that it started.</remarks>
public sealed class LineProcess : IDisposable
{
    private const int LongestErrorLine = 4096;
    private const int SIGKILL = 9;
    private const int SIGTERM = 15;

    private static readonly TimeSpan PatienceAfterTerm = TimeSpan.FromMilliseconds(200);

    private readonly int _pid;
    private readonly Pipe _input;
    private readonly Pipe _output;
    private readonly Pipe _errorOutput;
    private readonly Poller _poller;
    private readonly byte[] _scratch = new byte[16 * 1024];
    private readonly MemoryStream _lines = new();
    private readonly MemoryStream _errorLine = new();
    private readonly Action<string> _printed;
    private bool _isOver;
    private bool _isReaped;

    private LineProcess(int pid, Pipe input, Pipe output, Pipe errorOutput, Poller poller, Action<string> printed)
    {
        _pid = pid;
        _input = input;
        _output = output;
        _errorOutput = errorOutput;
        _poller = poller;
        _printed = printed;
    }

    /// <summary>How it ended: 0 to 255, −n by signal n; null while it runs, or where that is unknown.</summary>
    public int? ExitCode { get; private set; }

    /// <summary>Starts a program.</summary>
    /// <param name="path">The executable.</param>
    /// <param name="arguments">All of argv.</param>
    /// <param name="poller">What <see cref="TryReadLine"/> waits with; whoever wakes it ends a wait.</param>
    /// <param name="printed">Told each line of its standard error, by <see cref="TryReadLine"/>.</param>
    /// <param name="error">Why it could not be started.</param>
    public static LineProcess? TryStart(string path, IReadOnlyList<string> arguments, Poller poller, Action<string> printed, out string error)
    {
        Pipe? input = Pipe.TryCreate(out int errno), output = Pipe.TryCreate(out errno), errorOutput = Pipe.TryCreate(out errno);
        int pid = 0;
        if (input is not null && output is not null && errorOutput is not null)
            errno = ChildProcess.Spawn(path, arguments, DetachedProcess.OurEnvironment(), input.Reader, output.Writer, errorOutput.Writer, out pid);
        input?.Reader.Dispose();
        output?.Writer.Dispose();
        errorOutput?.Writer.Dispose();
        if (errno == 0)
        {
            error = "";
            return new LineProcess(pid, input!, output!, errorOutput!, poller, printed);
        }

        input?.Dispose();
        output?.Dispose();
        errorOutput?.Dispose();
        error = $"{path}: {Marshal.GetPInvokeErrorMessage(errno)}";
        return null;
    }

    /// <summary>Writes bytes; false where it reads no more.</summary>
    public bool Write(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            int written = _input.Write(bytes);
            if (written <= 0) return false;
            bytes = bytes[written..];
        }

        return true;
    }

    /// <summary>The next line of its standard output, without its end.</summary>
    /// <param name="patience">How long to wait at most; <see cref="Timeout.InfiniteTimeSpan"/>: until woken.</param>
    /// <param name="line">The line; empty unless there is one.</param>
    /// <returns>True with a line; false when woken, when the time is over, and when it has ended: see <see cref="IsOver"/>.</returns>
    public bool TryReadLine(TimeSpan patience, out byte[] line)
    {
        line = [];
        if (TryTakeLine(out line)) return true;
        if (_isOver) return false;
        PollEntry[] entries =
        [
            default, new((int)_output.Reader.DangerousGetHandle(), PollEntry.POLLIN, 0),
            new(_errorOutput.Reader.IsClosed ? -1 : (int)_errorOutput.Reader.DangerousGetHandle(), PollEntry.POLLIN, 0),
        ];
        _poller.Wait(entries, patience < TimeSpan.Zero ? -1 : (int)Math.Ceiling(patience.TotalMilliseconds));
        if (entries[2].Returned != 0) TakeErrors();
        if (entries[1].Returned == 0) return false;
        int length = Pipe.Read(_output.Reader, _scratch);
        if (length > 0) _lines.Write(_scratch, 0, length);
        else End();
        return TryTakeLine(out line);
    }

    /// <summary>Whether it has ended, or will not say anything more.</summary>
    public bool IsOver => _isOver;

    /// <summary>Tells its group to end, and kills what is left of it a moment later.</summary>
    public void Kill()
    {
        if (_isReaped) return;
        ChildProcess.SignalGroup(_pid, SIGTERM);
        using (Microsoft.Win32.SafeHandles.SafeFileHandle end = ChildProcess.OpenPidFd(_pid))
        {
            if (!end.IsInvalid) Poll.WaitForInput(end, null, PatienceAfterTerm);
            ChildProcess.SignalGroup(_pid, SIGKILL);
            if (!end.IsInvalid) Poll.WaitForInput(end, null, TimeSpan.FromSeconds(1));
        }

        _isOver = true;
        Reap();
    }

    /// <summary>Closes its standard input, so that it can end by itself, and kills it if it does not.</summary>
    public void Dispose()
    {
        _input.Dispose();
        if (!_isReaped && !_isOver)
        {
            using Microsoft.Win32.SafeHandles.SafeFileHandle end = ChildProcess.OpenPidFd(_pid);
            if (!end.IsInvalid) Poll.WaitForInput(end, null, TimeSpan.FromSeconds(1));
        }

        Kill();
        _output.Dispose();
        _errorOutput.Dispose();
    }

    private void End()
    {
        _isOver = true;
        TakeErrors();
        Kill();
    }

    private void Reap()
    {
        if (!ChildProcess.TryReap(_pid, out int? code)) return;
        _isReaped = true;
        ExitCode = code;
    }

    private bool TryTakeLine(out byte[] line)
    {
        line = [];
        int end = _lines.GetBuffer().AsSpan(0, (int)_lines.Length).IndexOf((byte)'\n');
        if (end < 0) return false;
        Span<byte> all = _lines.GetBuffer().AsSpan(0, (int)_lines.Length);
        line = all[..end].ToArray();
        byte[] rest = all[(end + 1)..].ToArray();
        _lines.SetLength(0);
        _lines.Write(rest);
        return true;
    }

    private void TakeErrors()
    {
        while (!_errorOutput.Reader.IsClosed && Poller.IsReadable(_errorOutput.Reader))
        {
            int length = Pipe.Read(_errorOutput.Reader, _scratch);
            if (length == 0) _errorOutput.Reader.Dispose();
            foreach (byte letter in _scratch.AsSpan(0, length))
            {
                if (letter != '\n')
                {
                    if (_errorLine.Length < LongestErrorLine) _errorLine.WriteByte(letter);
                    continue;
                }

                if (_errorLine.Length > 0) _printed(Encoding.UTF8.GetString(_errorLine.GetBuffer(), 0, (int)_errorLine.Length));
                _errorLine.SetLength(0);
            }
        }
    }
}
