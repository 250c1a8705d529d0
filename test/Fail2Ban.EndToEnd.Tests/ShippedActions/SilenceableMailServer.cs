using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Fail2Ban.EndToEnd.Tests.ShippedActions;

/// <summary>A mail server on loopback that speaks SMTP and keeps what it is sent.</summary>
internal sealed class SilenceableMailServer : IDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly TcpListener _server;
    private int _connections;

    /// <param name="port">Where it listens; 0: wherever there is room.</param>
    public SilenceableMailServer(int port = 0)
    {
        _server = new TcpListener(IPAddress.Loopback, port);
        _server.Start();
        _ = ServeAsync();
    }

    public int Port => ((IPEndPoint)_server.LocalEndpoint).Port;

    /// <summary>While false, a connection is accepted, and stays open and silent.</summary>
    public bool Answers { get; set; } = true;

    /// <summary>How often somebody has connected.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>What came: the recipients, each on a line that begins with <c>RCPT</c>, then the message.</summary>
    public ConcurrentQueue<string> Mails { get; } = [];

    public void Dispose()
    {
        _end.Cancel();
        _server.Stop();
        _end.Dispose();
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
            if (Answers) _ = TalkAsync(client);
        }
    }

    private async Task TalkAsync(TcpClient client)
    {
        using TcpClient closed = client;
        using var reader = new StreamReader(client.GetStream());
        await using var writer = new StreamWriter(client.GetStream()) { NewLine = "\r\n", AutoFlush = true };
        await writer.WriteLineAsync("220 test");
        var lines = new List<string>();
        while (await reader.ReadLineAsync(_end.Token) is { } command)
        {
            if (command.StartsWith("RCPT", StringComparison.OrdinalIgnoreCase)) lines.Add(command);
            if (command.StartsWith("DATA", StringComparison.OrdinalIgnoreCase))
            {
                await writer.WriteLineAsync("354 go on");
                while (await reader.ReadLineAsync(_end.Token) is { } line && line != ".") lines.Add(line);
                Mails.Enqueue(string.Join('\n', lines));
                lines.Clear();
            }

            bool isLast = command.StartsWith("QUIT", StringComparison.OrdinalIgnoreCase);
            await writer.WriteLineAsync(isLast ? "221 bye" : "250 ok");
            if (isLast) return;
        }
    }
}
