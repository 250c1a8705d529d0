using Fail2Ban.Client;
using Fail2Ban.Control.Wire;
using Fail2Ban.Logging;
using Fail2Ban.Values;

namespace Fail2Ban.Tests.Client;

public sealed class ForegroundStartTests : IDisposable, ILogSink
{
    private readonly string _folder = Directory.CreateTempSubdirectory("f2b-fg-").FullName;
    private readonly List<string> _commands = [];

    public ForegroundStartTests()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "filter.d"));
        File.WriteAllText(Path.Combine(_folder, "fail2ban.conf"), $"[Definition]\nsocket = {_folder}/s\npidfile = {_folder}/p\nlogtarget = STDERR\ndbfile = None\n");
        File.WriteAllText(Path.Combine(_folder, "jail.conf"), "[j1]\nenabled = false\n");
    }

    LogLevel ILogSink.Threshold => LogLevel.Critical;

    void ILogSink.Write(LogLevel level, string logger, string message) { }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(true, 0, "server-stream server-status")]
    [InlineData(false, 255, "server-stream server-status status stop")]
    public void The_server_is_configured_through_its_socket_and_stopped_if_that_fails(bool accepts, int code, string commands)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter();
        int got = ClientProgram.Run("fail2ban-server", ["-c", _folder, "-f", "start"], new ClientHost(output, error, TextReader.Null, TimeProvider.System, start => Serve(start, accepts), "0"));
        Assert.Equal((code, "Server ready\n"), (got, output.ToString()));
        Assert.Equal(commands, string.Join(' ', _commands));
    }

    private int Serve(ServerStart start, bool accepts)
    {
        Assert.Equal(Path.Combine(_folder, "s"), start.Socket);
        ControlListener listener = ControlListener.Bind(start.Socket, start.Force, TimeProvider.System, new Log(this, "fail2ban.asyncserver"));
        using var stop = new CancellationTokenSource();
        listener.RunAsync((request, _) =>
        {
            string word = PythonText.Str(((List<object?>)request!)[0]);
            if (word != "ping") _commands.Add(word);
            if (word == (accepts ? "server-status" : "stop")) stop.CancelAfter(50);
            return ValueTask.FromResult<object?>(word == "server-stream" && !accepts ? new PythonTuple(1, new PythonError("Exception", "no")) : new PythonTuple(0, null));
        }, stop.Token).GetAwaiter().GetResult();
        listener.DisposeAsync().AsTask().GetAwaiter().GetResult();
        return 0;
    }
}
