using Fail2Ban.Enforcement.Actions;

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
    private readonly SilenceableMailServer _server = new() { Answers = false };

    [Fact]
    public async Task A_server_that_says_nothing_delays_no_ban_and_gets_each_mail_once_it_answers()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/python3"), "python3 is not installed");
        string mailer = Path.Combine(_folder, "mailer.py"), bans = Path.Combine(_folder, "bans");
        File.WriteAllText(mailer, Mailer);
        await using var action = new ShippedAction($"sendmail[mailcmd=\"/usr/bin/python3 {mailer} {_server.Port}\", timeout=10]\n dummy[target=\"{bans}\"]");
        Assert.True(((CommandAction)action.Jail.Find("sendmail")!).TrySet("lane", "notify", out string error), error);
        Assert.True(((CommandAction)action.Jail.Find("sendmail")!).TrySet("actionstart", "", out error), error);
        await action.Jail.StartAsync();
        for (int i = 1; i <= 3; i++) await action.Jail.BanAsync(ShippedAction.Ban($"192.0.2.{i}"));
        Assert.Equal(3, File.ReadLines(bans).Count(static line => line.StartsWith('+')));
        Assert.Empty(_server.Mails);
        await UntilAsync(() => _server.Connections > 0 && action.Sink.Messages.Any(static text => text.Contains("next attempt", StringComparison.Ordinal)));
        _server.Answers = true;
        await UntilAsync(() => _server.Mails.Count >= 3);
        for (int i = 1; i <= 3; i++) Assert.Single(_server.Mails, text => text.Contains($"Subject: [Fail2Ban] demo: banned 192.0.2.{i} from host.example.org", StringComparison.Ordinal));
    }

    public void Dispose()
    {
        _server.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static async Task UntilAsync(Func<bool> holds)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromMinutes(2));
        while (!holds()) await Task.Delay(50, patience.Token);
    }
}
