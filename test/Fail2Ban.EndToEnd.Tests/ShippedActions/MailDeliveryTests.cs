using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Fail2Ban.EndToEnd.Tests.ShippedActions;

/// <summary>The mail of a ban through a sendmail-like program and real SMTP, to a server that first accepts connections and says nothing.</summary>
public sealed class MailDeliveryTests : IDisposable
{
    // What stands in for /usr/sbin/sendmail: reads a message, hands it to the server, fails as the delivery does.
    private const string Mailer = """
        import smtplib, sys
        message = sys.stdin.buffer.read()
        with smtplib.SMTP('127.0.0.1', int(sys.argv[1])) as server:
            server.sendmail('fail2ban@example.org', ['admin@example.org'], message)
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("f2b-mail").FullName;
    private readonly TcpListener _server = new(IPAddress.Loopback, 0);
    private readonly ConcurrentQueue<string> _mails = [];
    private readonly CancellationTokenSource _end = new();
    private int _connections;
    private volatile bool _answers;

    [Fact]
    public async Task A_server_that_says_nothing_delays_no_ban_and_gets_each_mail_once_it_answers()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/python3"), "python3 is not installed");
        _server.Start();
        _ = ServeAsync();
        string mailer = Path.Combine(_folder, "mailer.py"), bans = Path.Combine(_folder, "bans");
        File.WriteAllText(mailer, Mailer);
        int port = ((IPEndPoint)_server.LocalEndpoint).Port;
        await using var action = new ShippedAction($"sendmail[mailcmd=\"/usr/bin/python3 {mailer} {port}\", timeout=10]\n dummy[target=\"{bans}\"]");
        Assert.True(action.Jail.Find("sendmail")!.TrySet("lane", "notify", out string error), error);
        Assert.True(action.Jail.Find("sendmail")!.TrySet("actionstart", "", out error), error);
        await action.Jail.StartAsync();
        for (int i = 1; i <= 3; i++) await action.Jail.BanAsync(ShippedAction.Ban($"192.0.2.{i}"));
        Assert.Equal(3, File.ReadLines(bans).Count(static line => line.StartsWith('+')));
        Assert.Empty(_mails);
        await UntilAsync(() => Volatile.Read(ref _connections) > 0 && action.Sink.Messages.Any(static text => text.Contains("next attempt", StringComparison.Ordinal)));
        _answers = true;
        await UntilAsync(() => _mails.Count >= 3);
        for (int i = 1; i <= 3; i++) Assert.Single(_mails, text => text.Contains($"Subject: [Fail2Ban] demo: banned 192.0.2.{i} from host.example.org", StringComparison.Ordinal));
    }

    public void Dispose()
    {
        _end.Cancel();
        _server.Stop();
        _end.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static async Task UntilAsync(Func<bool> holds)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromMinutes(2));
        while (!holds()) await Task.Delay(50, patience.Token);
    }

    private async Task ServeAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            TcpClient client;
            try
            {
                client = await _server.AcceptTcpClientAsync(_end.Token);
            }
            catch (Exception end) when (end is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return; // the test is over
            }

            Interlocked.Increment(ref _connections);
            if (_answers) _ = TalkAsync(client); // otherwise the connection stays open, and silent
        }
    }

    private async Task TalkAsync(TcpClient client)
    {
        using TcpClient closed = client;
        using var reader = new StreamReader(client.GetStream());
        await using var writer = new StreamWriter(client.GetStream()) { NewLine = "\r\n", AutoFlush = true };
        await writer.WriteLineAsync("220 test");
        while (await reader.ReadLineAsync(_end.Token) is { } command)
        {
            if (command.StartsWith("DATA", StringComparison.OrdinalIgnoreCase))
            {
                await writer.WriteLineAsync("354 go on");
                var lines = new List<string>();
                while (await reader.ReadLineAsync(_end.Token) is { } line && line != ".") lines.Add(line);
                _mails.Enqueue(string.Join('\n', lines));
            }

            bool isLast = command.StartsWith("QUIT", StringComparison.OrdinalIgnoreCase);
            await writer.WriteLineAsync(isLast ? "221 bye" : "250 ok");
            if (isLast) return;
        }
    }
}
