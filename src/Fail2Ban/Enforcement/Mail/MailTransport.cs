using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Fail2Ban.Native.OpenSsl;

namespace Fail2Ban.Enforcement.Mail;

// Why not a library: MailKit makes the program 4 MB larger (13.8 MB instead of 9.8), of which .NET's TLS is 3.5 MB; what .NET
// itself has cannot log in with PLAIN, which is all that many servers offer.

/// <summary>Hands one message to a mail server; see RFC 5321, RFC 3207 (STARTTLS) and RFC 4954 (AUTH).</summary>
internal sealed class MailTransport : IDisposable
{
    private const int GoOn = 334;
    private const int Accepted = 235;
    private const int AlreadyLoggedIn = 503;

    private static readonly string[] s_ways = ["CRAM-MD5", "PLAIN", "LOGIN"];

    private readonly MailConversation _server;
    private string _doing;

    private MailTransport(MailConversation server, string doing)
    {
        _server = server;
        _doing = doing;
    }

    /// <summary>Sends a message.</summary>
    /// <param name="settings">By which server, as whom, to whom.</param>
    /// <param name="message">What to send; ASCII with CRLF.</param>
    /// <param name="stop">Fires when it has taken too long, or the server ends.</param>
    /// <returns>The recipients that the server refused, if it took others.</returns>
    /// <exception cref="MailException">It was not sent; the message says why.</exception>
    public static async Task<IReadOnlyList<string>> SendAsync(MailSettings settings, string message, CancellationToken stop)
    {
        if (settings.IsEncrypted && !TlsLibrary.IsAvailable) throw new MailException(TlsLibrary.Missing);
        _ = MailHost.TryParse(settings.Host, out MailHost host, out _);
        string doing = $"connecting to {host}";
        MailTransport? transport = null;
        try
        {
            transport = new MailTransport(new MailConversation(await ConnectAsync(host, stop).ConfigureAwait(false), stop), doing);
            return await transport.SendAsync(settings, host, message).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            throw new MailException($"{transport?._doing ?? doing}: no answer in time");
        }
        catch (Exception error) when (error is IOException or SocketException or MailException)
        {
            throw new MailException($"{transport?._doing ?? doing}: {error.Message}");
        }
        finally
        {
            transport?.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _server.Dispose();

    private async Task<IReadOnlyList<string>> SendAsync(MailSettings settings, MailHost host, string message)
    {
        await _server.ExpectAsync(220).ConfigureAwait(false);
        string[] abilities = await GreetAsync().ConfigureAwait(false);
        if (settings.IsEncrypted)
        {
            _doing = $"encrypting the connection to {host}";
            await _server.AskAsync("STARTTLS", 220).ConfigureAwait(false);
            await _server.EncryptAsync(IPAddress.TryParse(host.Name, out _) ? null : host.Name).ConfigureAwait(false);
            abilities = await GreetAsync().ConfigureAwait(false); // nothing holds that was said before
        }

        if (settings is { User.Length: > 0, Password.Length: > 0 })
        {
            _doing = $"logging in to {host} as {settings.User}";
            await LogInAsync(abilities, settings.User, settings.Password).ConfigureAwait(false);
        }

        _doing = $"sending by {host} to {settings.Recipients}";
        string beyondAscii = abilities.Contains("SMTPUTF8") && !Ascii.IsValid(settings.Sender + settings.Recipients) ? " SMTPUTF8" : "";
        await _server.AskAsync($"MAIL FROM:<{settings.Sender}>{beyondAscii}", 250).ConfigureAwait(false);
        IReadOnlyList<string> recipients = MailMessage.AddressesIn(settings.Recipients);
        List<string> refused = [];
        foreach (string recipient in recipients)
        {
            MailReply reply = await _server.AskAsync($"RCPT TO:<{recipient}>").ConfigureAwait(false);
            if (reply.Code is not (250 or 251)) refused.Add($"{recipient}: {reply}");
        }

        if (refused.Count == recipients.Count) throw new MailException($"no recipient was accepted ({string.Join("; ", refused)})");
        await _server.AskAsync("DATA", 354).ConfigureAwait(false);
        await _server.AskAsync(("\r\n" + message).Replace("\r\n.", "\r\n..", StringComparison.Ordinal)[2..] + ".", 250).ConfigureAwait(false);
        await LeaveAsync().ConfigureAwait(false);
        return refused;
    }

    // The server has the message; whether it hears this makes no difference.
    private async Task LeaveAsync()
    {
        try
        {
            await _server.SayAsync("QUIT").ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or SocketException or OperationCanceledException)
        {
            // It has closed the connection by itself.
        }
    }

    // What the server can do, in capital letters, from the lines of its answer.
    private async Task<string[]> GreetAsync()
    {
        string name = Dns.GetHostName();
        MailReply reply = await _server.AskAsync($"EHLO {name}").ConfigureAwait(false);
        if (reply.Code == 250) return [.. reply.Text.Split('\n').Select(static line => line.Trim().ToUpperInvariant())];
        await _server.AskAsync($"HELO {name}", 250).ConfigureAwait(false);
        return [];
    }

    // In the order of Python's smtplib: what does not show the password first. A server may offer what it then refuses, or
    // keep the password in a form that only some can use.
    private async Task LogInAsync(string[] abilities, string user, string password)
    {
        string[] ways = abilities.FirstOrDefault(static line => line.StartsWith("AUTH ", StringComparison.Ordinal))?.Split(' ') ?? [];
        MailReply? last = null;
        foreach (string way in s_ways.Where(way => ways.Contains(way) && (way != "CRAM-MD5" || TlsLibrary.IsAvailable))) // .NET takes MD5 from there, and ends the program without it
        {
            MailReply reply = await TryAsync(way, user, password).ConfigureAwait(false);
            if (reply.Code is Accepted or AlreadyLoggedIn) return;
            last = reply;
        }

        throw new MailException(last?.ToString()
            ?? $"the server offers none of CRAM-MD5, PLAIN and LOGIN{(ways.Length == 0 ? ", perhaps only when encrypted (ssl=true)" : "")}");
    }

    // What the server says in the end.
    private async Task<MailReply> TryAsync(string way, string user, string password)
    {
        if (way == "PLAIN") return await _server.AskAsync("AUTH PLAIN " + Base64($"\0{user}\0{password}")).ConfigureAwait(false);
        MailReply reply = await _server.AskAsync("AUTH " + way).ConfigureAwait(false);
        if (reply.Code != GoOn) return reply;
        if (way == "LOGIN")
        {
            reply = await _server.AskAsync(Base64(user)).ConfigureAwait(false);
            return reply.Code == GoOn ? await _server.AskAsync(Base64(password)).ConfigureAwait(false) : reply;
        }

        var challenge = new byte[reply.Text.Length];
        if (!Convert.TryFromBase64String(reply.Text.Trim(), challenge, out int length)) return await _server.AskAsync("*").ConfigureAwait(false); // it is given up
#pragma warning disable CA5351 // that is what CRAM-MD5 is made of
        byte[] digest = HMACMD5.HashData(Encoding.UTF8.GetBytes(password), challenge.AsSpan(0, length));
#pragma warning restore CA5351
        return await _server.AskAsync(Base64($"{user} {Convert.ToHexStringLower(digest)}")).ConfigureAwait(false);
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    // The C library looks names up, on a thread that it may hold for long: not one of the pool.
    private static async Task<Socket> ConnectAsync(MailHost host, CancellationToken stop)
    {
        IPAddress[] addresses = IPAddress.TryParse(host.Name, out IPAddress? address) ? [address]
            : await Task.Factory.StartNew(() => Dns.GetHostAddresses(host.Name), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)
                .WaitAsync(stop).ConfigureAwait(false);
        for (int i = 0; ; i++)
        {
            var socket = new Socket(addresses[i].AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(addresses[i], host.Port, stop).ConfigureAwait(false);
                return socket;
            }
            catch (SocketException) when (i + 1 < addresses.Length)
            {
                socket.Dispose(); // the next address may answer
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
    }
}
