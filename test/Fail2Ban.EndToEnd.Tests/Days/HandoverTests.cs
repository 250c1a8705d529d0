namespace Fail2Ban.EndToEnd.Tests.Days;

/// <summary>A host changes from the original to us and back, by stop and by crash, and nobody who is banned gets in.</summary>
public sealed class HandoverTests
{
    private const string Jails = """
        [DEFAULT]
        backend = polling
        filter = day
        usedns = no
        maxretry = 2
        findtime = 600
        bantime = 3600
        action = record[file=$F/calls]

        [plain]
        enabled = true
        logpath = $F/plain.log

        [longer]
        enabled = true
        logpath = $F/longer.log
        bantime.increment = true
        """;

    private static readonly string[] Ids = ["192.0.2.77", "198.51.100.0/24", "2001:db8::5", "sess-1"];

    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(false, true)] // our write-ahead log is left behind, and the original has to open it
    public void What_one_has_banned_the_other_restores(bool originalFirst, bool crash)
    {
        DayHost.RequireOriginal();
        using var host = new TwoServers(Jails);
        foreach (string jail in new[] { "plain", "longer" }) host.Host.Write($"{jail}.log", "0 srv begins");
        host.Start(originalFirst, "longer");

        // Failures with lines and a user; ids of all kinds by hand, one for ever; a second ban that is longer.
        long now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        host.Host.Append("plain.log", $"{now} srv fail bob from 203.0.113.9", $"{now} srv fail bob from 203.0.113.9");
        host.Client(originalFirst, ["set", "plain", "banip", .. Ids]).MustSucceed();
        host.Host.WaitFor(() => host.Query("SELECT count(*) FROM bips") == "5\n", "five rows");
        string[] plain = host.Banned(originalFirst, "plain"); // before: the original shows a changed time also for older bans
        Assert.Equal(5, plain.Length);
        host.Client(originalFirst, "set", "plain", "bantime", "-1").MustSucceed();
        host.Client(originalFirst, "set", "plain", "banip", "192.0.2.78").MustSucceed();
        host.Host.WaitFor(() => host.Query("SELECT count(*) FROM bips") == "6\n", "six rows");
        host.Client(originalFirst, "set", "longer", "bantime", "5").MustSucceed();
        host.Client(originalFirst, "set", "longer", "banip", "192.0.2.79").MustSucceed();
        host.Host.WaitFor(() => host.Count("[longer] Unban 192.0.2.79") == 1, "the end of the first ban");
        host.Client(originalFirst, "set", "longer", "bantime", "1800").MustSucceed();
        host.Client(originalFirst, "set", "longer", "banip", "192.0.2.79").MustSucceed();
        host.Host.WaitFor(() => host.Count("Increase Ban 192.0.2.79 (2 # 1h") == 1, "the longer ban");
        host.Host.WaitFor(() => host.Query("SELECT count(*) FROM bips") == "7\n", "seven rows");
        string[] longer = host.Banned(originalFirst, "longer");

        string rows = Rows(host);
        if (crash) host.Host.KillServer();
        else host.Client(originalFirst, "stop").MustSucceed();
        host.Host.WaitFor(() => crash || !File.Exists(host.Host.PidFile), "the end");
        if (!crash) Assert.Equal([host.Host.Database], Directory.GetFiles(host.Host.Folder, "fail2ban.sqlite3*")); // no write-ahead log stays
        host.Host.Write("calls", "");
        // A crash forgets how far a log was read; what is read twice may be counted before it is restored.
        if (crash) host.Host.Write("plain.log", "");

        host.Start(!originalFirst, "longer");
        host.Host.WaitFor(() => host.Count("Restore Ban") == 7, "seven restored bans");

        // The jail's time limits what was for ever; everything else is as it was.
        Assert.Equal(plain.Append("192.0.2.78 3600").Order(StringComparer.Ordinal), host.Banned(!originalFirst, "plain"));
        Assert.Equal(longer, host.Banned(!originalFirst, "longer"));
        host.Host.WaitFor(() => File.ReadAllLines(host.Host.Path("calls")).Count(call => call.Contains(" 1 ", StringComparison.Ordinal)) == 7, "seven calls");
        string[] calls = File.ReadAllLines(host.Host.Path("calls"));
        Assert.Contains("ban 203.0.113.9 2 1 2", calls); // its failures came over; it counts one more, as in the original
        Assert.Contains("ban 192.0.2.79 0 1 3", calls);
        Assert.Equal(rows, Rows(host));
        Assert.Equal("[\"1\",[[\"\",\"%\",\" srv fail bob from 203.0.113.9\"],\"% srv fail bob from 203.0.113.9\"],2,\"bob\"]".Replace("%", $"{now}", StringComparison.Ordinal) + "\n",
            host.Query("SELECT json_array(cast(bancount as text), json_extract(cast(data as text), '$.matches'), json_extract(cast(data as text), '$.failures'), json_extract(cast(data as text), '$.user')) FROM bips WHERE ip = '203.0.113.9'"));

        // What the second unbans stays unbanned when the first comes back.
        host.Client(!originalFirst, "set", "plain", "unbanip", "192.0.2.77").MustSucceed();
        if (crash) host.Host.KillServer();
        else host.Client(!originalFirst, "stop").MustSucceed();
        host.Host.WaitFor(() => crash || !File.Exists(host.Host.PidFile), "the end");
        host.Start(originalFirst, "longer");
        host.Host.WaitFor(() => host.Count("Restore Ban") == 13, "six restored bans");
        Assert.DoesNotContain(host.Banned(originalFirst, "plain"), ban => ban.StartsWith("192.0.2.77 ", StringComparison.Ordinal));
        Assert.Equal("ok\n", host.Query("PRAGMA integrity_check"));
    }

    private static string Rows(TwoServers host) => host.Query("SELECT jail, ip, bantime, bancount, cast(data as text) FROM bips ORDER BY 1, 2");
}
