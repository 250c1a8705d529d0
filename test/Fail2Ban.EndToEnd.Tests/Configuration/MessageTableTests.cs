using System.Text;
using System.Text.RegularExpressions;
using Fail2Ban.EndToEnd.Tests.Sandboxes;
using Fail2Ban.Tests;

namespace Fail2Ban.EndToEnd.Tests.Configuration;

/// <summary>What the published program says to typical mistakes; docs/messages.md is this table.</summary>
public sealed partial class MessageTableTests : IDisposable
{
    private readonly Sandbox _sandbox = new();
    private int _trees;

    /// <param name="What">What somebody did.</param>
    /// <param name="File">The file with the mistake.</param>
    /// <param name="Text">What stands in it; null where <paramref name="Make"/> does something else to its path.</param>
    /// <param name="Others">Whether the other jail must still start.</param>
    /// <param name="Make">Makes what is no text.</param>
    private sealed record Mistake(string What, string File, string? Text, bool Others = true, Action<string>? Make = null);

    private static readonly Mistake[] s_mistakes =
    [
        new("section header not closed", "jail.local", "[j\nbantime = 1h\n", false),
        new("text before the first section", "jail.local", "bantime = 1h\n", false),
        new("option without a value or =", "jail.local", "[j]\nbantime\n", false),
        new("section twice in one file", "jail.local", "[j]\nbantime = 1h\n[j]\nmaxretry = 3\n", false),
        new("option twice in one section", "jail.local", "[j]\nbantime = 1h\nbantime = 2h\n", false),
        new("byte order mark", "jail.local", null, false, path => System.IO.File.WriteAllText(path, "[j]\nbantime = 1h\n", new UTF8Encoding(true))),
        new("Windows line ends", "jail.local", "[j]\r\nbantime = 1h\r\n"),
        new("not UTF-8", "jail.local", null, false, path => System.IO.File.WriteAllBytes(path, [.. "[j]\n# caf"u8, 0xe9, 10])),
        new("empty file", "jail.local", ""),
        new("directory in place of a file", "jail.local", null, false, path => Directory.CreateDirectory(path)),
        new("named pipe in place of a file", "jail.local", null, false, path => System.Diagnostics.Process.Start("mkfifo", [path]).WaitForExit()),
        new("link to nowhere", "jail.local", null, true, path => System.IO.File.CreateSymbolicLink(path, "/nowhere")),
        new("missing include", "jail.local", "[INCLUDES]\nbefore = mine.conf\n"),
        new("file that includes itself", "jail.local", "[INCLUDES]\nbefore = jail.local\n"),
        new("unknown filter", "jail.local", "[j]\nfilter = goood\n"),
        new("filter with its extension", "jail.local", "[j]\nfilter = good.conf\n"),
        new("unknown action", "jail.local", "[j]\naction = nftable\n"),
        new("bracket not closed", "jail.local", "[j]\nfilter = good[mode=x\n"),
        new("parameter without =", "jail.local", "[j]\naction = act[foo]\n"),
        new("interpolation of a missing name", "jail.local", "[j]\nlogpath = %(nope)s\n", false),
        new("single percent sign", "jail.local", "[j]\nignorecommand = date +%s\n", false),
        new("names that mean each other", "jail.local", "[j]\nbantime = %(a)s\na = %(b)s\nb = %(a)s\n", false),
        new("tags that mean each other", "filter.d/good.local", "[Definition]\nfailregex = ^<a> <HOST>$\na = <b>\nb = <a>\n", false),
        new("yes or no misspelled", "jail.local", "[j]\nenabled = ture\n"),
        new("every jail switched on", "jail.local", "[DEFAULT]\nenabled = true\n"),
        new("time with a wrong unit", "jail.local", "[j]\nbantime = 10x\n"),
        new("word for a number", "jail.local", "[j]\nmaxretry = many\n"),
        new("address that is none", "jail.local", "[j]\nignoreip = 127.0.0.1/8 10.0.0.0/99\n"),
        new("unknown backend", "jail.local", "[j]\nbackend = inotify\n"),
        new("unknown word for usedns", "jail.local", "[j]\nusedns = maybe\n"),
        new("regular expression that does not compile", "filter.d/good.local", "[Definition]\nfailregex = ^fine <HOST>$\n            ^(broken <HOST>$\n"),
        new("regular expression without an address", "filter.d/good.local", "[Definition]\nfailregex = ^no address here$\n"),
        new("wrong ignoreregex in a jail", "jail.local", "[j]\nignoreregex = [a\n"),
        new("regular expression that is open at both ends", "filter.d/good.local", "[Definition]\nfailregex = failure of .* from <HOST>\n"),
        new("date pattern that is none", "jail.local", "[j]\ndatepattern = {NOPE}(\n"),
        new("encoding that is none", "jail.local", "[j]\nlogencoding = utf-9\n"),
        new("log file that is not there", "jail.local", "[j]\nlogpath = DIR/nowhere.log\n", false),
        new("wrong word behind a log file", "jail.local", "[j]\nlogpath = DIR/some.log end\n"),
        new("no log file at all", "jail.local", "[mine]\nenabled = true\nfilter = good\naction = act\n"),
        new("journalmatch for a jail that reads files", "jail.local", "[j]\njournalmatch = _COMM=good\n"),
        new("misspelled option", "jail.local", "[j]\nignore-ip = 127.0.0.1\n"),
        new("misspelled option of every jail", "jail.local", "[DEFAULT]\nbanactions = act\n"),
        new("[default] in small letters", "jail.local", "[default]\nbantime = 1h\n"),
        new("misspelled option of a filter", "filter.d/good.local", "[Definition]\nignoreregx = ^x$\n"),
        new("misspelled parameter of an action", "jail.local", "[j]\naction = act[blocktyp=DROP]\n"),
        new("the same action twice", "jail.local", "[j]\naction = act\n         act\n"),
        new("misspelled option of the server", "fail2ban.local", "[DEFAULT]\nloglevl = DEBUG\n"),
        new("unknown log level", "fail2ban.local", "[Definition]\nloglevel = LOUD\n", false),
    ];

    [Fact]
    public void Every_mistake_has_the_message_of_the_table()
    {
        var table = new StringBuilder();
        foreach (Mistake mistake in s_mistakes) table.Append(Row(mistake));
        string document = System.IO.Path.Combine(RepositoryRoot.Find(), "docs", "messages.md");
        string[] parts = File.ReadAllText(document).Split("<!-- table -->\n");
        Assert.Equal(3, parts.Length);

        // To write the table anew: F2B_WRITE_MESSAGES=1, then look at the difference.
        if (Environment.GetEnvironmentVariable("F2B_WRITE_MESSAGES") is not null)
        {
            File.WriteAllText(document, $"{parts[0]}<!-- table -->\n{table}<!-- table -->\n{parts[2]}");
            Assert.Fail("docs/messages.md is written");
        }

        Assert.Equal(parts[1], table.ToString());
    }

    [Fact]
    public void File_that_may_not_be_read_is_named()
    {
        if (Environment.UserName != "root") Assert.Skip("only root can become somebody who may not read a file");
        string tree = Tree(new Mistake("", "jail.local", "[j]\nbantime = 1h\n"));
        File.SetUnixFileMode(tree + "/jail.local", UnixFileMode.None);
        foreach (string folder in new[] { _sandbox.Folder, tree, tree + "/filter.d", tree + "/action.d" })
            File.SetUnixFileMode(folder, (UnixFileMode)0b111_101_101);
        string program = _sandbox.Path("fail2ban-client");
        File.Copy(Sandbox.Program("fail2ban"), program);
        CommandResult result = _sandbox.Run("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", program, "-c", tree, "-t");
        Assert.Equal(255, result.ExitCode);
        Assert.Contains($"Error decoding config file '{tree}/jail.local': [Errno 13] Permission denied: '{tree}/jail.local'", result.Error, StringComparison.Ordinal);
        Assert.Equal("ERROR: test configuration failed\n", result.Output);
    }

    public void Dispose() => _sandbox.Dispose();

    private string Row(Mistake mistake)
    {
        string tree = Tree(mistake);
        CommandResult test = _sandbox.Tool("fail2ban-client", "-c", tree, "-t");
        Assert.DoesNotContain("\n   at ", test.Output + test.Error, StringComparison.Ordinal);
        string first = test.Output.Split('\n')[0];
        bool early = first.StartsWith("ERROR: Invalid log level", StringComparison.Ordinal);
        if (!early) Assert.Equal(test.ExitCode == 0 ? "OK: configuration test is successful" : "ERROR: test configuration failed", first);
        Assert.True(test.ExitCode is 0 or 255, $"{mistake.What}: {test.ExitCode}");
        if (mistake.Others)
        {
            CommandResult dump = _sandbox.Tool("fail2ban-client", "-c", tree, "-d");
            Assert.True(dump.ExitCode == 0 && dump.Output.Contains("['start', 'k']", StringComparison.Ordinal), $"{mistake.What}: the other jail is gone\n{dump.Error}");
        }

        string error = early ? $"{first}\n" : Prefix().Replace(test.Error, "$1: ");
        string input = mistake.Text is { Length: > 0 } text ? text.Replace("\r", "␍", StringComparison.Ordinal) : "";
        var row = new StringBuilder($"### {mistake.What}\n");
        if (input.Length > 0) row.Append($"`{mistake.File}`:\n```ini\n{input}```\n");
        else row.Append($"`{mistake.File}`\n\n");
        row.Append(error.Length == 0 ? "Nothing to say" : $"```\n{error.Replace(tree, "/etc/fail2ban", StringComparison.Ordinal)}```\nExit code").Append(error.Length == 0 ? $", exit code {test.ExitCode}.\n\n" : $" {test.ExitCode}.\n\n");
        return row.ToString();
    }

    private string Tree(Mistake mistake)
    {
        string name = $"tree{_trees++}";
        string tree = _sandbox.Path(name);
        _sandbox.Write($"{name}/fail2ban.conf", $"[DEFAULT]\nloglevel = INFO\nlogtarget = STDERR\nsocket = {_sandbox.Socket}\npidfile = {_sandbox.PidFile}\ndbfile = None\n[Definition]\n");
        _sandbox.Write($"{name}/some.log", "");
        _sandbox.Write($"{name}/jail.conf", string.Concat(new[] { "j", "k" }.Select(jail => $"[{jail}]\nenabled = true\nlogpath = {tree}/some.log\nfilter = {(jail == "j" ? "good" : "other")}\naction = act\n")));
        _sandbox.Write($"{name}/filter.d/good.conf", "[Definition]\nfailregex = ^failure from <HOST>$\n");
        _sandbox.Write($"{name}/filter.d/other.conf", "[Definition]\nfailregex = ^failure from <HOST>$\n");
        _sandbox.Write($"{name}/action.d/act.conf", "[Definition]\nactionban = echo <ip> <blocktype>\n[Init]\nblocktype = REJECT\n");
        string path = $"{tree}/{mistake.File}";
        if (mistake.Make is { } make) make(path);
        else File.WriteAllText(path, mistake.Text!.Replace("DIR", tree, StringComparison.Ordinal));
        return tree;
    }

    [GeneratedRegex(@"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} [\w.]+\s*\[\d+\]: (\w+)\s+", RegexOptions.Multiline)]
    private static partial Regex Prefix();
}
