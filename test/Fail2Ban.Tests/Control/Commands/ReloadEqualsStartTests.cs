using CsCheck;
using Fail2Ban.Client.Commands;
using Fail2Ban.Logging;
using Fail2Ban.Values;

namespace Fail2Ban.Tests.Control.Commands;

/// <summary>
/// From any configuration to any other: a server that was reloaded answers every <c>get</c> as one that was started with the second
/// configuration, and keeps its bans. <c>CsCheck_Iter=2000</c> in the environment tries more pairs.
/// </summary>
public sealed class ReloadEqualsStartTests : IDisposable
{
    private static readonly string[] s_names = ["j", "k"];

    // Asked with nothing behind them, of every jail; the rest is about bans or about what was read since the start.
    private static readonly string[] s_properties = [.. CommandTable.All
        .Where(command => command.Rules is [{ Literals: ["get", ..] }, { Values: ["JAIL"] }, { Literals.Count: > 0 }, ..] && command.Rules.Skip(3).All(rule => rule.MayEnd))
        .SelectMany(command => command.Rules[2].Literals)
        .Except(["banned", "banip", "sources", "limitsexceeded"])];

    private readonly string _folder = Directory.CreateTempSubdirectory("fail2ban-reload-pairs.").FullName;

    public ReloadEqualsStartTests()
    {
        foreach (string name in new[] { "a", "b" }) File.WriteAllText(Path.Combine(_folder, name), "");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_reload_ends_where_a_start_would()
    {
        int pairs = int.TryParse(Environment.GetEnvironmentVariable("CsCheck_Iter"), out int wanted) ? wanted : 30;
        Assert.True(s_properties.Length > 25, $"only {string.Join(' ', s_properties)}");
        Gen<List<object?>> configuration = Configuration();
        await Gen.Select(configuration, configuration).SampleAsync(Compare, iter: pairs, threads: 1, print: pair => $"{PythonText.Repr(pair.Item1)}\nthen\n{PythonText.Repr(pair.Item2)}");
    }

    private async Task Compare(List<object?> first, List<object?> second)
    {
        await using var reloaded = new DispatchedServer(LogLevel.Message, Path.Combine(_folder, $"{Guid.NewGuid()}.sqlite3"));
        await using var started = new DispatchedServer(LogLevel.Message, Path.Combine(_folder, $"{Guid.NewGuid()}.sqlite3"));
        Assert.Equal("None", await reloaded.DoAsync("server-stream", first));
        string[] banned = await JailsAsync(reloaded);
        foreach (string jail in banned) Assert.Equal("2", await reloaded.DoAsync("set", jail, "banip", "192.0.2.1", "2001:db8::1"));
        Assert.Equal("'OK'", await reloaded.DoAsync("reload", "--all", new List<object?>(), second));
        Assert.Equal("None", await started.DoAsync("server-stream", second));
        Assert.Equal(await started.DoAsync("status"), await reloaded.DoAsync("status"));
        foreach (string jail in await JailsAsync(started))
        {
            Assert.Equal(await PropertiesAsync(started, jail), await PropertiesAsync(reloaded, jail));
            string kept = banned.Contains(jail) ? "['192.0.2.1', '2001:db8::1']" : "[]";
            Assert.Equal(kept, await reloaded.DoAsync("get", jail, "banned"));
        }
    }

    private Gen<List<object?>> Configuration() => Gen.Select(Jail("j"), Jail("k"), Gen.Int[1, 3], (j, k, which) =>
        new List<object?>([.. which != 2 ? j : [], .. which != 1 ? k : []]));

    private Gen<List<object?>> Jail(string name)
    {
        Gen<List<object?>> words = Gen.OneOf(
            One("maxretry", "1", "7"), One("maxmatches", "0", "12"), One("findtime", "10m", "1d", "77"), One("bantime", "600", "-1", "1w"),
            One("bantime.increment", "true", "false"), One("bantime.factor", "2", "1.5"), One("bantime.multipliers", "1 2 4"), One("bantime.maxtime", "5w"), One("bantime.rndtime", "10"),
            One("bantime.formula", "ban.Time * 2"), One("bantime.overalljails", "true"),
            One("ignoreself", "true", "false"), One("addignoreip", "192.0.2.0/24", "198.51.100.7", "2001:db8:1::/48"), One("ignorecommand", "/bin/false <ip>"), One("ignorecache", "key=\"<ip>\", max-count=10, max-time=5m"),
            One("logtimezone", "UTC", "UTC+0200"), One("logencoding", "UTF-8", "ascii"));
        Gen<List<object?>> regexes = Gen.OneOf(One("addfailregex", "^ fail <HOST>$", "^ bad <ADDR>", "<F-ID>\\S+</F-ID> gone"), One("addignoreregex", "trusted", "^ local "), One("datepattern", "%Y-%m-%d %H:%M:%S", "{^LN-BEG}"));
        Gen<List<object?>> logs = Gen.OneOf(One("addlogpath", Path.Combine(_folder, "a"), Path.Combine(_folder, "b")));
        Gen<List<object?>> early = Gen.OneOf(One("usedns", "no", "raw", "yes", "warn"), One("prefregex", "^<F-CONTENT>.*</F-CONTENT>$"), One("maxlines", "3", "1"));
        Gen<string[]> actions = Gen.Shuffle((string[])["x", "y", "z"]);
        return Gen.Select(early.List[0, 3], words.List[0, 6], regexes.List[0, 3], logs.List[0, 2], Gen.Select(actions, Gen.Int[0, 3], Gen.Int[1, 3]), (before, plain, patterns, paths, does) => (List<object?>)
        [
            Command("add", name, "polling"), .. before, .. patterns, .. plain, .. paths,
            .. does.Item1.Take(does.Item2).SelectMany(action => new[]
            {
                Command("set", name, "addaction", action),
                Command("multi-set", name, "action", action, new List<object?> { Command("actionban", $"true {does.Item3}"), Command("actionunban", "true"), Command("port", $"{does.Item3}") }),
            }),
            Command("start", name),
        ]);

        Gen<List<object?>> One(string property, params string[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]).Select(value => Command("set", name, property, value));
    }

    private static List<object?> Command(params object?[] words) => [.. words];

    private static async Task<string[]> JailsAsync(DispatchedServer server)
    {
        string status = await server.DoAsync("status");
        return [.. s_names.Where(name => status.Contains($"'{name}'", StringComparison.Ordinal) || status.Contains($"'{name}, ", StringComparison.Ordinal) || status.Contains($", {name}'", StringComparison.Ordinal))];
    }

    private static async Task<string> PropertiesAsync(DispatchedServer server, string jail)
    {
        var told = new List<string>();
        foreach (string property in s_properties) told.Add($"{property} = {await server.DoAsync("get", jail, property)}");
        string actions = await server.DoAsync("get", jail, "actions");
        foreach (string action in actions.Trim('[', ']').Split(", ", StringSplitOptions.RemoveEmptyEntries).Select(name => name.Trim('\'')))
        {
            foreach (string property in new[] { "actionban", "actionunban", "actionstart", "port", "timeout" })
                told.Add($"{action} {property} = {await server.DoAsync("get", jail, "action", action, property)}");
        }

        return string.Join('\n', told);
    }
}
