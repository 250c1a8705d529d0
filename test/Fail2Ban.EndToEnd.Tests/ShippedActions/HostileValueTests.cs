using System.Text;
using System.Text.RegularExpressions;
using Fail2Ban.Addresses;
using Fail2Ban.EndToEnd.Tests.Enforcement;
using Fail2Ban.Enforcement.Actions;
using Fail2Ban.Tags;
using Fail2Ban.Tracking.Bans;

namespace Fail2Ban.EndToEnd.Tests.ShippedActions;

/// <summary>Ids, log lines and host names that an attacker chose, through every action: nothing of them is run, and no mail gets a header from them.</summary>
public sealed partial class HostileValueTests
{
    private const string Installed = "/etc/fail2ban/action.d";

    private static readonly string[] s_headers = ["Subject", "From", "To", "Date", "Auto-Submitted", "MIME-Version", "Content-Type", "X-XARF"];
    private static readonly string[] s_ofId = ["ip", "fid", "F-ID"];
    private static readonly string[] s_ofLines = ["matches", "ipmatches", "ipjailmatches", "ip-host", "raw-ticket", "F-USER", "F-*"];

    [Fact]
    public async Task Nothing_of_a_hostile_value_is_run_or_becomes_a_header()
    {
        if (!NetworkNamespace.IsInside(this)) return;
        using var tools = new StandIns();
        await RunAllAsync(tools, Catalogue.Names, null, Complaints);
    }

    [Fact]
    public async Task Nothing_of_a_hostile_value_is_run_by_the_actions_of_an_installed_fail2ban()
    {
        if (!Directory.Exists(Installed)) Assert.Skip($"{Installed} is missing");
        if (!NetworkNamespace.IsInside(this)) return;
        using var tools = new StandIns();
        await RunAllAsync(tools, Catalogue.In(Installed), Installed, static (_, _, _) => []);
    }

    [Fact]
    public async Task A_value_arrives_as_it_is_wherever_a_command_has_its_tag()
    {
        if (!NetworkNamespace.IsInside(this)) return;
        using var tools = new StandIns();
        string[] tags = [.. s_ofId, .. s_ofLines];
        string actions = Directory.CreateDirectory(tools.Path("action.d")).FullName;
        File.WriteAllText(Path.Combine(actions, "places.conf"), "[Definition]\nactionban = " + string.Join("\n    ", tags.Select(tag => $"""
            : <{tag}> x<{tag}>x '<{tag}>'; : "<{tag}>" "`echo "<{tag}>"`" "$(echo <{tag}>)" # <{tag}>
                case "<{tag}>" in 1) :;; esac; [ "<{tag}>" = 1 ] || :; for word in <{tag}>; do :; done; x="<{tag}>"; : <<HERE
                <{tag}>
                HERE
                printf '%%s' "<{tag}>" >{tools.Folder}/came-{tag.Replace('*', 'x')}
            """)) + "\n");
        await using var action = new ShippedAction("places", actions);
        string[] texts = [.. HostileTexts.All("canary", tools.Path("ran")), .. HostileTexts.All(tools.Path("canary"), tools.Path("ran"))];
        foreach (string text in texts)
        {
            action.History = new IdHistory(1, [text]);
            if (text.Length > 0) await action.Jail.BanAsync(ShippedAction.Ban(FailureId.OfText(text), text));
            Assert.False(tools.CanaryRan, text);
            Assert.Equal("", action.TakeErrors());
            string expected = text.Replace('\0', '\ufffd');
            foreach (string tag in text.Length > 0 ? (string[])["ip", "fid", "matches", "ipmatches", "ipjailmatches", "F-USER"] : [])
            {
                string came = File.ReadAllText(tools.Path($"came-{tag}"));
                if (text.Length < 33_333) Assert.Equal(Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(expected)), came);
                else Assert.StartsWith(came, expected, StringComparison.Ordinal);
            }
        }

        Console.WriteLine($"{tags.Length} tags × 13 places × {texts.Length} texts");
    }

    private static async Task RunAllAsync(StandIns tools, IReadOnlyList<string> names, string? actions, Func<string, string, string, IEnumerable<string>> complaints)
    {
        string[] texts = HostileTexts.OfEachKind("canary", tools.Path("ran"));
        Assert.InRange(texts.Distinct().Count(), 50, int.MaxValue);
        File.WriteAllBytes(tools.Path("log"), Encoding.UTF8.GetBytes(string.Join('\n', texts.Select(text => $"{text} 192.0.2.1"))));
        NetworkNamespace.Run(["sh", "-c", "canary"]);
        Assert.True(tools.CanaryRan, "the program that must not run cannot be run at all");
        var wrong = new StringBuilder();
        int combinations = 0, calls = 0;
        var tried = new HashSet<string>(); // many stock actions differ only in what they start
        foreach (string name in names)
        {
            tools.Forget();
            await using var action = new ShippedAction(Catalogue.Text(name, tools.Folder), actions);
            IReadOnlyList<CommandAction> parts = [.. action.Jail.All.Cast<CommandAction>()];
            HashSet<string> tags = TagsOf(parts, out string commands);
            if (!tried.Add(commands)) continue;

            // Many commands refuse what is no address; a check and a repair behind each would only take time.
            foreach (CommandAction part in parts) part.Properties["actioncheck"] = "";
            await action.Jail.StartAsync();
            foreach (string text in texts)
            {
                List<Ban> bans = [];
                if (text.Length > 0 && tags.Overlaps(s_ofId)) bans.Add(ShippedAction.Ban(FailureId.OfText(text), text));
                if (tags.Overlaps(s_ofLines)) bans.Add(ShippedAction.Ban("192.0.2.1", text));
                combinations += (text.Length > 0 ? tags.Count(s_ofId.Contains) : 0) + tags.Count(s_ofLines.Contains);
                action.HostName = text;
                action.History = new IdHistory(1, [text]);
                foreach (Ban ban in bans) await action.Jail.BanAsync(ban);
                foreach (Ban ban in bans) await action.Jail.UnbanAsync(ban);
            }

            await action.Jail.StopAsync();
            string record = tools.Take();
            calls += record.Split('\n').Count(static line => line.Length > 0 && !line.StartsWith("  | ", StringComparison.Ordinal));
            if (tools.CanaryRan) wrong.AppendLine($"{name} ran it:\n{record}");
            foreach (string complaint in complaints(name, record, File.Exists(tools.Path("file")) ? File.ReadAllText(tools.Path("file")) : ""))
                wrong.AppendLine($"{name}: {complaint}");
        }

        Assert.True(wrong.Length == 0, wrong.ToString());
        Assert.InRange(calls, 500, int.MaxValue);
        Console.WriteLine($"{names.Count} actions ({tried.Count} with commands of their own), {texts.Length} texts: {combinations} combinations of action, tag and text; {calls} calls of programs");
    }

    // The tags in the commands of an action whose values an attacker can choose.
    private static HashSet<string> TagsOf(IEnumerable<CommandAction> actions, out string commands)
    {
        var tags = new HashSet<string>();
        var all = new StringBuilder();
        foreach (CommandAction action in actions)
            foreach (string command in new[] { "actionban", "actionunban", "actionprolong" })
                foreach (string family in new[] { "", "inet4", "inet6" })
                {
                    string text = action.Properties.Command(command, family).Text;
                    all.AppendLine(text);
                    tags.UnionWith(DynamicTags.NamesIn(text));
                }

        commands = all.ToString();
        tags.IntersectWith([.. s_ofId, .. s_ofLines]);
        return tags;
    }

    private static IEnumerable<string> Complaints(string name, string record, string file)
    {
        bool isHeader = false, isMail = false;
        foreach (string line in record.Split('\n'))
        {
            if (!line.StartsWith("  | ", StringComparison.Ordinal))
            {
                isHeader = line.StartsWith("sendmail ", StringComparison.Ordinal);
                isMail = isHeader || line.StartsWith("mail ", StringComparison.Ordinal);
                if (isMail && line.Contains("\\n", StringComparison.Ordinal)) yield return $"more than one line in an argument: {line}";
                continue;
            }

            string text = line[4..];
            if (text.Length == 0) isHeader = false;
            if (isHeader && !s_headers.Contains(text.Split(':')[0])) yield return $"header: {text}";
            if (isMail && MailerCommand().IsMatch(text)) yield return $"a mailer could take as a command: {text}";
            if (text.Contains('\r', StringComparison.Ordinal)) yield return $"a carriage return: {text}";
        }

        if (name == "hostsdeny" && file.Length > 0) yield return $"written: {file}";
    }

    [GeneratedRegex(@"^(\.$|~)")]
    private static partial Regex MailerCommand();
}
