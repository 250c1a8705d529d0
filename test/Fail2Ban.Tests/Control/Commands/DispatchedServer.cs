using Fail2Ban.Control.Commands;
using Fail2Ban.Jails;
using Fail2Ban.Logging;
using Fail2Ban.Store;
using Fail2Ban.Values;

namespace Fail2Ban.Tests.Control.Commands;

/// <summary>Our server without its socket: commands go in, answers come out as Python would write them.</summary>
internal sealed class DispatchedServer : IAsyncDisposable
{
    private readonly CommandDispatcher _dispatcher;

    /// <param name="threshold">What is kept of the messages.</param>
    /// <param name="database">Its file; null for none.</param>
    public DispatchedServer(LogLevel threshold = LogLevel.HeavyDebug, string? database = null)
    {
        Messages = new MessageList { Threshold = threshold };
        Services = new JailServices(new Log(Messages, "fail2ban.server"), TimeProvider.System)
        {
            Store = database is null ? null : BanStore.Open(database, new Log(Messages, "fail2ban.database"), TimeProvider.System),
        };
        Jails = new JailSet(Services);
        _dispatcher = new CommandDispatcher(Jails, Log, TimeProvider.System, () => Task.CompletedTask);
    }

    /// <summary>What the jails say.</summary>
    public MessageList Messages { get; }

    /// <summary>The log that commands change; it has no target at first that anybody would read.</summary>
    public ServerLog Log { get; } = new(TimeProvider.System, output: Stream.Null, error: Stream.Null);

    public JailServices Services { get; }

    public JailSet Jails { get; }

    /// <summary>Does a command; an error comes as the exception's name and arguments.</summary>
    public Task<string> DoAsync(params object?[] words) => RequestAsync(words.ToList());

    /// <summary>Does whatever a client may send.</summary>
    public async Task<string> RequestAsync(object? request)
    {
        PythonTuple pair = await AnswerAsync(request);
        return pair[1] is PythonError error ? $"{error.TypeName}({string.Join(", ", error.Arguments.Select(PythonText.Repr))})" : PythonText.Repr(pair[1]);
    }

    /// <summary>The answer as it would travel: <c>(0, result)</c> or <c>(1, exception)</c>.</summary>
    public async Task<PythonTuple> AnswerAsync(object? request) => Assert.IsType<PythonTuple>(await _dispatcher.AnswerAsync(request));

    /// <summary>Ends all jails; none is made any more.</summary>
    public Task CloseAsync() => _dispatcher.CloseAsync();

    public async ValueTask DisposeAsync()
    {
        await _dispatcher.CloseAsync();
        await Services.DisposeAsync();
        _dispatcher.Dispose();
        Log.Dispose();
    }
}
