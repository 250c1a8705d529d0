using Fail2Ban.Control.Wire;
using Fail2Ban.Logging;
using Fail2Ban.Values;

namespace Fail2Ban.EndToEnd.Tests.Control;

/// <summary>The original's client against our socket, with scripted answers.</summary>
public sealed class OriginalClientTests : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("f2b-wire-").FullName;
    private readonly ControlListener _listener;
    private readonly Task _serving;

    public OriginalClientTests()
    {
        _listener = ControlListener.Bind(Path.Combine(_folder, "run", "s"), force: false, TimeProvider.System, new Log(new SilentSink(), "fail2ban.asyncserver"));
        _serving = _listener.RunAsync((request, _) => ValueTask.FromResult<object?>(Answer((List<object?>)request!)), CancellationToken.None);
    }

    [Theory]
    [InlineData("ping", 0, "Server replied: pong\n")]
    [InlineData("status", 0, "Status\n|- Number of jail:\t1\n`- Jail list:\tj1\n")]
    [InlineData("status j1", 255, "Sorry but the jail 'j1' does not exist\n")]
    [InlineData("get j1 banip", 0, "192.0.2.1 2001:db8::1\n")]
    [InlineData("set x", 255, "Sorry but the command is invalid\n")]
    [InlineData("foo", 255, "Invalid command\n")]
    public void The_client_of_the_original_understands_our_server(string words, int code, string output)
    {
        Assert.SkipUnless(File.Exists(OriginalServer.Client), "no client of the original");
        (int code, string output, string error) got = OriginalServer.Run(OriginalServer.Client, ["-s", Path.Combine(_folder, "run", "s"), .. words.Split(' ')]);
        Assert.Equal((code, output), (got.code, got.output));
    }

    [Fact]
    public async Task The_library_of_the_original_reads_our_server_as_monitoring_does()
    {
        await OriginalModules.RequireAsync();
        using var host = new Sandboxes.Sandbox();
        host.Write("j.log", "");
        host.Write("etc/jail.local", $"[j]\nenabled = true\nbackend = polling\nfilter = recidive\naction =\nlogpath = {host.Path("j.log")}\n[sshd]\nenabled = false");
        host.Client("start").MustSucceed();
        host.Client("set", "j", "banip", "192.0.2.1", "2001:db8::1").MustSucceed();
        string printed = await OriginalModules.RunAsync("""
            import sys
            from fail2ban.client.csocket import CSocket
            s = CSocket(sys.argv[1], timeout=10)
            code, status = s.send(['status'])
            jails = dict(status)['Jail list'].split(', ')
            for jail in jails:
                code, answer = s.send(['status', jail])
                actions = dict(dict(answer)['Actions'])
                print(code, jail, actions['Currently banned'], actions['Total banned'], *actions['Banned IP list'])
            code, error = s.send(['status', 'nope'])
            print(code, type(error).__name__, error.args)
            """, "", host.Socket);
        Assert.Equal("0 j 2 2 192.0.2.1 2001:db8::1\n1 UnknownJailException ('nope',)\n", printed);
    }

    public async ValueTask DisposeAsync()
    {
        await _listener.DisposeAsync();
        await _serving;
        Directory.Delete(_folder, recursive: true);
    }

    private static PythonTuple Answer(List<object?> words) => string.Join(' ', words) switch
    {
        "ping" => new PythonTuple(0, "pong"),
        "status" => new PythonTuple(0, new List<object?> { new PythonTuple("Number of jail", 1), new PythonTuple("Jail list", "j1") }),
        "status j1" => new PythonTuple(1, new PythonError("UnknownJailException", "j1")),
        "get j1 banip" => new PythonTuple(0, new List<object?> { new PythonId("192.0.2.1"), new PythonId("2001:db8::1") }),
        "set x" => new PythonTuple(1, new PythonError("IndexError", "list index out of range")),
        _ => new PythonTuple(1, new PythonError("Exception", "Invalid command")),
    };
}
