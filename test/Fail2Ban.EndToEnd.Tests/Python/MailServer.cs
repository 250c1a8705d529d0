using System.Diagnostics;

namespace Fail2Ban.EndToEnd.Tests.Python;

/// <summary>A real SMTP server on a port of the loopback (Python's aiosmtpd), which keeps what it is sent.</summary>
internal sealed class MailServer : IAsyncDisposable
{
    private const string Program = """
        import hmac, os, ssl, sys
        from aiosmtpd.smtp import AuthResult, SMTP

        folder, certificate, mechanism = sys.argv[1:4]

        class Keep:
            count, who, how, name = 0, None, None, None
            async def handle_RCPT(self, server, session, envelope, address, options):
                if address.startswith("nobody"):
                    return "550 no such user"
                envelope.rcpt_tos.append(address)
                return "250 OK"
            async def handle_DATA(self, server, session, envelope):
                Keep.count += 1
                head = "X-Envelope: %s %s\nX-Login: %s\nX-Encrypted: %s\nX-Server: %s\n" % (envelope.mail_from, " ".join(envelope.rcpt_tos), Keep.who and Keep.who + " by " + Keep.how, session.ssl is not None, Keep.name)
                path = os.path.join(folder, "mail%03d" % Keep.count)
                with open(path + ".part", "wb") as file:
                    file.write(head.encode() + envelope.content)
                os.rename(path + ".part", path)
                return "250 kept"

        def login(server, session, envelope, kind, data):
            good = data.login == b"me" and data.password == "s3cret".encode()
            Keep.who, Keep.how = data.login.decode(), kind
            return AuthResult(success=good, handled=False)

        class KeepWithChallenge(Keep):
            async def auth_CRAM__MD5(self, server, args):
                challenge = b"<1.2@test>"
                who, _, digest = (await server.challenge_auth(challenge)).decode().partition(" ")
                Keep.who, Keep.how = who, "CRAM-MD5"
                return AuthResult(success=who == "me" and "," not in mechanism and digest == hmac.new(b"s3cret", challenge, "md5").hexdigest(), handled=False)

        options = dict(hostname="127.0.0.1", port=0)
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            context.sni_callback = lambda connection, name, own: setattr(Keep, "name", name)
            options.update(tls_context=context, require_starttls=True)
        if mechanism:
            options.update(authenticator=login, auth_required=True, auth_require_tls=bool(certificate), auth_exclude_mechanism={"LOGIN", "PLAIN"} - set(mechanism.split(",")))
        import asyncio
        async def main():
            loop = asyncio.get_running_loop()
            own = {key: value for key, value in options.items() if key not in ("hostname", "port")}
            server = await loop.create_server(lambda: SMTP(KeepWithChallenge() if "CRAM-MD5" in mechanism else Keep(), hostname="test", **own), "127.0.0.1", 0)
            print(server.sockets[0].getsockname()[1], flush=True)
            await asyncio.to_thread(sys.stdin.read)
            os._exit(0)
        asyncio.run(main())
        """;

    private readonly Process _process;
    private readonly string _folder;

    private MailServer(Process process, string folder, int port)
    {
        _process = process;
        _folder = folder;
        Port = port;
    }

    public int Port { get; }

    /// <summary>Starts one; skips the test, and says why, where it cannot.</summary>
    /// <param name="parent">Where its folder is made.</param>
    /// <param name="certificate">A file with certificate and key: it then insists on STARTTLS.</param>
    /// <param name="mechanism">PLAIN, LOGIN or CRAM-MD5: it then insists that me logs in with s3cret. Several, separated by commas:
    /// of these it has CRAM-MD5 in name only.</param>
    public static async Task<MailServer> StartAsync(string parent, string certificate = "", string mechanism = "")
    {
        Assert.SkipUnless(File.Exists("/usr/lib/python3/dist-packages/aiosmtpd/smtp.py"), "python3-aiosmtpd is not installed");
        string folder = Directory.CreateDirectory(Path.Combine(parent, "mails" + Guid.NewGuid().ToString("N"))).FullName;
        Process process = Process.Start(new ProcessStartInfo("/usr/bin/python3", ["-c", Program, folder, certificate, mechanism])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        string? port = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        if (port is null) Assert.Fail(await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        _ = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        return new MailServer(process, folder, int.Parse(port, System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <summary>The mails, oldest first, once there are so many.</summary>
    public async Task<IReadOnlyList<string>> WaitForAsync(int count)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromMinutes(2));
        while (Files().Length < count) await Task.Delay(50, patience.Token);
        return [.. Files().Select(File.ReadAllText)];
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }

    private string[] Files() => [.. Directory.GetFiles(_folder, "mail*").Where(static name => !name.EndsWith(".part", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
}
