using Fail2Ban.EndToEnd.Tests.Sandboxes;

namespace Fail2Ban.EndToEnd.Tests.Days;

/// <summary>Who is banned again and again is banned for long, by the jail that reads the server's own log with the shipped filter.</summary>
public sealed class RecidiveTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Third_ban_is_one_of_recidive(bool isOriginal)
    {
        if (isOriginal) DayHost.RequireOriginal();
        using var host = new TwoServers("""
            [DEFAULT]
            backend = polling
            usedns = no
            maxretry = 1
            action = record[file=$F/calls-%(__name__)s]

            [brief]
            enabled = true
            filter = day
            logpath = $F/brief.log
            bantime = 8

            [recidive]
            enabled = true
            filter = recidive
            logpath = $F/fail2ban.log
            maxretry = 3
            findtime = 1d
            bantime = 1w
            """);
        string filters = isOriginal ? "/etc/fail2ban/filter.d" : Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(Sandbox.Program("fail2ban")))!, "etc", "fail2ban", "filter.d");
        foreach (string name in new[] { "recidive.conf", "common.conf" })
            if (File.Exists(Path.Combine(filters, name))) host.Host.Write($"etc/filter.d/{name}", File.ReadAllText(Path.Combine(filters, name)));
        host.Host.Write("brief.log", "0 srv begins");
        host.Host.Write("fail2ban.log", "");
        host.Start(isOriginal, "recidive");
        for (int ban = 1; ban <= 3; ban++)
        {
            host.Host.Append("brief.log", $"{TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()} srv fail from 192.0.2.9", $"{TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()} srv fail from 203.0.113.{ban}");
            host.Host.WaitFor(() => host.Count("[brief] Unban 192.0.2.9") == ban, $"the end of ban {ban}", TimeSpan.FromMinutes(1));
        }

        host.Host.WaitFor(() => host.Count("[recidive] Ban 192.0.2.9") == 1, "the ban of recidive");
        Assert.Equal(["192.0.2.9 604800"], host.Banned(isOriginal, "recidive"));
        host.Host.WaitFor(() => File.Exists(host.Host.Path("calls-recidive")) && File.ReadAllText(host.Host.Path("calls-recidive")).EndsWith('\n'), "the call of its action");
        Assert.Equal(["ban 192.0.2.9 3 0 1"], File.ReadAllLines(host.Host.Path("calls-recidive")));

        // Its own ban, the unbans and restored bans are no failures.
        host.Client(isOriginal, "stop").MustSucceed();
        host.Host.WaitFor(() => !File.Exists(host.Host.PidFile), "the end");
        host.Start(isOriginal, "recidive");
        host.Host.WaitFor(() => host.Count("[recidive] Restore Ban 192.0.2.9") == 1, "the restored ban");
        Assert.Equal(["192.0.2.9 604800"], host.Banned(isOriginal, "recidive"));
        Assert.Equal(6, host.Count("[recidive] Found "));
    }
}
