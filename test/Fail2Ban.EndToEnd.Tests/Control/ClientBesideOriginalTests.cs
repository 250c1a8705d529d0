using Fail2Ban.Client;
using Fail2Ban.Values;

namespace Fail2Ban.EndToEnd.Tests.Control;

/// <summary>Each command through the original's client and through ours, against the same server of the original.</summary>
public sealed class ClientBesideOriginalTests(OriginalServer server) : IClassFixture<OriginalServer>
{
    [Theory]
    [InlineData("ping")]
    [InlineData("ping 5")]
    [InlineData("ping x")]
    [InlineData("version")]
    [InlineData("echo a b")]
    [InlineData("server-status")]
    [InlineData("status")]
    [InlineData("status j1")]
    [InlineData("status j2")]
    [InlineData("status nope")]
    [InlineData("status j1 basic")]
    [InlineData("status a b c")]
    [InlineData("banned")]
    [InlineData("banned 192.0.2.1")]
    [InlineData("banned 192.0.2.1 192.0.2.2")]
    [InlineData("unban")]
    [InlineData("unban 192.0.2.77")]
    [InlineData("foo")]
    [InlineData("set")]
    [InlineData("get")]
    [InlineData("get loglevel")]
    [InlineData("set loglevel 20")]
    [InlineData("set loglevel FOO")]
    [InlineData("set loglevel INFO")]
    [InlineData("get logtarget")]
    [InlineData("set logtarget /nope/x")]
    [InlineData("get syslogsocket")]
    [InlineData("get dbfile")]
    [InlineData("get dbpurgeage")]
    [InlineData("flushlogs")]
    [InlineData("get j1 logpath")]
    [InlineData("get j2 logpath")]
    [InlineData("get j1 logencoding")]
    [InlineData("get j1 ignoreip")]
    [InlineData("set j1 addignoreip 192.0.2.0/24 ::1")]
    [InlineData("set j1 delignoreip x")]
    [InlineData("get j1 failregex")]
    [InlineData("get j1 ignoreregex")]
    [InlineData("get j1 prefregex")]
    [InlineData("get j1 datepattern")]
    [InlineData("set j1 datepattern %Y")]
    [InlineData("set j2 datepattern Epoch")]
    [InlineData("get j1 actions")]
    [InlineData("get j1 actionproperties act")]
    [InlineData("get j1 actionmethods act")]
    [InlineData("get j1 action act foo")]
    [InlineData("get j1 action act nope")]
    [InlineData("get j1 action nope foo")]
    [InlineData("get j1 findtime")]
    [InlineData("set j1 findtime 10m")]
    [InlineData("get j1 bantime")]
    [InlineData("get j1 usedns")]
    [InlineData("get j1 maxretry")]
    [InlineData("set j1 maxretry x")]
    [InlineData("set j1 maxlines 0")]
    [InlineData("get j1 ignorecommand")]
    [InlineData("get j1 ignorecache")]
    [InlineData("get j1 foo")]
    [InlineData("set j1 foo bar")]
    [InlineData("set j1 idle maybe")]
    [InlineData("set j1 idle off")]
    [InlineData("set j2 banip 192.0.2.9")]
    [InlineData("get j2 banip")]
    [InlineData("get j2 banip |")]
    [InlineData("get j2 banned")]
    [InlineData("get j2 banned 192.0.2.9")]
    [InlineData("get j2 banned 192.0.2.9 192.0.2.8")]
    [InlineData("set j2 unbanip --report-absent 192.0.2.200")]
    [InlineData("set j1 addlogpath /nope")]
    [InlineData("set j1 attempt 192.0.2.50 line")]
    [InlineData("add --all")]
    [InlineData("reload")]
    [InlineData("reload j1")]
    [InlineData("reload --if-exists j1")]
    [InlineData("reload nope")]
    [InlineData("reload a b c")]
    [InlineData("restart j1")]
    [InlineData("start")]
    [InlineData("-t")]
    [InlineData("-t ping")]
    [InlineData("-d")]
    [InlineData("--dp")]
    [InlineData("--str2sec 1d12h")]
    [InlineData("--str2sec foo")]
    public void Prints_and_ends_as_the_original(string words)
    {
        Assert.SkipUnless(server.IsUp, "no fail2ban-server of the original, or no right to a network namespace");
        string[] args = ["-c", server.Configuration, .. words.Split(' ')];
        (int code, string output, string error) = OriginalServer.Run(OriginalServer.Client, args);
        (int ourCode, string ourOutput, string ourError) = Ours(args);
        // Ours comes second: the address is banned by then, so nothing is newly banned.
        if (words == "set j2 banip 192.0.2.9") output = "0\n";
        Assert.Equal((code, output), (ourCode, ourOutput));
        Assert.Equal(error.Contains("NOK: ", StringComparison.Ordinal), ourError.Contains("NOK: ", StringComparison.Ordinal));
        if (error.Contains("NOK: ", StringComparison.Ordinal)) Assert.Equal(Message(error), Message(ourError));
    }

    [Theory]
    [InlineData("ping")]
    [InlineData("stop")]
    [InlineData("reload")]
    [InlineData("restart j1")]
    public void Without_a_server_the_first_line_is_the_original_s(string words)
    {
        Assert.SkipUnless(File.Exists(OriginalServer.Client), "no client of the original");
        string[] args = ["-c", server.Configuration, "-s", "/tmp/no-such-f2b-socket", .. words.Split(' ')];
        (int code, _, string error) = OriginalServer.Run(OriginalServer.Client, args);
        (int ourCode, _, string ourError) = Ours(args);
        Assert.Equal((code, Message(error)), (ourCode, Message(ourError)));
        Assert.Contains($"fail2ban-client -c {server.Configuration} start", ourError, StringComparison.Ordinal);
    }

    [Fact]
    public void Tells_with_v_which_files_it_reads_as_the_original_does()
    {
        Assert.SkipUnless(File.Exists(OriginalServer.Client), "no client of the original");
        string[] args = ["-c", server.Configuration, "-v", "-d"];
        (_, _, string error) = OriginalServer.Run(OriginalServer.Client, args);
        (_, _, string ourError) = Ours(args);
        Assert.Equal(Told(error), Told(ourError));

        static string[] Told(string log) => [.. log.Split('\n').Where(line => line.Contains(": INFO    ", StringComparison.Ordinal)).Select(line => line[24..48] + line.Split(": INFO    ")[1])];
    }

    [Fact]
    public async Task Lays_commands_out_as_Python_s_pprint()
    {
        await OriginalModules.RequireAsync(fail2ban: false);
        var random = new Random(7);
        string[] words = ["a", "word", "longer-word", "\n", " ", "  ", "é\U0001f600", "'", "\"", new string('x', 300), new string('y', 1200), "\t"];
        List<object?>[] commands = [.. Enumerable.Range(0, 300).Select(_ => new List<object?> { "set", "jail", new List<object?> { Text(), new List<object?> { "key", Text() }, Text() } })];
        string expected = await OriginalModules.RunAsync("""
            import sys, ast, pprint
            for line in sys.stdin:
                print(pprint.PrettyPrinter(width=1000, indent=2).pformat(ast.literal_eval(line)))
            """, string.Concat(commands.Select(command => PythonText.Repr(command) + "\n")));
        Assert.Equal(expected, string.Concat(commands.Select(command => PrettyPrinter.Show(command) + "\n")));

        string Text() => string.Concat(Enumerable.Range(0, random.Next(120)).Select(_ => words[random.Next(words.Length)] + (random.Next(2) == 0 ? " " : "")));
    }

    [Fact]
    public void Interactive_mode_reads_commands_until_exit()
    {
        Assert.SkipUnless(server.IsUp, "no fail2ban-server of the original, or no right to a network namespace");
        (int code, string output, _) = Ours(["-c", server.Configuration, "-i"], "ping\nstatus 'j1'\nexit\n");
        Assert.Equal(0, code);
        Assert.StartsWith("Fail2Ban v1.1.2 reads log file that contains password failure report\nand bans the corresponding IP addresses using firewall rules.\n\nfail2ban> Server replied: pong\nfail2ban> Status for the jail: j1\n", output, StringComparison.Ordinal);
    }

    private static string Message(string log) => log.Split('\n').First(line => line.Contains("ERROR   ", StringComparison.Ordinal)).Split("ERROR   ")[1];

    private static (int Code, string Output, string Error) Ours(string[] args, string input = "")
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        int code = ClientProgram.Run("fail2ban-client", args, new ClientHost(output, error, new StringReader(input), TimeProvider.System, _ => throw new InvalidOperationException("no server here"), "0"));
        return (code, output.ToString(), error.ToString());
    }
}
