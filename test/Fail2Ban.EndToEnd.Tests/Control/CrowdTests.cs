using System.Net.Sockets;
using Fail2Ban.Control.Wire;
using Fail2Ban.EndToEnd.Tests.Sandboxes;
using Fail2Ban.Values;

namespace Fail2Ban.EndToEnd.Tests.Control;

/// <summary>Very many clients at once, and too few descriptors for them.</summary>
public sealed class CrowdTests
{
    private static readonly byte[] End = "<F2B_END_COMMAND>"u8.ToArray();
    private static readonly byte[] Ping = [.. Pickle.Encode(new List<object?> { "ping" }), .. End];
    private static readonly byte[] Pong = [.. Pickle.Encode(new PythonTuple(0L, "pong")), .. End];

    [Fact]
    public async Task Two_thousand_clients_at_once_get_ten_answers_each()
    {
        using Sandbox host = Empty();
        using var server = host.Start(Sandbox.Program("fail2ban-server"), "-c", host.Etc, "--async", "-s", host.Socket, "-p", host.PidFile, "--logtarget", host.Log, "--loglevel", "INFO", "--syslogsocket", "auto", "start");
        host.WaitFor(() => host.Client("ping").ExitCode == 0, "the server");
        int[] answers = await Task.WhenAll(Enumerable.Range(0, 2000).Select(_ => TalkAsync(host.Socket, 10)));
        Assert.All(answers, count => Assert.Equal(10, count));
        host.Client("stop").MustSucceed();
        Assert.True(server.WaitForExit(20_000));
    }

    [Fact]
    public async Task Ten_thousand_connections_stand_at_a_time_and_each_is_answered()
    {
        using Sandbox host = Empty();
        using var server = host.Start(Sandbox.Program("fail2ban-server"), "-c", host.Etc, "--async", "-s", host.Socket, "-p", host.PidFile, "--logtarget", host.Log, "--loglevel", "INFO", "--syslogsocket", "auto", "start");
        host.WaitFor(() => host.Client("ping").ExitCode == 0, "the server");
        string limit = File.ReadLines($"/proc/{host.ServerPid}/limits").Single(line => line.StartsWith("Max open files", StringComparison.Ordinal)).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[3];
        Assert.SkipUnless(int.Parse(limit, System.Globalization.CultureInfo.InvariantCulture) > 10_100, $"only {limit} descriptors are allowed here");
        var standing = new List<Socket>();
        try
        {
            for (int i = 0; i < 10_000; i++) standing.Add(await ConnectAsync(host.Socket));
            foreach (Socket one in standing) await one.SendAsync(Ping);
            byte[] answer = new byte[Pong.Length];
            foreach (Socket one in standing)
            {
                Assert.Equal(Pong.Length, await one.ReceiveAsync(answer));
                Assert.Equal(Pong, answer);
            }

            host.Client("ping").MustSucceed();
        }
        finally
        {
            standing.ForEach(one => one.Dispose());
        }

        host.Client("stop").MustSucceed();
        Assert.True(server.WaitForExit(20_000));
    }

    [Fact]
    public async Task Without_free_descriptors_it_says_so_once_and_recovers()
    {
        using Sandbox host = Empty();
        using var server = host.Start("/bin/sh", "-c", $"ulimit -n 64; exec {Sandbox.Program("fail2ban-server")} --async -s {host.Socket} -p {host.PidFile} --logtarget {host.Log} --loglevel INFO --syslogsocket auto start");
        host.WaitFor(() => host.Client("ping").ExitCode == 0, "the server");
        Socket[] idle = [.. Enumerable.Range(0, 100).Select(_ => Connect(host.Socket))];
        host.WaitForLog("Accept socket error");
        foreach (Socket one in idle) one.Dispose();
        Assert.Equal(1, await TalkAsync(host.Socket, 1));
        host.WaitForLog("Accepting connections again");
        Assert.Single(host.ReadLog().Split('\n'), line => line.Contains("Accept socket error", StringComparison.Ordinal));
        host.Client("stop").MustSucceed();
        Assert.True(server.WaitForExit(20_000));
    }

    private static Sandbox Empty() => new();

    private static Socket Connect(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(path));
        return socket;
    }

    // A full queue refuses a Unix socket that does not wait, so a client tries again, as ours does.
    private static async Task<int> TalkAsync(string path, int requests)
    {
        using Socket socket = await ConnectAsync(path);
        byte[] answer = new byte[Pong.Length];
        for (int i = 0; i < requests; i++)
        {
            await socket.SendAsync(Ping);
            for (int got = 0; got < answer.Length;)
            {
                int count = await socket.ReceiveAsync(answer.AsMemory(got));
                if (count == 0) return i;
                got += count;
            }

            if (!answer.AsSpan().SequenceEqual(Pong)) return i;
        }

        return requests;
    }

    private static async Task<Socket> ConnectAsync(string path)
    {
        while (true)
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path));
                return socket;
            }
            catch (SocketException error) when (error.SocketErrorCode is SocketError.WouldBlock or SocketError.TryAgain)
            {
                socket.Dispose();
                await Task.Delay(10);
            }
        }
    }
}
