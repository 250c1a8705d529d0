using System.Text;
using System.Text.RegularExpressions;
using Fail2Ban.EndToEnd.Tests.Enforcement;
using Fail2Ban.Tests;
using Fail2Ban.Tracking.Bans;

namespace Fail2Ban.EndToEnd.Tests.ShippedActions;

/// <summary>What each action runs, writes and sends from start to stop, with recording stand-ins for the programs.</summary>
/// <remarks>
/// The expected text of an action is <c>Transcripts/NAME.txt</c>. Where it differs, the text that came instead is left
/// beside the test program (<c>transcripts/NAME.txt</c>), to be looked at and, if it is right, to be put there.
/// </remarks>
public sealed partial class TranscriptTests
{
    private static readonly string[] s_written = ["file", "192.0.2.1.auto", "2001:db8::1.auto"];

    [Fact]
    public async Task Every_action_does_what_its_transcript_says()
    {
        if (!NetworkNamespace.IsInside(this)) return;
        using var tools = new StandIns();
        string folder = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "transcripts")).FullName;
        var wrong = new StringBuilder();
        foreach (string name in Catalogue.Recordable)
        {
            string expected = Path.Combine(RepositoryRoot.Find(), "test", "Fail2Ban.EndToEnd.Tests", "ShippedActions", "Transcripts", name + ".txt");
            string came = await TranscriptAsync(name, tools) + await LossAsync(name, tools);
            File.WriteAllText(Path.Combine(folder, name + ".txt"), came);
            if (!File.Exists(expected)) wrong.AppendLine($"== {name}: no transcript is expected; this came:\n{came}");
            else if (File.ReadAllText(expected) != came) wrong.AppendLine($"== {name}: expected\n{File.ReadAllText(expected)}\n== came\n{came}");
        }

        Assert.True(wrong.Length == 0, wrong.ToString());
    }

    [Fact]
    public void Each_transcript_is_of_an_action_that_is_shipped()
    {
        string folder = Path.Combine(RepositoryRoot.Find(), "test", "Fail2Ban.EndToEnd.Tests", "ShippedActions", "Transcripts");
        Assert.Equal(Catalogue.Recordable, Directory.GetFiles(folder).Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal)!);
    }

    [Fact]
    public async Task Of_each_action_with_a_check_it_is_known_what_makes_that_fail()
    {
        // Both ways: a check that is added to an action later must not stay untried, nor may one vanish.
        List<string> names = [];
        foreach (string name in Catalogue.Names)
        {
            await using var action = new ShippedAction(Catalogue.Text(name, "/nowhere"));
            if (action.HasCheck) names.Add(name);
        }

        Assert.Equal(Catalogue.Losses.Keys, names);
    }

    private static async Task<string> TranscriptAsync(string name, StandIns tools)
    {
        tools.Forget();
        string written = "";
        tools.Write("log", "Jan 1 sshd: Failed password for root from 192.0.2.1\nJan 1 sshd: other 192.0.2.10\n~!canary 192.0.2.1\n.\n");
        tools.Write("pid", Environment.ProcessId.ToString());
        Ban four = ShippedAction.Ban("192.0.2.1", "Failed password for root", "again"), six = ShippedAction.Ban("2001:db8::1", "Failed password for admin");
        var text = new StringBuilder();
        await using var action = new ShippedAction(Catalogue.Text(name, tools.Folder));
        await StepAsync("start", action.Jail.StartAsync());
        await StepAsync("ban 192.0.2.1", action.Jail.BanAsync(four));
        await StepAsync("ban 2001:db8::1", action.Jail.BanAsync(six));
        await StepAsync("check", CheckAsync());
        await StepAsync("seen again 192.0.2.1", action.Jail.SeenAgainAsync(four));
        await StepAsync("prolong 192.0.2.1", action.Jail.ProlongAsync(four));
        await StepAsync("unban 192.0.2.1", action.Jail.UnbanAsync(four));
        await StepAsync("flush 2001:db8::1", action.Jail.FlushAsync([six]));
        await StepAsync("stop", action.Jail.StopAsync());
        return text.ToString();

        async Task CheckAsync()
        {
            IReadOnlyList<int> codes = await action.CheckAsync();
            if (Catalogue.Losses.ContainsKey(name)) Loss.AssertWell(name, codes);
            else Assert.Empty(codes);
        }

        async Task StepAsync(string title, Task step)
        {
            await step;
            string did = tools.Take() + action.TakeErrors();
            string file = string.Concat(s_written.Where(name => File.Exists(tools.Path(name))).Select(name => $"{name}:\n{File.ReadAllText(tools.Path(name))}"));
            if (file != written) did += file.Length > 0 ? file : "no file\n";
            written = file;
            if (did.Length > 0) text.Append("# ").AppendLine(title).AppendLine(Volatile().Replace(did, "{time}"));
        }
    }

    // What the check says once somebody has taken away what the action made, and how the server repairs that.
    private static async Task<string> LossAsync(string name, StandIns tools)
    {
        if (!Catalogue.Losses.TryGetValue(name, out Loss? loss)) return "";
        tools.Forget();
        Ban[] bans = [ShippedAction.Ban("192.0.2.1"), ShippedAction.Ban("2001:db8::1")];
        var text = new StringBuilder();
        await using var action = new ShippedAction(Catalogue.Text(name, tools.Folder), time: new StillTime());
        await action.Jail.StartAsync();
        foreach (Ban ban in bans) await action.Jail.BanAsync(ban);
        foreach (Ban ban in bans) action.InForce.Enqueue(ban);
        loss.Happen();
        Assert.Equal("", action.TakeErrors());
        tools.Take();
        Loss.AssertFailed(name, await action.CheckAsync());
        Step("check fails after: " + loss.Command);
        foreach (Ban ban in bans)
        {
            await action.Jail.SeenAgainAsync(ban);
            Step("seen again after the loss " + ban.Ticket.Id);
        }

        if (loss.Foreign is null) Assert.DoesNotContain(action.Sink.Errors, static message => message.Contains("Unable to restore", StringComparison.Ordinal));
        else Loss.AssertFailed(name, await action.CheckAsync());
        loss.Prepare();
        tools.Take();
        Loss.AssertWell(name, await action.CheckAsync());
        Step("check succeeds after " + (loss.Foreign is null ? "the repair" : "that: " + loss.Foreign));
        return text.ToString();

        // Of what the server says, the sentences about the repair; the commands that failed stand in it with all their text.
        void Step(string title)
        {
            string did = tools.Take() + string.Concat(action.Sink.Errors.Where(static message => !message.Contains(" -- ", StringComparison.Ordinal)).Select(static message => message + "\n"));
            action.Sink.Messages.Clear();
            if (did.Length > 0) text.Append("# ").AppendLine(title).AppendLine(Volatile().Replace(did, "{time}"));
        }
    }

    [GeneratedRegex(@"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0000|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d|(?<=0\.0-|_f2b_)\d+(_\d+)?")]
    private static partial Regex Volatile();
}
