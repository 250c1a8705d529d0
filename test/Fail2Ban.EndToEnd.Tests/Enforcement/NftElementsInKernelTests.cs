using System.Diagnostics;

namespace Fail2Ban.EndToEnd.Tests.Enforcement;

/// <summary>Bans by netlink against the real kernel, compared with what the action's own commands make.</summary>
public sealed class NftElementsInKernelTests
{
    private static readonly string[] Singles =
        ["192.0.2.1", "192.0.2.2", "10.0.0.0", "255.255.255.255", "198.51.100.77", "2001:db8::5", "2001:db8::6", "::1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"];

    private static readonly string[] Networks = ["203.0.113.0/24", "10.9.0.0/16", "224.0.0.0/3", "2001:db8:1::/48", "8000::/1"];

    [Fact]
    public Task Hash_sets_are_those_of_the_stock_commands() => CompareAsync(nameof(Hash_sets_are_those_of_the_stock_commands), false, Singles);

    [Fact]
    public Task Interval_sets_are_those_of_the_stock_commands() => CompareAsync(nameof(Interval_sets_are_those_of_the_stock_commands), true,
        [.. Singles.Where(id => !id.StartsWith("255", StringComparison.Ordinal) && !id.StartsWith("ffff", StringComparison.Ordinal)), .. Networks]);

    [Fact]
    public Task Highest_addresses_of_interval_sets_are_those_of_the_stock_commands() =>
        CompareAsync(nameof(Highest_addresses_of_interval_sets_are_those_of_the_stock_commands), true, Singles);

    [Fact]
    public async Task Ten_thousand_bans_travel_together_and_go_again()
    {
        if (!NetworkNamespace.IsInside(this)) return;
        await using var jail = new NftJail();
        await jail.BanAsync("192.0.2.1");
        string[] ids = [.. Enumerable.Range(0, 10_000).Select(i => $"10.{i >> 16}.{(i >> 8) & 255}.{i & 255}")];

        TimeSpan before = Environment.CpuUsage.TotalTime;
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(ids.Select(jail.BanAsync));
        TimeSpan together = watch.Elapsed, work = Environment.CpuUsage.TotalTime - before;
        Assert.Equal(10_001, NftJail.Elements("addr-set-demo"));
        watch.Restart();
        for (int i = 0; i < 1000; i++) await jail.BanAsync($"172.16.{i >> 8}.{i & 255}");
        TimeSpan single = watch.Elapsed / 1000;
        watch.Restart();
        await Task.WhenAll(ids.Select(jail.UnbanAsync));
        TimeSpan gone = watch.Elapsed;
        Assert.Equal(1001, NftJail.Elements("addr-set-demo"));
        Assert.Empty(jail.Sink.Errors);
        await Console.Out.WriteLineAsync($"10,000 bans {together.TotalMilliseconds:0.0} ms; one ban {single.TotalMicroseconds:0.0} us; 10,000 unbans {gone.TotalMilliseconds:0.0} ms");
        Assert.True(work < TimeSpan.FromSeconds(2) && together < TimeSpan.FromSeconds(10), $"10,000 bans took {together}, {work} of the processor");
    }

    [Fact]
    public async Task One_bad_element_does_not_cost_the_others()
    {
        if (!NetworkNamespace.IsInside(this)) return;
        await using var jail = new NftJail(isInterval: true);
        await jail.BanAsync("10.1.0.0/24");
        string[] good = [.. Enumerable.Range(0, 999).Select(i => $"10.2.{i >> 8}.{i & 255}")];
        await Task.WhenAll([.. good[..500].Select(jail.BanAsync), jail.BanAsync("10.1.0.7"), .. good[500..].Select(jail.BanAsync)]);

        Assert.Contains(jail.Sink.Errors, message => message.Contains("Error banning 10.1.0.7", StringComparison.Ordinal));
        Assert.DoesNotContain(jail.Sink.Errors, message => message.Contains("Error banning 10.2", StringComparison.Ordinal));
        foreach (string id in good)
        {
            if (id.EndsWith(".100", StringComparison.Ordinal) || id == good[^1])
                Assert.Equal(0, NetworkNamespace.Run(["nft", "get", "element", "inet", "f2b-table", "addr-set-demo", "{", id, "}"]).Code);
        }

        Assert.Equal(1000, NftJail.Elements("addr-set-demo"));
    }

    [Fact]
    public async Task A_flushed_ruleset_comes_back_with_all_bans_at_the_next_ban()
    {
        if (!NetworkNamespace.IsInside(this)) return;
        await using var jail = new NftJail();
        await Task.WhenAll(Enumerable.Range(1, 100).Select(i => jail.BanAsync($"192.0.2.{i}")));
        await Task.WhenAll(Enumerable.Range(1, 50).Select(i => jail.BanAsync($"2001:db8::{i:x}")));
        string before = NftJail.Table();
        Assert.Equal(0, NetworkNamespace.Run(["nft", "flush", "ruleset"]).Code);
        Assert.NotEqual(0, NetworkNamespace.Run(["nft", "list", "table", "inet", "f2b-table"]).Code);

        // An unban of what is gone already is no error.
        await jail.UnbanAsync("192.0.2.100");
        Assert.Empty(jail.Sink.Errors);
        await jail.BanAsync("192.0.2.100");

        Assert.Equal(Sets(before), Sets(NftJail.Table()));
        Assert.Contains(jail.Sink.Errors, message => message.Contains("Invariant check failed. Trying to restore a sane environment", StringComparison.Ordinal));
        Assert.DoesNotContain(jail.Sink.Errors, message => message.Contains("Error banning", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_set_that_others_replace_by_an_interval_set_gets_whole_intervals()
    {
        if (!NetworkNamespace.IsInside(this)) return;
        await using var jail = new NftJail();
        await jail.BanAsync("192.0.2.1");
        Assert.Equal(0, NetworkNamespace.Run(["sh", "-c", "nft flush chain inet f2b-table f2b-chain && nft delete set inet f2b-table addr-set-demo && nft add set inet f2b-table addr-set-demo '{ type ipv4_addr; flags interval; }'"]).Code);

        await jail.BanAsync("192.0.2.2");
        // Without its end the element would match every address above it.
        Assert.NotEqual(0, NetworkNamespace.Run(["nft", "get", "element", "inet", "f2b-table", "addr-set-demo", "{", "192.0.2.9", "}"]).Code);
        Assert.Equal(0, NetworkNamespace.Run(["nft", "get", "element", "inet", "f2b-table", "addr-set-demo", "{", "192.0.2.2", "}"]).Code);
    }

    [Fact]
    public async Task Unban_of_an_element_that_is_gone_is_no_error_and_changes_keep_their_order()
    {
        if (!NetworkNamespace.IsInside(this)) return;
        await using var jail = new NftJail();
        await jail.BanAsync("192.0.2.1");
        Assert.Equal(0, NetworkNamespace.Run(["nft", "flush", "set", "inet", "f2b-table", "addr-set-demo"]).Code);
        await jail.UnbanAsync("192.0.2.1");
        var last = new List<Task>();
        for (int i = 0; i < 200; i++)
        {
            last.Add(jail.BanAsync("192.0.2.7"));
            last.Add(jail.UnbanAsync("192.0.2.7"));
            last.Add(jail.BanAsync("192.0.2.8"));
        }

        await Task.WhenAll(last);
        Assert.Empty(jail.Sink.Errors);
        Assert.Contains("elements = {192.0.2.8}", NftJail.Table().Replace(" }", "}", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_capability_the_command_is_run_as_it_is_written_and_that_is_said_once()
    {
        if (!NetworkNamespace.IsInside(this, ["setpriv", "--bounding-set=-net_admin", "--inh-caps=-net_admin"])) return;
        string folder = Directory.CreateTempSubdirectory("f2b-test").FullName;
        string calls = Path.Combine(folder, "calls");
        File.WriteAllText(Path.Combine(folder, "nft"), $"#!/bin/sh\necho \"$@\" >> {calls}\n");
        Assert.Equal(0, NetworkNamespace.Run(["chmod", "700", Path.Combine(folder, "nft")]).Code);
        Environment.SetEnvironmentVariable("PATH", folder + ":" + Environment.GetEnvironmentVariable("PATH"));

        await using var jail = new NftJail();
        await jail.BanAsync("192.0.2.1");
        await jail.BanAsync("192.0.2.2");

        Assert.Contains("add element inet f2b-table addr-set-demo { 192.0.2.1 }", File.ReadAllLines(calls));
        Assert.Contains("add element inet f2b-table addr-set-demo { 192.0.2.2 }", File.ReadAllLines(calls));
        Assert.Single(jail.Sink.Messages, message => message.Contains("Operation not permitted", StringComparison.Ordinal));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Flush_and_stop_leave_nothing_behind()
    {
        if (!NetworkNamespace.IsInside(this)) return;
        await using var jail = new NftJail();
        await jail.BanAsync("192.0.2.1");
        await jail.BanAsync("2001:db8::1");
        await jail.Actions.FlushAsync([NftJail.BanOf("192.0.2.1"), NftJail.BanOf("2001:db8::1")]);
        Assert.Equal(0, NftJail.Elements("addr-set-demo") + NftJail.Elements("addr6-set-demo"));
        await jail.Actions.StopAsync();

        Assert.NotEqual(0, NetworkNamespace.Run(["nft", "list", "table", "inet", "f2b-table"]).Code);
        Assert.Empty(jail.Sink.Errors);
    }

    // The elements only: the rules' order differs after a repair, since the families are started anew.
    private static string[] Sets(string table) => [.. table.Split('\n').Where(line => line.Contains("elements", StringComparison.Ordinal) || line.Contains("reject", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    private async Task CompareAsync(string test, bool isInterval, string[] ids)
    {
        if (!NetworkNamespace.IsInside(this, null, test)) return;
        string ours = await TableOfAsync("nft");
        Assert.Equal(0, NetworkNamespace.Run(["nft", "flush", "ruleset"]).Code);
        string stock = await TableOfAsync("env nft");
        Assert.Equal(stock, ours);
        Assert.Contains("2001:db8::5", ours, StringComparison.Ordinal);

        async Task<string> TableOfAsync(string program)
        {
            await using var jail = new NftJail(isInterval, program);
            foreach (string id in ids) await jail.BanAsync(id);
            await jail.BanAsync("192.0.2.200");
            await jail.UnbanAsync("192.0.2.200");
            Assert.Empty(jail.Sink.Errors);
            return NftJail.Table();
        }
    }
}
