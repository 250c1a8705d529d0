using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Fail2Ban.Enforcement.Actions;
using Fail2Ban.Logging;
using Fail2Ban.Native.Libc;
using Fail2Ban.Processes;
using Fail2Ban.Values;

namespace Fail2Ban.Enforcement.Python;

/// <summary>The <c>python3</c> in which one action lives, and the thread that speaks with it: one request after the other.</summary>
/// <remarks>
/// Thread safety: any thread may ask. A request that takes too long, or ends the process, fails; the next one starts a new
/// process, in which the action is made, and started, again.
/// </remarks>
internal sealed class PythonProcess : IDisposable
{
    // The program comes over standard input, so that a list of processes shows the action instead. The directory that
    // happens to be the current one is no place to import from.
    private const string Loader =
        "import sys; sys.path[:] = [p for p in sys.path if p]; import json; exec(compile(json.loads(sys.stdin.buffer.readline().decode('ascii')), 'fail2ban-bridge', 'exec'))";

    private readonly string _file;
    private readonly string _name;
    private readonly Log _log;
    private readonly TimeProvider _time;
    private readonly Func<IReadOnlyList<PythonRequest>> _making;
    private readonly Poller _poller = new();
    private readonly ConcurrentQueue<PythonRequest> _requests = [];
    private readonly TimeSpan _patience;
    private readonly CancellationToken _stop;
    private readonly Lock _lock = new();
    private LineProcess? _process; // the thread's
    private volatile bool _isEnding; // set under _lock: nothing more is asked

    /// <param name="file">The action's file.</param>
    /// <param name="name">The action's name, for messages and the list of processes.</param>
    /// <param name="making">What a new process is told first; all of it must succeed.</param>
    /// <param name="enforcer">Its log, clock and patience, and when it ends.</param>
    public PythonProcess(string file, string name, Func<IReadOnlyList<PythonRequest>> making, Enforcer enforcer)
    {
        _file = file;
        _name = name;
        _making = making;
        _log = enforcer.Log;
        _time = enforcer.Time;
        _patience = enforcer.PythonPatience;
        _stop = enforcer.Notifications.Stopping;
        new Thread(Run) { IsBackground = true, Name = "f2b/python" }.Start();
    }

    /// <summary>Where <c>python3</c> is; null where there is none.</summary>
    public static string? Interpreter { get; } = FindInterpreter();

    /// <summary>Asks; the task never faults.</summary>
    public Task<PythonReply> AskAsync(PythonRequest request)
    {
        lock (_lock)
        {
            if (_isEnding) request.Reply.SetResult(PythonReply.Failed("the action was removed"));
            else _requests.Enqueue(request);
        }

        Wake();
        return request.Reply.Task;
    }

    /// <summary>Answers what was asked before, then ends the process.</summary>
    public void Dispose()
    {
        lock (_lock) _isEnding = true;
        Wake();
    }

    private void Wake()
    {
        try
        {
            _poller.Wake();
        }
        catch (ObjectDisposedException)
        {
            // It has just ended; nothing is in the queue.
        }
    }

    private static string? FindInterpreter()
    {
        IEnumerable<string> folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
        return folders.Prepend("/usr/bin").Select(static folder => Path.Combine(folder, "python3")).FirstOrDefault(File.Exists); // the distribution's has its packages
    }

    private void Run()
    {
        using CancellationTokenRegistration ending = _stop.Register(Wake);
        while (true)
        {
            if (_requests.TryDequeue(out PythonRequest? request)) request.Reply.SetResult(Guarded(request));
            else if (_isEnding && _requests.IsEmpty) break;
            else Listen();
        }

        Bury();
        _poller.Dispose();
    }

    // Between two requests: what the action logs, and that it has ended.
    private void Listen()
    {
        try
        {
            if (_process is null) _poller.Wait(new PollEntry[1], -1);
            else if (_process.TryReadLine(Timeout.InfiniteTimeSpan, out byte[] line)) Told(line, null);
            else if (_process.IsOver) Bury();
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            // The border of the thread's loop: whatever a process says, it can only end itself.
            _log.Write(LogLevel.Error, $"{_name} -- {fault.Message}");
            KillAndBury();
        }
    }

    private PythonReply Guarded(PythonRequest request)
    {
        try
        {
            return TryStart(out PythonReply? refused) ? Converse(request) : refused;
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            // The border of the thread's loop: one request's fault must not end all others. What the process says later
            // would be taken for the answer to the next one.
            KillAndBury();
            return PythonReply.Failed(fault.Message);
        }
    }

    private bool TryStart([NotNullWhen(false)] out PythonReply? refused)
    {
        refused = null;
        if (_process is { IsOver: true }) Bury();
        if (_process is not null) return true;
        string error = "python3 is not installed";
        if (Interpreter is { } interpreter)
            _process = LineProcess.TryStart(interpreter, ["python3", "-c", Loader, "fail2ban action", _name, _file], _poller, text => _log.Write(LogLevel.Info, $"{_name} -- printed: {PythonText.Repr(text)}"), out error);
        if (_process is null)
        {
            refused = PythonReply.Failed($"action {_name} is written in Python ({_file}) and cannot be run: {error}");
            return false;
        }

        if (!Write(Program()))
        {
            refused = Ended();
            return false;
        }

        foreach (PythonRequest step in _making())
        {
            PythonReply reply = Converse(step);
            if (reply.Error is null)
            {
                step.Made(reply.Value);
                continue;
            }

            Bury();
            refused = reply;
            return false;
        }

        return true;
    }

    private PythonReply Converse(PythonRequest request)
    {
        LineProcess process = _process!;
        request.Details["do"] = request.Do;
        long since = _time.GetTimestamp();
        if (!Write(request.Details)) return Ended();
        while (!process.IsOver)
        {
            TimeSpan left = _patience - _time.GetElapsedTime(since);
            if (left <= TimeSpan.Zero || _stop.IsCancellationRequested)
            {
                KillAndBury();
                return PythonReply.Failed(left <= TimeSpan.Zero ? $"timed out after {_patience.TotalSeconds:0} seconds" : "the server ends");
            }

            if (process.TryReadLine(left, out byte[] line) && Told(line, request) is { } reply) return reply;
        }

        return Ended();
    }

    // A message of the process; an answer, if it is one.
    private PythonReply? Told(byte[] line, PythonRequest? request)
    {
        if (!PythonJson.TryRead(line, out object? read) || read is not PythonDict { Count: 1 } message) return null;
        (object key, object? value) = message.First();
        switch (key, value)
        {
            case ("log", List<object?> { Count: 3 } record) when record[0] is long level:
                _log.For(PythonText.Str(record[1])).Write((LogLevel)level, $"{PythonText.Str(record[2])}");
                return null;
            case ("ask", string tag) when request is not null:
                Write(new PythonDict { ["value"] = request.Ask(tag).WaitAsync(_patience, _stop).GetAwaiter().GetResult() });
                return null;
            case ("ask", _):
                Write(new PythonDict { ["value"] = null });
                return null;
            case ("error", List<object?> { Count: 2 } error) when error[1] is List<object?> arguments:
                return new PythonReply(null, new PythonError(PythonText.Str(error[0]), new PythonTuple([.. arguments])));
            case ("done", _):
                return new PythonReply(value, null);
            default:
                return null;
        }
    }

    private bool Write(object? message) => _process!.Write(PythonJson.Line(message), _patience, _stop);

    private PythonReply Ended()
    {
        if (_process is { IsOver: false } silent) silent.Kill(); // it does not read
        int? code = _process?.ExitCode;
        Bury();
        return PythonReply.Failed(code is { } known ? $"the Python process has ended (return code {known})" : "the Python process has ended");
    }

    private void KillAndBury()
    {
        _process?.Kill();
        Bury();
    }

    private void Bury()
    {
        _process?.Dispose();
        _process = null;
    }

    private static string Program()
    {
        using Stream stream = typeof(PythonProcess).Assembly.GetManifestResourceStream("bridge.py")!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return $"VERSION = {PythonText.Repr(Release.Compatible)}\n" + reader.ReadToEnd();
    }
}
