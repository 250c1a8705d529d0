using Fail2Ban.Configuration;
using Fail2Ban.Enforcement.Actions;
using Fail2Ban.Logging;
using Fail2Ban.Processes;

namespace Fail2Ban.EndToEnd.Tests.Enforcement;

/// <summary>Whole action files, ours and (where it is installed) the original's, from the configuration to the kernel.</summary>
public sealed class ActionFilesTests
{
    private const string Original = "/etc/fail2ban/action.d";

    [Fact]
    public Task Our_nftables_action_bans_by_netlink_and_leaves_nothing_behind() =>
        NftablesAsync(nameof(Our_nftables_action_bans_by_netlink_and_leaves_nothing_behind), Path.Combine(Root(), "config", "action.d"));

    [Fact]
    public Task The_originals_nftables_action_bans_by_netlink_and_leaves_nothing_behind() =>
        NftablesAsync(nameof(The_originals_nftables_action_bans_by_netlink_and_leaves_nothing_behind), Original);

    [Fact]
    public async Task The_originals_iptables_action_bans_by_its_commands()
    {
        if (!Directory.Exists(Original)) Assert.Skip("the original is not installed");
        if (!NetworkNamespace.IsInside(this)) return;
        await RunAsync(Original, "iptables[type=multiport, port=\"ssh,http\"]", async (actions, sink) =>
        {
            await actions.BanAsync(NftJail.BanOf("192.0.2.1"));
            await actions.BanAsync(NftJail.BanOf("2001:db8::1"));
            Assert.Empty(sink.Errors);
            Assert.Contains("-A f2b-demo -s 192.0.2.1/32 -j REJECT", NetworkNamespace.Run(["iptables", "-S"]).Output, StringComparison.Ordinal);
            Assert.Contains("-A f2b-demo -s 2001:db8::1/128 -j REJECT", NetworkNamespace.Run(["ip6tables", "-S"]).Output, StringComparison.Ordinal);
            await actions.UnbanAsync(NftJail.BanOf("192.0.2.1"));
            Assert.DoesNotContain("192.0.2.1", NetworkNamespace.Run(["iptables", "-S"]).Output, StringComparison.Ordinal);
            await actions.FlushAsync([NftJail.BanOf("2001:db8::1")]);
            await actions.StopAsync();
            Assert.Empty(sink.Errors);
            Assert.DoesNotContain("f2b", NetworkNamespace.Run(["ip6tables", "-S"]).Output, StringComparison.Ordinal);
        });
    }

    private static string Root()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Fail2Ban.slnx"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("the tests run outside the repository");
    }

    private async Task NftablesAsync(string test, string folder)
    {
        if (!Directory.Exists(folder)) Assert.Skip($"{folder} is not there");
        if (!NetworkNamespace.IsInside(this, null, test)) return;
        await RunAsync(folder, "nftables[port=\"ssh,http\"]", async (actions, sink) =>
        {
            await actions.BanAsync(NftJail.BanOf("192.0.2.1"));
            await actions.BanAsync(NftJail.BanOf("2001:db8::1"));
            await actions.UnbanAsync(NftJail.BanOf("192.0.2.1"));
            await actions.BanAsync(NftJail.BanOf("192.0.2.2"));
            Assert.Empty(sink.Errors);
            string table = NftJail.Table();
            Assert.Matches(@"\{ ?192\.0\.2\.2( timeout[^,}]*)? ?\}", table);
            Assert.Matches(@"\{ ?2001:db8::1( timeout[^,}]*)? ?\}", table);
            Assert.DoesNotContain(sink.Messages, message => message.Contains("exec:", StringComparison.Ordinal) && message.Contains(" element ", StringComparison.Ordinal));
            Assert.Contains(sink.Messages, message => message.Contains("exec:", StringComparison.Ordinal) && message.Contains("f2b-chain", StringComparison.Ordinal));

            await actions.FlushAsync([NftJail.BanOf("192.0.2.2"), NftJail.BanOf("2001:db8::1")]);
            Assert.Equal(0, NftJail.Elements("addr-set-demo") + NftJail.Elements("addr6-set-demo"));
            await actions.StopAsync();
            Assert.Empty(sink.Errors);
            Assert.NotEqual(0, NetworkNamespace.Run(["nft", "list", "table", "inet", "f2b-table"]).Code);
        });
    }

    private static async Task RunAsync(string actionFolder, string action, Func<JailActions, ListSink, Task> body)
    {
        string folder = Directory.CreateTempSubdirectory("f2b-config").FullName;
        Directory.CreateSymbolicLink(Path.Combine(folder, "action.d"), actionFolder);
        File.WriteAllText(Path.Combine(folder, "fail2ban.conf"), "[Definition]\n");
        File.WriteAllText(Path.Combine(folder, "jail.conf"), $"[demo]\nenabled = true\nbackend = polling\nfilter =\naction = {action}\n");
        var sink = new ListSink();
        var log = new Log(sink, "test");
        ConfigurationResult read = new ConfigurationReader(folder, new ReaderOptions { AllowNoFiles = true }, log).Read();
        Directory.Delete(folder, recursive: true);
        using var shell = new ShellRunner(log, TimeProvider.System);
        await using var enforcer = new Enforcer(shell, log, TimeProvider.System);
        var actions = new JailActions(new ActionContext { Jail = "demo", ParseSeconds = static _ => null }, enforcer);
        foreach (IReadOnlyList<object?> words in read.Stream.Select(command => command.Words))
        {
            if (words is ["set", "demo", "addaction", string name]) Assert.NotNull(actions.Add(name));
            if (words is not ["multi-set", "demo", "action", string target, List<object?> settings]) continue;
            foreach (List<object?> pair in settings.Cast<List<object?>>()) Assert.True(((CommandAction)actions.Find(target)!).TrySet((string)pair[0]!, pair[1], out string error), error);
        }

        Assert.True(actions.All.Count > 0, $"{read.Outcome} {read.Failure}\n{string.Join('\n', read.Stream)}\n{string.Join('\n', sink.Messages)}");
        await actions.StartAsync();
        await body(actions, sink);
        await actions.EndAsync();
    }
}
