using System.Globalization;
using Fail2Ban.EndToEnd.Tests.Sandboxes;

namespace Fail2Ban.EndToEnd.Tests.Detection;

/// <summary>A line that was made to keep a pattern busy costs itself, not its jail nor any other.</summary>
public sealed class HostileLineTests(ITestOutputHelper output)
{
    private const string Stock = "/etc/fail2ban/filter.d/domino-smtp.conf";
    private const int HostileLines = 200;

    [Fact]
    public void Hostile_lines_are_told_and_cost_neither_their_jail_nor_another()
    {
        Assert.SkipUnless(File.Exists(Stock), $"{Stock} is absent");
        using var host = new Sandbox();
        File.Copy(Stock, host.Path("etc/filter.d/domino-smtp.conf"), overwrite: true);
        host.Write("etc/filter.d/plain.conf", "[Definition]\nfailregex = ^ srv plain failure from <ADDR>$\n");
        host.Write("etc/jail.local", $"""
            [DEFAULT]
            backend = polling
            banaction = none
            maxretry = 1
            [sshd]
            enabled = false
            [domino-smtp]
            enabled = true
            filter = domino-smtp
            logpath = {host.Write("domino.log", "")}
            action =
            [plain]
            enabled = true
            filter = plain
            logpath = {host.Write("plain.log", "")}
            action =
            """);
        host.Client("start").MustSucceed();

        string hostile = Line("smtp: " + string.Concat(Enumerable.Repeat("a ", 34)) + "authentication failure using internet password!");
        double before = CpuSeconds(host.ServerPid);
        host.Append("domino.log", Enumerable.Repeat(hostile, HostileLines));
        host.Append("plain.log", $"{TimeProvider.System.GetLocalNow().ToString("MMM dd HH:mm:ss", CultureInfo.InvariantCulture)} srv plain failure from 192.0.2.9");
        host.WaitForLog("[plain] Ban 192.0.2.9");
        host.Append("domino.log", Line("smtp: u [192.0.2.7] authentication failure using internet password"));
        host.WaitForLog("[domino-smtp] Ban 192.0.2.7");
        double spent = CpuSeconds(host.ServerPid) - before;
        output.WriteLine($"{spent * 1000 / HostileLines:f1} ms a hostile line");

        string told = Assert.Single(host.ReadLog().Split('\n'), line => line.Contains("match limit", StringComparison.Ordinal));
        Assert.Contains("[domino-smtp] failregex [", told, StringComparison.Ordinal);
        Assert.Contains("smtp: a a", told, StringComparison.Ordinal);
        // Time of the processor, not of the clock: whatever else runs here does not count.
        Assert.InRange(spent * 1000 / HostileLines, 0, 50);
    }

    private static string Line(string text) => $"[1A:2-3] {TimeProvider.System.GetLocalNow().ToString("dd-MM-yyyy HH:mm:ss", CultureInfo.InvariantCulture)}   {text}";

    private static double CpuSeconds(int process)
    {
        string stat = File.ReadAllText($"/proc/{process}/stat");
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / 100.0;
    }
}
