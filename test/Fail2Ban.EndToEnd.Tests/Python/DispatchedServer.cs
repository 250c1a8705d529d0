using Fail2Ban.Control.Commands;
using Fail2Ban.EndToEnd.Tests.Enforcement;
using Fail2Ban.Jails;
using Fail2Ban.Logging;
using Fail2Ban.Values;

namespace Fail2Ban.EndToEnd.Tests.Python;

/// <summary>Our server without its socket: commands go in, answers come out as Python would write them.</summary>
internal sealed class DispatchedServer : IAsyncDisposable
{
    private readonly MemoryStream _output = new();
    private readonly ServerLog _log;
    private readonly JailServices _services;
    private readonly JailSet _jails;
    private readonly CommandDispatcher _dispatcher;

    public DispatchedServer()
    {
        _log = new ServerLog(TimeProvider.System, output: _output, error: _output);
        _services = new JailServices(new Log(Sink, "fail2ban.server"), TimeProvider.System);
        _jails = new JailSet(_services);
        _dispatcher = new CommandDispatcher(_jails, _log, TimeProvider.System, () => Task.CompletedTask);
    }

    public ListSink Sink { get; } = new();

    /// <summary>How long a Python action may take.</summary>
    public TimeSpan PythonPatience
    {
        init => _services.Enforcer.PythonPatience = value;
    }

    /// <summary>Does a command; an error comes as the exception's name and arguments.</summary>
    public async Task<string> DoAsync(params object?[] words)
    {
        var pair = Assert.IsType<PythonTuple>(await _dispatcher.AnswerAsync(words.ToList()));
        return pair[1] is PythonError error ? $"{error.TypeName}({string.Join(", ", error.Arguments.Select(PythonText.Repr))})" : PythonText.Repr(pair[1]);
    }

    public async ValueTask DisposeAsync()
    {
        await _jails.RemoveAllAsync();
        await _services.DisposeAsync();
        _dispatcher.Dispose();
        _log.Dispose();
        await _output.DisposeAsync();
    }
}
