using System.Net.Sockets;
using System.Text;
using Fail2Ban.Control.Wire;
using Fail2Ban.Logging;
using Fail2Ban.Values;

namespace Fail2Ban.Tests.Control.Wire;

public sealed class ControlListenerTests : IDisposable, ILogSink
{
    private readonly string _folder = Directory.CreateTempSubdirectory("f2b-wire-").FullName;
    private readonly List<string> _said = [];

    private string SocketPath => Path.Combine(_folder, "run", "s");

    LogLevel ILogSink.Threshold => LogLevel.Info;

    void ILogSink.Write(LogLevel level, string logger, string message)
    {
        lock (_said) _said.Add($"{logger} {level} {message}");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Requests_of_a_connection_are_answered_in_order()
    {
        await using ControlListener listener = Serve();
        using ControlClient client = Connect();
        for (long i = 0; i < 50; i++) Assert.Equal($"(0, [{i}])", PythonText.Repr(client.Send(new List<object?> { i })));
    }

    [Fact]
    public async Task Who_ends_it_by_a_request_is_waited_for()
    {
        using var stop = new CancellationTokenSource();
        bool isDone = false;
        await using ControlListener listener = Bind();
        Task served = listener.RunAsync(async (_, _) =>
        {
            await stop.CancelAsync();
            await Task.Delay(TimeSpan.FromMilliseconds(200), TestContext.Current.CancellationToken); // meanwhile the server goes on to its end
            isDone = true;
            return new PythonTuple(0, null);
        }, stop.Token);
        using ControlClient client = Connect();
        Task<object?> answer = Task.Run(() => client.Send(new List<object?> { "stop" }));
        await served;
        await listener.FinishAsync();
        Assert.True(isDone);
        Assert.Equal("(0, None)", PythonText.Repr(await answer));
    }

    [Fact]
    public async Task The_socket_belongs_to_its_owner_alone()
    {
        await using ControlListener listener = Serve();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(SocketPath));
    }

    [Fact]
    public async Task A_terminator_may_be_split_over_packets_and_close_ends_the_session()
    {
        await using ControlListener listener = Serve();
        using Socket raw = Raw();
        byte[] message = [.. Pickle.Encode(new List<object?> { "ping" }), .. "<F2B_END_COMMAND>"u8];
        foreach (byte one in message) await raw.SendAsync(new[] { one });
        Assert.Equal("(0, ['ping'])", await Answer(raw));
        await raw.SendAsync("<F2B_CLOSE_COMMAND><F2B_END_COMMAND>"u8.ToArray());
        Assert.Equal(0, await raw.ReceiveAsync(new byte[10]));
    }

    [Fact]
    public async Task What_is_no_pickle_is_answered_and_logged()
    {
        await using ControlListener listener = Serve();
        using Socket raw = Raw();
        await raw.SendAsync("[<F2B_END_COMMAND>"u8.ToArray());
        Assert.Equal("\"ERROR: invalid load key, '['.\"", await Answer(raw));
        Assert.Contains("fail2ban.asyncserver Error PROTO-error: load message failed: invalid load key, '['.", _said);
    }

    [Fact]
    public async Task A_command_that_throws_is_answered_and_the_next_one_works()
    {
        await using ControlListener listener = Serve();
        using ControlClient client = Connect();
        Assert.Equal("(1, Exception('kaput'))", PythonText.Repr(client.Send("throw")));
        Assert.Equal("(0, 'x')", PythonText.Repr(client.Send("x")));
    }

    [Fact]
    public async Task After_shutdown_each_request_is_told_so()
    {
        await using ControlListener listener = Serve();
        using ControlClient client = Connect();
        listener.Shutdown();
        Assert.Equal("['SHUTDOWN']", PythonText.Repr(client.Send("ping")));
    }

    [Fact]
    public async Task A_living_server_keeps_its_socket_and_a_stale_one_is_replaced()
    {
        await using (ControlListener listener = Serve())
        {
            Assert.Equal("Server already running", Assert.Throws<ControlException>(() => Bind()).Message);
            Assert.Contains("fail2ban.asyncserver Error Fail2ban seems to be already running", _said);
        }

        Assert.False(File.Exists(SocketPath));
        using (var dead = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            dead.Bind(new UnixDomainSocketEndPoint(Path.Combine(_folder, "run", "dead")));
            File.Move(Path.Combine(_folder, "run", "dead"), SocketPath);
        }

        await using ControlListener second = Bind();
        Assert.Contains(_said, line => line.Contains("no server answers on it", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_request_over_the_limit_is_refused()
    {
        await using ControlListener listener = Serve(new ControlLimits { RequestBytes = 5000 });
        using Socket raw = Raw();
        await raw.SendAsync(new byte[5000]);
        Assert.Equal("'ERROR: a request of more than 5000 bytes is refused'", await Answer(raw));
    }

    [Fact]
    public async Task A_thousand_connections_are_served_at_the_same_time()
    {
        await using ControlListener listener = Serve();
        List<ControlClient> clients = [];
        for (int i = 0; i < 1000; i++) clients.Add(Connect());
        foreach (ControlClient client in clients) Assert.Equal("(0, 'ping')", PythonText.Repr(client.Send("ping")));
        foreach (ControlClient client in clients) client.Dispose();
    }

    [Fact]
    public async Task A_client_that_has_said_all_still_gets_its_answers()
    {
        await using ControlListener listener = Serve();
        using Socket raw = Raw();
        byte[] message = [.. Pickle.Encode(new List<object?> { "ping" }), .. "<F2B_END_COMMAND>"u8];
        await raw.SendAsync((byte[])[.. message, .. message, .. message.AsSpan(0, 5)]);
        raw.Shutdown(SocketShutdown.Send);
        Assert.Equal("(0, ['ping'])(0, ['ping'])", await Answers(raw, 2));
        Assert.Equal(0, await raw.ReceiveAsync(new byte[10]));
    }

    [Fact]
    public async Task Whoever_does_not_finish_a_request_or_take_an_answer_is_closed_and_delays_nobody()
    {
        await using ControlListener listener = Serve(new ControlLimits { Transfer = TimeSpan.FromSeconds(3), Idle = TimeSpan.FromSeconds(30) });
        using Socket slow = Raw();
        await slow.SendAsync("half a request"u8.ToArray());
        // Answers of many megabytes fit in no buffer of the kernel.
        using Socket deaf = Raw();
        await deaf.SendAsync((byte[])[.. Pickle.Encode(new string('x', 8 << 20)), .. "<F2B_END_COMMAND>"u8]);
        using ControlClient client = Connect();
        Assert.Equal("(0, 'ping')", PythonText.Repr(client.Send("ping")));
        Assert.Equal(0, await slow.ReceiveAsync(new byte[10]));
        await ClosedAsync(deaf);
        long taken = 0;
        for (int count; (count = await ReceiveAsync(deaf)) > 0;) taken += count;
        Assert.InRange(taken, 1, (8 << 20) - 1);
        Assert.Equal("(0, 'ping')", PythonText.Repr(client.Send("ping")));
    }

    [Fact]
    public async Task The_peer_is_known_by_the_kernel_s_word_also_on_an_abstract_socket()
    {
        string name = $"@f2b-test-{Environment.ProcessId}";
        await using ControlListener listener = ControlListener.Bind(name, force: false, TimeProvider.System, new Log(this, "l"));
        _ = listener.RunAsync((_, peer) => ValueTask.FromResult<object?>((long)peer.ProcessId), CancellationToken.None);
        using ControlClient client = ControlClient.Connect(name, TimeSpan.FromSeconds(5));
        Assert.Equal((long)Environment.ProcessId, client.Send("who"));
    }

    private ControlListener Bind(ControlLimits? limits = null) => ControlListener.Bind(SocketPath, force: false, TimeProvider.System, new Log(this, "fail2ban.asyncserver"), limits);

    private ControlListener Serve(ControlLimits? limits = null)
    {
        ControlListener listener = Bind(limits);
        _ = listener.RunAsync((request, _) => request is "throw" ? throw new InvalidOperationException("kaput") : ValueTask.FromResult<object?>(new PythonTuple(0, request)), CancellationToken.None);
        return listener;
    }

    private ControlClient Connect() => ControlClient.Connect(SocketPath, TimeSpan.FromSeconds(10));

    private Socket Raw()
    {
        var raw = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        raw.Connect(new UnixDomainSocketEndPoint(SocketPath));
        return raw;
    }

    // What is sent to an end that is closed comes back as an error.
    private static async Task ClosedAsync(Socket raw)
    {
        for (int tries = 0; tries < 600; tries++)
        {
            try
            {
                await raw.SendAsync(new byte[1]);
            }
            catch (SocketException)
            {
                return;
            }

            await Task.Delay(100, TestContext.Current.CancellationToken);
        }

        Assert.Fail("not closed within a minute");
    }

    private static async Task<int> ReceiveAsync(Socket raw)
    {
        try
        {
            return await raw.ReceiveAsync(new byte[65536]);
        }
        catch (SocketException)
        {
            return 0; // closed with something unread
        }
    }

    private static async Task<string> Answers(Socket raw, int number)
    {
        string all = "";
        var received = new List<byte>();
        byte[] one = new byte[1];
        for (; number > 0; received.Clear(), number--)
        {
            while (!Encoding.Latin1.GetString([.. received]).EndsWith("<F2B_END_COMMAND>", StringComparison.Ordinal))
            {
                Assert.Equal(1, await raw.ReceiveAsync(one));
                received.Add(one[0]);
            }

            Assert.True(Pickle.TryDecode([.. received], out object? value, out string? error), error);
            all += PythonText.Repr(value);
        }

        return all;
    }

    private static async Task<string> Answer(Socket raw)
    {
        var received = new List<byte>();
        var buffer = new byte[4096];
        while (!Encoding.Latin1.GetString([.. received]).EndsWith("<F2B_END_COMMAND>", StringComparison.Ordinal))
        {
            int count = await raw.ReceiveAsync(buffer);
            Assert.NotEqual(0, count);
            received.AddRange(buffer.AsSpan(0, count));
        }

        Assert.True(Pickle.TryDecode([.. received], out object? value, out string? error), error);
        return PythonText.Repr(value);
    }
}
