using System.Diagnostics;

namespace Fail2Ban.EndToEnd.Tests.Python;

/// <summary>A real SMTP server on a port of the loopback (Python's aiosmtpd), which keeps what it is sent.</summary>
internal sealed class MailServer : IAsyncDisposable
{
    private const string Program = """
        import os, ssl, sys
        from aiosmtpd.controller import Controller
        from aiosmtpd.smtp import AuthResult, SMTP

        folder, certificate, mechanism = sys.argv[1:4]

        class Keep:
            count, who = 0, None
            async def handle_RCPT(self, server, session, envelope, address, options):
                if address.startswith("nobody"):
                    return "550 no such user"
                envelope.rcpt_tos.append(address)
                return "250 OK"
            async def handle_DATA(self, server, session, envelope):
                Keep.count += 1
                head = "X-Envelope: %s %s\nX-Login: %s\nX-Encrypted: %s\n" % (envelope.mail_from, " ".join(envelope.rcpt_tos), Keep.who, session.ssl is not None)
                path = os.path.join(folder, "mail%03d" % Keep.count)
                with open(path + ".part", "wb") as file:
                    file.write(head.encode() + envelope.content)
                os.rename(path + ".part", path)
                return "250 kept"

        def login(server, session, envelope, kind, data):
            good = data.login == b"me" and data.password == "s3cret".encode() and not (mechanism == "BOTH" and kind == "PLAIN")
            Keep.who = data.login.decode()
            return AuthResult(success=good, handled=False)

        options = dict(hostname="127.0.0.1", port=0)
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            options.update(tls_context=context, require_starttls=True)
        if mechanism:
            options.update(authenticator=login, auth_required=True, auth_require_tls=bool(certificate), auth_exclude_mechanism={"PLAIN": ["LOGIN"], "LOGIN": ["PLAIN"]}.get(mechanism, []))
        import asyncio
        async def main():
            loop = asyncio.get_running_loop()
            own = {key: value for key, value in options.items() if key not in ("hostname", "port")}
            server = await loop.create_server(lambda: SMTP(Keep(), hostname="test", **own), "127.0.0.1", 0)
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
    /// <param name="mechanism">PLAIN or LOGIN: it then insists that me logs in with s3cret; BOTH: it offers both, and refuses PLAIN.</param>
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
