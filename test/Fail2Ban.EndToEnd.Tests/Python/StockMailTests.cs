using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Fail2Ban.Tests.Control.Commands;
using Fail2Ban.Tests;

namespace Fail2Ban.EndToEnd.Tests.Python;

/// <summary>The stock <c>smtp.py</c>, which is built in: what it sends to a real server, and what it says where that fails.</summary>
public sealed class StockMailTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("f2b-mail").FullName;

    private static string Ours => Path.Combine(RepositoryRoot.Find(), "config", "action.d", "smtp.py");

    [Theory]
    [InlineData("ours")]
    [InlineData("/etc/fail2ban/action.d/smtp.py")]
    public async Task Mails_are_those_of_the_original(string file)
    {
        if (file == "ours") file = Ours;
        Assert.SkipUnless(File.Exists(file), $"{file} is missing");
        await using var mail = await MailServer.StartAsync(_folder);
        await using var server = new DispatchedServer();
        await server.DoAsync("add", "j", "polling");
        await server.DoAsync("set", "j", "maxretry", "1");
        Assert.Equal("'m'", await server.DoAsync("set", "j", "addaction", "m", file, $"{{\"host\": \"127.0.0.1:{mail.Port}\", \"sendername\": \"Bän\", \"sender\": \"f2b@example.org\", \"dest\": \"root, admin@example.org\", \"matches\": \"matches\"}}"));
        Assert.Equal("['ban', 'reban', 'start', 'stop', 'unban']", await server.DoAsync("get", "j", "actionmethods", "m"));
        Assert.Equal("'matches'", await server.DoAsync("get", "j", "action", "m", "matches"));
        await server.DoAsync("start", "j");
        await server.DoAsync("set", "j", "attempt", "192.0.2.1", "Failed password\r\n.\r\nBcc: x", "zweite Zeile: ä");
        await server.DoAsync("set", "j", "banip", "x\nBcc: canary@example.net\n\n.");
        await mail.WaitForAsync(3);
        await server.DoAsync("stop", "j");
        IReadOnlyList<string> mails = await mail.WaitForAsync(4);
        string host = Dns.GetHostName();
        Assert.StartsWith("X-Envelope: f2b@example.org root admin@example.org\n", mails[0], StringComparison.Ordinal);
        string started = Plain(mails[0]), banned = Plain(mails[1]), odd = Plain(mails[2]), stopped = Plain(mails[3]);
        Assert.Contains($"\nSubject: [Fail2Ban] j: started on {host}\n", started, StringComparison.Ordinal);
        Assert.Contains("\nTo: root, admin@example.org\n", started, StringComparison.Ordinal);
        Assert.Contains("\nFrom: =?utf-8?B?QsOkbg==?= <f2b@example.org>\n", started, StringComparison.Ordinal);
        Assert.EndsWith("\n\nHi,\n\nThe jail j has been started successfully.\n\nRegards,\nFail2Ban\n", started, StringComparison.Ordinal);
        Assert.Contains($"\nSubject: [Fail2Ban] j: banned 192.0.2.1 from {host}\n", banned, StringComparison.Ordinal);
        string text = Body(banned);
        Assert.StartsWith("Hi,\n\nThe IP 192.0.2.1 has just been banned for 600 seconds\nby Fail2Ban after 1 attempts against j.\n\nMatches for this ban:\nFailed password", text, StringComparison.Ordinal);
        Assert.EndsWith("zweite Zeile: ä\n\nRegards,\nFail2Ban", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\nBcc:", odd[..odd.IndexOf("\n\n", StringComparison.Ordinal)], StringComparison.Ordinal);
        Assert.Contains($"\nSubject: [Fail2Ban] j: stopped on {host}\n", stopped, StringComparison.Ordinal);
        Assert.Empty(server.Messages.Errors);
    }

    [Theory]
    [InlineData("PLAIN", true)]
    [InlineData("LOGIN", true)]
    [InlineData("CRAM-MD5", true)]
    [InlineData("PLAIN", false)]
    [InlineData("LOGIN", false)]
    [InlineData("CRAM-MD5", false)]
    [InlineData("CRAM-MD5,PLAIN", true)]
    public async Task A_user_logs_in_encrypted_if_asked_for(string mechanism, bool encrypts)
    {
        await using var mail = await MailServer.StartAsync(_folder, encrypts ? Certificate() : "", mechanism);
        await using var server = new DispatchedServer();
        await server.DoAsync("add", "j", "polling");
        await server.DoAsync("set", "j", "addaction", "m", Ours, $"{{\"host\": \"localhost:{mail.Port}\", \"user\": \"me\", \"password\": \"s3cret\", \"ssl\": \"{encrypts}\"}}");
        Assert.Equal($"{encrypts}", await server.DoAsync("get", "j", "action", "m", "ssl"));
        await server.DoAsync("start", "j");
        IReadOnlyList<string> mails = await mail.WaitForAsync(1);
        string name = encrypts ? "localhost" : "None";
        Assert.StartsWith($"X-Envelope: fail2ban root\nX-Login: me by {mechanism.Split(',')[^1]}\nX-Encrypted: {encrypts}\nX-Server: {name}\n", mails[0], StringComparison.Ordinal);
        Assert.Empty(server.Messages.Errors);
    }

    [Fact]
    public async Task A_wrong_password_is_told()
    {
        await using var mail = await MailServer.StartAsync(_folder, "", "CRAM-MD5");
        await using var server = new DispatchedServer();
        await server.DoAsync("add", "j", "polling");
        await server.DoAsync("set", "j", "addaction", "m", Ours, $"{{\"host\": \"127.0.0.1:{mail.Port}\", \"user\": \"me\", \"password\": \"wrong\"}}");
        await server.DoAsync("start", "j");
        await UntilAsync(() => server.Messages.Errors.Any(text => text.Contains($"Failed to start jail 'j' action 'm': logging in to 127.0.0.1:{mail.Port} as me: 535 ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_long_mail_goes_over_an_encrypted_connection_whole()
    {
        await using var mail = await MailServer.StartAsync(_folder, Certificate());
        await using var server = new DispatchedServer();
        await server.DoAsync("add", "j", "polling");
        await server.DoAsync("set", "j", "maxretry", "1");
        await server.DoAsync("set", "j", "addaction", "m", Ours, $"{{\"host\": \"127.0.0.1:{mail.Port}\", \"ssl\": true, \"matches\": \"matches\"}}");
        string[] lines = [.. Enumerable.Range(1, 2000).Select(static number => $"line {number} of this attack {new string('x', 200)}")];
        await server.DoAsync("set", "j", "maxmatches", "2000");
        await server.DoAsync("start", "j");
        await server.DoAsync(["set", "j", "attempt", "198.51.100.7", .. lines]);
        string text = (await mail.WaitForAsync(2))[1].ReplaceLineEndings("\n");
        Assert.Contains("\nX-Encrypted: True\nX-Server: None\n", text, StringComparison.Ordinal); // an address is no name to tell
        Assert.Contains(string.Join('\n', lines), text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("250 fine", "", "encrypting the connection to 127.0.0.1:{0}: 250 fine")]
    [InlineData("454 not now", "", "encrypting the connection to 127.0.0.1:{0}: 454 not now")]
    [InlineData("220 go", "250 slipped in", "encrypting the connection to 127.0.0.1:{0}: the server said more than it was asked for")]
    [InlineData("220 go", "", "encrypting the connection to 127.0.0.1:{0}: SSL_connect: wrong version number")]
    public async Task Nothing_is_sent_where_encryption_fails(string answer, string more, string error)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        Task<string> heard = ServeAsync();
        await using var server = new DispatchedServer();
        await server.DoAsync("add", "j", "polling");
        await server.DoAsync("set", "j", "addaction", "m", Ours, $"{{\"host\": \"127.0.0.1:{port}\", \"ssl\": true, \"user\": \"me\", \"password\": \"s3cret\"}}");
        await server.DoAsync("start", "j");
        string expected = string.Format(System.Globalization.CultureInfo.InvariantCulture, error, port);
        await UntilAsync(() => server.Messages.Errors.Any(text => text.EndsWith($"Failed to start jail 'j' action 'm': {expected}", StringComparison.Ordinal)));
        Assert.Equal("EHLO STARTTLS", await heard);

        async Task<string> ServeAsync()
        {
            using TcpClient client = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
            using var reader = new StreamReader(client.GetStream(), System.Text.Encoding.Latin1);
            await SayAsync("220 test");
            string first = (await reader.ReadLineAsync(TestContext.Current.CancellationToken))!.Split(' ')[0];
            await SayAsync("250-test\r\n250-AUTH PLAIN\r\n250 STARTTLS");
            string second = (await reader.ReadLineAsync(TestContext.Current.CancellationToken))!;
            await SayAsync(more.Length > 0 ? answer + "\r\n" + more : answer);
            if (answer.StartsWith("220", StringComparison.Ordinal) && more.Length == 0)
            {
                var hello = new char[64];
                Assert.True(await reader.ReadAsync(hello, TestContext.Current.CancellationToken) > 0);
                await SayAsync("this is no TLS");
            }

            return $"{first} {second}" + (await reader.ReadToEndAsync(TestContext.Current.CancellationToken)).Contains("AUTH", StringComparison.Ordinal) switch { true => " AUTH", false => "" };

            async Task SayAsync(string text) => await client.GetStream().WriteAsync(System.Text.Encoding.ASCII.GetBytes(text + "\r\n"), TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task What_the_server_refuses_is_told()
    {
        await using var mail = await MailServer.StartAsync(_folder);
        await using var server = new DispatchedServer();
        await server.DoAsync("add", "j", "polling");
        await server.DoAsync("set", "j", "addaction", "m", Ours, $"{{\"host\": \"127.0.0.1:{mail.Port}\", \"dest\": \"nobody@example.org, root\"}}");
        await server.DoAsync("set", "j", "addaction", "n", Ours, $"{{\"host\": \"127.0.0.1:{mail.Port}\", \"dest\": \"nobody@example.org\"}}");
        await server.DoAsync("start", "j");
        await mail.WaitForAsync(1);
        await UntilAsync(() => server.Messages.All.Any(static text => text.Contains("Action 'm': the mail was sent, but not to nobody@example.org: 550 no such user", StringComparison.Ordinal))
            && server.Messages.All.Any(static text => text.Contains("Failed to start jail 'j' action 'n': sending by 127.0.0.1:", StringComparison.Ordinal) && text.Contains("550 no such user", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("{\"hst\": \"x\"}", "TypeError(\"action m: smtp.py has no parameter 'hst'; it has host, ssl, user, password, sendername, sender, dest, matches\")")]
    [InlineData("{\"host\": \"x:y\"}", "TypeError(\"action m: invalid value 'x:y' for host: expected a name or address, perhaps with :port\")")]
    [InlineData("{\"ssl\": \"perhaps\"}", "TypeError(\"action m: invalid value 'perhaps' for ssl: expected true or false\")")]
    [InlineData("{\"dest\": \" , \"}", "TypeError(\"action m: invalid value ' , ' for dest: expected addresses, separated by commas\")")]
    public async Task A_wrong_parameter_is_named(string options, string answer)
    {
        await using var server = new DispatchedServer();
        await server.DoAsync("add", "j", "polling");
        Assert.Equal(answer, await server.DoAsync("set", "j", "addaction", "m", Ours, options));
    }

    [Fact]
    public async Task Properties_can_be_read_and_set()
    {
        await using var server = new DispatchedServer();
        await server.DoAsync("add", "j", "polling");
        await server.DoAsync("set", "j", "addaction", "m", Ours, "{}");
        Assert.Equal("['fromaddr', 'fromname', 'host', 'matches', 'norestored', 'password', 'ssl', 'toaddr', 'user']", await server.DoAsync("get", "j", "actionproperties", "m"));
        Assert.Equal("'localhost'", await server.DoAsync("get", "j", "action", "m", "host"));
        Assert.Equal("'[::1]:587'", await server.DoAsync("set", "j", "action", "m", "host", "[::1]:587"));
        Assert.Equal("1", await server.DoAsync("get", "j", "action", "m", "norestored"));
        Assert.Equal("AttributeError(\"'SMTPAction' object has no attribute 'x'\")", await server.DoAsync("get", "j", "action", "m", "x"));
    }

    [Fact]
    public void The_shipped_file_is_known_as_the_stock_one_until_a_letter_of_it_changes()
    {
        Assert.True(Fail2Ban.Enforcement.Mail.StockMailFile.Is(Ours));
        string changed = Path.Combine(_folder, "smtp.py");
        File.WriteAllText(changed, File.ReadAllText(Ours).Replace("timeout=60", "timeout=30", StringComparison.Ordinal));
        Assert.Equal(new FileInfo(Ours).Length, new FileInfo(changed).Length);
        Assert.False(Fail2Ban.Enforcement.Mail.StockMailFile.Is(changed));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Certificate()
    {
        string file = Path.Combine(_folder, "server.pem");
        using var key = RSA.Create(2048);
        var request = new System.Security.Cryptography.X509Certificates.CertificateRequest("CN=test", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var own = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        File.WriteAllText(file, own.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem() + "\n");
        return file;
    }

    private static string Plain(string mail) => mail.ReplaceLineEndings("\n");

    private static string Body(string mail)
    {
        int end = mail.IndexOf("\n\n", StringComparison.Ordinal);
        Assert.Contains("\nContent-Type: text/plain; charset=\"utf-8\"\nMIME-Version: 1.0\nContent-Transfer-Encoding: base64\n", mail[..end], StringComparison.Ordinal);
        return System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(mail[(end + 2)..])).ReplaceLineEndings("\n");
    }

    private static async Task UntilAsync(Func<bool> holds)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromMinutes(2));
        while (!holds()) await Task.Delay(50, patience.Token);
    }
}
