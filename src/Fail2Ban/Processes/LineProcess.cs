using System.Runtime.InteropServices;
using System.Text;
using Fail2Ban.Native.Libc;
using Microsoft.Win32.SafeHandles;

namespace Fail2Ban.Processes;

/// <summary>A program that is spoken with, line by line, over its standard input and output.</summary>
/// <remarks>Thread safety: one thread. In a session of its own; killed with all that it started.</remarks>
public sealed class LineProcess : IDisposable
{
    private const int LongestErrorLine = 4096;
    private const int LongestLine = 64 * 1024 * 1024;

    // A pipe that has room takes so much without blocking.
    private const int Portion = 4096;

    // Whoever writes errors without end must not keep us from its standard output.
    private const int MostErrorReads = 16;

    private const int SIGKILL = 9;
    private const int SIGTERM = 15;

    private const int PollingInterval = 20; // milliseconds, only where the kernel has no pidfd

    private static readonly TimeSpan PatienceAfterTerm = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan PatienceAfterKill = TimeSpan.FromSeconds(1);

    private readonly int _pid;
    private readonly Pipe _input;
    private readonly Pipe _output;
    private readonly Pipe _errorOutput;
    private readonly Poller _poller;
    private readonly byte[] _scratch = new byte[16 * 1024];
    private readonly MemoryStream _lines = new();
    private readonly MemoryStream _errorLine = new();
    private readonly Action<string> _printed;
    private int _searched; // of _lines, without a line's end
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
        Pipe? output = null, errorOutput = null, input = Pipe.TryCreate(out int errno);
        if (errno == 0) output = Pipe.TryCreate(out errno);
        if (errno == 0) errorOutput = Pipe.TryCreate(out errno);
        int pid = 0;
        if (input is not null && output is not null && errorOutput is not null)
            errno = ChildProcess.Spawn(path, arguments, DetachedProcess.OurEnvironment(), input.Reader, output.Writer, errorOutput.Writer, out pid);
        input?.Reader.Dispose();
        output?.Writer.Dispose();
        errorOutput?.Writer.Dispose();
        if (pid != 0 && errno == 0)
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

    /// <summary>Writes bytes.</summary>
    /// <param name="bytes">What it is to read.</param>
    /// <param name="patience">How long to wait at most until it reads on.</param>
    /// <param name="stop">Ends the wait, if the poller is woken.</param>
    /// <returns>False where it reads no more, or not in time: only a part may be written then.</returns>
    public bool Write(ReadOnlySpan<byte> bytes, TimeSpan patience, CancellationToken stop)
    {
        long since = TimeProvider.System.GetTimestamp();
        while (!bytes.IsEmpty)
        {
            PollEntry[] entries = [default, new((int)_input.Writer.DangerousGetHandle(), PollEntry.POLLOUT, 0)];
            TimeSpan left = patience - TimeProvider.System.GetElapsedTime(since);
            if (left <= TimeSpan.Zero || stop.IsCancellationRequested) return false;
            _poller.Wait(entries, Milliseconds(left));
            if (entries[1].Returned == 0) continue;
            int written = _input.Write(bytes[..Math.Min(bytes.Length, Portion)]);
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
        _poller.Wait(entries, Milliseconds(patience));
        if (entries[2].Returned != 0) TakeErrors();
        if (entries[1].Returned == 0) return false;
        int length = Pipe.Read(_output.Reader, _scratch);
        if (length > 0 && _lines.Length <= LongestLine) _lines.Write(_scratch, 0, length);
        else End();
        return TryTakeLine(out line);
    }

    /// <summary>Whether it has ended, or will not say anything more.</summary>
    public bool IsOver => _isOver;

    /// <summary>Tells its group to end, and kills what is left of it a moment later.</summary>
    public void Kill()
    {
        _isOver = true;
        if (_isReaped) return;
        ChildProcess.SignalGroup(_pid, SIGTERM);
        WaitForEnd(PatienceAfterTerm);
        ChildProcess.SignalGroup(_pid, SIGKILL);
        Reap();
    }

    /// <summary>Closes its standard input, so that it can end by itself, and kills it if it does not.</summary>
    public void Dispose()
    {
        _input.Dispose();
        if (!_isReaped && !_isOver) WaitForEnd(PatienceAfterKill);
        Kill();
        _output.Dispose();
        _errorOutput.Dispose();
    }

    private void End()
    {
        if (!_isReaped) WaitForEnd(PatienceAfterTerm); // it has closed its output, perhaps since it is about to end
        Kill();
        TakeErrors();
    }

    // Without reaping: as long as the leader is a zombie, its group's number cannot be another group's.
    private void WaitForEnd(TimeSpan patience)
    {
        using SafeFileHandle end = ChildProcess.OpenPidFd(_pid);
        if (!end.IsInvalid) Poll.WaitForInput(end, null, patience);
        else _poller.Wait(new PollEntry[1], Milliseconds(patience));
    }

    // What not even SIGKILL ends is left to whoever inherits it.
    private void Reap()
    {
        long since = TimeProvider.System.GetTimestamp();
        using SafeFileHandle end = ChildProcess.OpenPidFd(_pid);
        int? code;
        while (!ChildProcess.TryReap(_pid, out code))
        {
            TimeSpan left = PatienceAfterKill - TimeProvider.System.GetElapsedTime(since);
            if (left <= TimeSpan.Zero) return;
            if (!end.IsInvalid) Poll.WaitForInput(end, null, left);
            else _poller.Wait(new PollEntry[1], PollingInterval);
        }

        _isReaped = true;
        ExitCode = code;
    }

    private static int Milliseconds(TimeSpan patience) => patience < TimeSpan.Zero ? -1 : (int)Math.Min(Math.Ceiling(patience.TotalMilliseconds), int.MaxValue);

    private bool TryTakeLine(out byte[] line)
    {
        line = [];
        Span<byte> all = _lines.GetBuffer().AsSpan(0, (int)_lines.Length);
        int end = all[_searched..].IndexOf((byte)'\n');
        if (end < 0)
        {
            _searched = all.Length;
            return false;
        }

        end += _searched;
        _searched = 0;
        line = all[..end].ToArray();
        byte[] rest = all[(end + 1)..].ToArray();
        _lines.SetLength(0);
        _lines.Write(rest);
        return true;
    }

    private void TakeErrors()
    {
        for (int reads = 0; reads < MostErrorReads && !_errorOutput.Reader.IsClosed && Poller.IsReadable(_errorOutput.Reader); reads++)
        {
            int length = Pipe.Read(_errorOutput.Reader, _scratch);
            if (length == 0)
            {
                _errorOutput.Reader.Dispose();
                PrintError();
            }

            foreach (byte letter in _scratch.AsSpan(0, length))
            {
                if (letter != '\n')
                {
                    if (_errorLine.Length < LongestErrorLine) _errorLine.WriteByte(letter);
                    continue;
                }

                PrintError();
            }
        }
    }

    private void PrintError()
    {
        if (_errorLine.Length > 0) _printed(Encoding.UTF8.GetString(_errorLine.GetBuffer(), 0, (int)_errorLine.Length));
        _errorLine.SetLength(0);
    }
}
