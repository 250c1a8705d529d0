using System.Text.Json;
using System.Text.RegularExpressions;
using Fail2Ban.EndToEnd.Tests.Enforcement;
using Fail2Ban.Enforcement.Actions;
using Fail2Ban.Enforcement.Python;
using Fail2Ban.Logging;
using Fail2Ban.Processes;
using Fail2Ban.Tests.Control.Commands;
using Fail2Ban.Values;

namespace Fail2Ban.EndToEnd.Tests.Python;

/// <summary>Actions that users wrote in Python: called as the original calls them, each in a process of its own.</summary>
public sealed partial class PythonActionTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("f2b-python").FullName;

    [Fact]
    public async Task An_action_is_made_and_called_as_the_original_does_it()
    {
        await OriginalModules.RequireAsync();
        string[][] commands =
        [
            ["add", "j", "polling"], ["set", "j", "bantime", "900"], ["set", "j", "maxretry", "1"], ["set", "j", "addaction", "rec", File("recorder.py"), "OPTIONS"],
            ["set", "j", "addaction", "rec", File("recorder.py"), "OPTIONS"], ["get", "j", "actions"], ["get", "j", "actionmethods", "rec"], ["get", "j", "actionproperties", "rec"],
            ["get", "j", "action", "rec", "mark"], ["set", "j", "action", "rec", "mark", "changed"], ["get", "j", "action", "rec", "mark"], ["set", "j", "action", "rec", "new", "value"], ["get", "j", "action", "rec", "new"],
            ["set", "j", "action", "rec", "greet", "{\"who\": \"you\"}"], ["set", "j", "action", "rec", "greet", "{\"who\": \"you\", \"how\": \"bye\"}"], ["set", "j", "action", "rec", "fail"],
            ["start", "j"], ["wait", "1"],
            ["set", "j", "banip", "192.0.2.1"], ["set", "j", "banip", "2001:db8::1"], ["set", "j", "banip", "192.0.2.66"], ["set", "j", "banip", "text id"], ["set", "j", "banip", "192.0.2.1"], ["wait", "1"], ["get", "j", "banip"], ["set", "j", "unbanip", "192.0.2.1"],
            ["set", "j", "attempt", "198.51.100.7", "a line", "a second \"line\" of ümlauts"], ["wait", "3"], ["get", "j", "action", "rec", "count"], ["stop", "j"], ["wait", "1"],
        ];
        (string theirs, string theirCalls) = await OriginalAsync(commands);
        (string ours, string ourCalls) = await OursAsync(commands);
        Assert.Equal(theirs, ours);
        Assert.Equal(theirCalls, ourCalls);
        Assert.Equal(13, ourCalls.Split('\n').Length);
    }

    [Fact]
    public async Task A_file_that_cannot_be_used_is_refused_with_its_reason()
    {
        await OriginalModules.RequireAsync(fail2ban: false);
        await using var server = new DispatchedServer();
        await server.DoAsync("add", "j", "polling");
        string none = Write("none.py", "x = 1\n"), wrong = Write("wrong.py", "class Action:\n    pass\n"), broken = Write("broken.py", "this is no Python\n"), needy = Write("needy.py", "from fail2ban.server.actions import ActionBase\nclass Action(ActionBase):\n    pass\n");
        Assert.Equal($"RuntimeError(\"{none} module does not have 'Action' class\")", await server.DoAsync("set", "j", "addaction", "a", none, "{}"));
        Assert.Equal($"RuntimeError('{wrong} module Action does not implement required methods')", await server.DoAsync("set", "j", "addaction", "a", wrong, "{}"));
        Assert.StartsWith("SyntaxError('invalid syntax", await server.DoAsync("set", "j", "addaction", "a", broken, "{}"), StringComparison.Ordinal);
        Assert.Contains("unexpected keyword argument 'colour'", await server.DoAsync("set", "j", "addaction", "a", needy, "{\"colour\": \"red\"}"), StringComparison.Ordinal);
        Assert.StartsWith("FileNotFoundError(2, ", await server.DoAsync("set", "j", "addaction", "a", _folder + "/absent.py", "{}"), StringComparison.Ordinal);
        Assert.Contains("JSON object", await server.DoAsync("set", "j", "addaction", "a", needy, "[1]"), StringComparison.Ordinal);
        Assert.Equal("[]", await server.DoAsync("get", "j", "actions"));
        Assert.Equal("'a'", await server.DoAsync("set", "j", "addaction", "a", needy, "{}"));
    }

    [Fact]
    public async Task A_jail_goes_without_an_action_that_cannot_be_made()
    {
        await OriginalModules.RequireAsync(fail2ban: false);
        await using var server = new DispatchedServer();
        List<object?> stream =
        [
            new List<object?> { "add", "j", "polling" }, new List<object?> { "set", "j", "addaction", "a", Write("none.py", "x = 1\n"), "{}" },
            new List<object?> { "set", "j", "addaction", "b", Write("good.py", "from fail2ban.server.actions import ActionBase\nclass Action(ActionBase):\n    pass\n"), "{}" },
            new List<object?> { "start", "j" },
        ];
        Assert.Contains("Jail 'j' goes without the action 'a': ", await server.DoAsync("server-stream", stream), StringComparison.Ordinal);
        Assert.Equal("['b']", await server.DoAsync("get", "j", "actions"));
        Assert.Equal("1", await server.DoAsync("set", "j", "banip", "192.0.2.1"));
    }

    [Fact]
    public async Task An_action_whose_process_ended_is_made_and_started_again()
    {
        await OriginalModules.RequireAsync(fail2ban: false);
        await using var server = new DispatchedServer();
        await server.DoAsync("add", "j", "polling");
        await server.DoAsync("set", "j", "addaction", "rec", File("recorder.py"), Options("ours"));
        await server.DoAsync("set", "j", "action", "rec", "mark", "kept");
        await server.DoAsync("start", "j");
        Assert.Equal("RuntimeError('the Python process has ended (return code 7)')", await server.DoAsync("set", "j", "action", "rec", "die"));
        Assert.Equal("'kept'", await server.DoAsync("get", "j", "action", "rec", "mark"));
        Assert.Equal("1", await server.DoAsync("set", "j", "banip", "192.0.2.1"));
        Assert.Equal(["made", "start", "made", "start", "ban"], System.IO.File.ReadLines(Path.Combine(_folder, "ours")).Select(static line => line.Split('"')[1]));
    }

    [Fact]
    public async Task An_action_that_hangs_is_killed_with_what_it_started_and_made_again()
    {
        await OriginalModules.RequireAsync(fail2ban: false);
        string file = Write("hang.py", """
            import subprocess
            from fail2ban.server.actions import ActionBase
            class Action(ActionBase):
                def unban(self, aInfo):
                    pass
                def ban(self, aInfo):
                    if aInfo["ip"] == "192.0.2.1":
                        subprocess.run(["sleep", "987654"])
            """);
        await using var server = new DispatchedServer();
        server.Services.Enforcer.PythonPatience = TimeSpan.FromSeconds(10);
        await server.DoAsync("add", "j", "polling");
        Assert.Equal("'a'", await server.DoAsync("set", "j", "addaction", "a", file, "{}"));
        await server.DoAsync("start", "j");
        await server.DoAsync("set", "j", "banip", "192.0.2.1", "192.0.2.2");
        Assert.Contains(server.Messages.Errors, static text => text.Contains("Failed to execute ban jail 'j' action 'a'", StringComparison.Ordinal) && text.EndsWith("timed out after 10 seconds", StringComparison.Ordinal));
        Assert.Single(server.Messages.Errors);
        Assert.Equal("", NetworkNamespace.Run(["sh", "-c", "ps -eo args | grep -x 'sleep 987654' || true"]).Output);
    }

    [Fact]
    public async Task What_is_no_json_or_half_a_letter_neither_hangs_nor_is_taken_for_another_answer()
    {
        await OriginalModules.RequireAsync(fail2ban: false);
        string file = Write("odd.py", """
            import logging
            from fail2ban.server.actions import ActionBase
            class Action(ActionBase):
                def half(self):
                    logging.getLogger("fail2ban.\udc81").error("half \udc80")
                    return {"a\udc80": "\ud800"}
                def nan(self):
                    return float("nan")
                def bad(self):
                    raise ValueError(float("inf"), 1.5)
                def count(self):
                    return 3
            """);
        await using var server = new DispatchedServer();
        await server.DoAsync("add", "j", "polling");
        Assert.Equal("'a'", await server.DoAsync("set", "j", "addaction", "a", file, "{}"));
        Assert.Equal("{'a\ufffd': '\ufffd'}", await server.DoAsync("set", "j", "action", "a", "half"));
        Assert.StartsWith("ValueError('Out of range float values", await server.DoAsync("set", "j", "action", "a", "nan"), StringComparison.Ordinal);
        Assert.Equal("ValueError('inf', 1.5)", await server.DoAsync("set", "j", "action", "a", "bad"));
        Assert.Equal("3", await server.DoAsync("set", "j", "action", "a", "count"));
        Assert.Contains(server.Messages.Errors, static text => text.Contains("half \ufffd", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_request_that_comes_after_the_end_is_refused()
    {
        await OriginalModules.RequireAsync(fail2ban: false);
        string file = Write("plain.py", "from fail2ban.server.actions import ActionBase\nclass Action(ActionBase):\n    pass\n");
        var log = new Log(new ListSink(), "test");
        using var shell = new ShellRunner(log, TimeProvider.System);
        await using var enforcer = new Enforcer(shell, log, TimeProvider.System);
        var context = new ActionContext { Jail = "j", ParseSeconds = static _ => null };
        (PythonAction? action, PythonError? error) = await PythonAction.MakeAsync("a", file, [], context, enforcer);
        Assert.Null(error);
        await action!.EndAsync();
        for (int i = 0; i < 100; i++) Assert.Equal("the action was removed", (await action.GetAsync("jail").WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken)).Error?.Message);
    }

    [Theory]
    [InlineData("return True", "flush")]
    [InlineData("return False", "flush unban 192.0.2.1 unban 192.0.2.2")]
    [InlineData("raise ValueError('not now')", "flush unban 192.0.2.1 unban 192.0.2.2")]
    public async Task Flush_takes_all_bans_back_at_once_and_where_it_does_not_each_is(string answer, string calls)
    {
        await OriginalModules.RequireAsync(fail2ban: false);
        string file = Write("flusher.py", $"""
            from fail2ban.server.actions import ActionBase
            class Action(ActionBase):
                def note(self, what):
                    with open("{_folder}/ours", "a") as file:
                        file.write(what + "\n")
                def ban(self, aInfo):
                    pass
                def unban(self, aInfo):
                    self.note("unban " + str(aInfo["ip"]))
                def flush(self):
                    self.note("flush")
                    {answer}
            """);
        await using var server = new DispatchedServer();
        await server.DoAsync("add", "j", "polling");
        Assert.Equal("'a'", await server.DoAsync("set", "j", "addaction", "a", file, "{}"));
        await server.DoAsync("start", "j");
        await server.DoAsync("set", "j", "banip", "192.0.2.1", "192.0.2.2");
        Assert.Equal("2", await server.DoAsync("unban", "--all"));
        await server.DoAsync("stop", "j");
        Assert.Equal(calls + " flush", (await CallsAsync("ours")).Replace('\n', ' ')); // a stop flushes too, as in the original, whatever is banned
        Assert.Equal(answer.StartsWith("raise", StringComparison.Ordinal), server.Messages.All.Any(static text => text.Contains("not now", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_stock_mail_action_of_fail2ban_runs_unchanged()
    {
        await OriginalModules.RequireAsync(fail2ban: false);
        const string Stock = "/etc/fail2ban/action.d/smtp.py";
        Assert.SkipUnless(System.IO.File.Exists(Stock), $"{Stock} is missing");
        await using var mail = await MailServer.StartAsync(_folder);
        string copy = Path.Combine(_folder, "own-smtp.py"); // under another name it is no stock file
        System.IO.File.Copy(Stock, copy);
        await using var server = new DispatchedServer();
        await server.DoAsync("add", "j", "polling");
        Assert.Equal("'a'", await server.DoAsync("set", "j", "addaction", "a", copy, $"{{\"host\": \"127.0.0.1:{mail.Port}\", \"dest\": \"root, admin@example.org\", \"matches\": \"ipmatches\"}}"));
        Assert.Equal("['ban', 'reban', 'start', 'stop', 'unban']", await server.DoAsync("get", "j", "actionmethods", "a"));
        await server.DoAsync("start", "j");
        await server.DoAsync("set", "j", "banip", "192.0.2.1");
        IReadOnlyList<string> mails = await mail.WaitForAsync(2);
        Assert.Contains("Subject: [Fail2Ban] j: started on ", mails[0], StringComparison.Ordinal);
        Assert.Contains("The jail j has been started successfully.", mails[0], StringComparison.Ordinal);
        Assert.Contains("Subject: [Fail2Ban] j: banned 192.0.2.1 from ", mails[1], StringComparison.Ordinal);
        Assert.Contains("To: root, admin@example.org", mails[1], StringComparison.Ordinal);
        Assert.Contains("has just been banned for 600 seconds\nby Fail2Ban after 0 attempts against j.", mails[1].ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string File(string name) => Path.Combine(AppContext.BaseDirectory, "Python", name);

    private string Options(string who) => $"{{\"file\": \"{_folder}/{who}\", \"mark\": \"first\"}}";

    private string Write(string name, string text)
    {
        System.IO.File.WriteAllText(Path.Combine(_folder, name), text);
        return Path.Combine(_folder, name);
    }

    private async Task<(string Answers, string Calls)> OriginalAsync(string[][] commands)
    {
        string json = $"[{string.Join(", ", commands.Select(words => $"[{string.Join(", ", words.Select(word => $"\"{JsonEncodedText.Encode(word == "OPTIONS" ? Options("theirs") : word)}\""))}]"))}]";
        string answers = await OriginalModules.RunAsync(await System.IO.File.ReadAllTextAsync(File("original.py")), json);
        return (Shown(answers.Replace("this is printed, and no answer\n", "", StringComparison.Ordinal)), await CallsAsync("theirs"));
    }

    private async Task<(string Answers, string Calls)> OursAsync(string[][] commands)
    {
        var answers = new System.Text.StringBuilder();
        await using (var server = new DispatchedServer())
        {
            foreach (string[] words in commands)
            {
                if (words[0] == "wait") await Task.Delay(TimeSpan.FromSeconds(int.Parse(words[1], System.Globalization.CultureInfo.InvariantCulture)));
                else answers.AppendLine(await server.DoAsync([.. words.Select(word => word == "OPTIONS" ? Options("ours") : word)]));
            }
        }

        return (Shown(answers.ToString()), await CallsAsync("ours"));
    }

    private async Task<string> CallsAsync(string who) => (await System.IO.File.ReadAllTextAsync(Path.Combine(_folder, who))).Trim();

    private static string Shown(string answers) => Folder().Replace(answers, "/$1'").Trim();

    [GeneratedRegex("/[^' ]*/(ours|theirs)'")]
    private static partial Regex Folder();
}
