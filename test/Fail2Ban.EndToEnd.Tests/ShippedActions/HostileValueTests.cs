using System.Text;
using System.Text.RegularExpressions;
using Fail2Ban.Addresses;
using Fail2Ban.EndToEnd.Tests.Enforcement;
using Fail2Ban.Tracking.Bans;

namespace Fail2Ban.EndToEnd.Tests.ShippedActions;

/// <summary>Ids and log lines that an attacker chose, through every action: nothing of them is run, and no mail gets a header from them.</summary>
public sealed partial class HostileValueTests
{
    private static readonly string[] s_texts =
    [
        "$(canary)`canary`", "'; canary; '", "\"; canary; \"", "a\r\nBcc: canary@example.net\r\n\r\n.\r\n~!canary", "-c canary|canary &", "x\ncanary\n",
        "ALL : spawn canary", "\\\"\\`canary\\`", "{\"mode\":\"x\"}", "~.*",
    ];

    private static readonly string[] s_headers = ["Subject", "From", "To", "Date", "Auto-Submitted", "MIME-Version", "Content-Type", "X-XARF"];

    [Fact]
    public async Task Nothing_of_a_hostile_value_is_run_or_becomes_a_header()
    {
        if (!NetworkNamespace.IsInside(this)) return;
        using var tools = new StandIns();
        tools.Write("log", string.Join('\n', s_texts.Select(text => $"{text} 192.0.2.1")));
        NetworkNamespace.Run(["sh", "-c", "canary"]);
        Assert.True(tools.CanaryRan, "the program that must not run cannot be run at all");
        var wrong = new StringBuilder();
        int calls = 0;
        foreach (string name in Catalogue.Recordable)
        {
            tools.Forget();
            await using var action = new ShippedAction(Catalogue.Text(name, tools.Folder));
            Ban[] bans = [.. s_texts.Select(text => ShippedAction.Ban(FailureId.OfText(text), text)), ShippedAction.Ban("192.0.2.1", s_texts)];
            await action.Jail.StartAsync();
            foreach (Ban ban in bans) await action.Jail.BanAsync(ban);
            foreach (Ban ban in bans) await action.Jail.UnbanAsync(ban);
            await action.Jail.StopAsync();
            string record = tools.Take();
            calls += record.Count(static letter => letter == '\n');
            if (tools.CanaryRan) wrong.AppendLine($"{name} ran it:\n{record}");
            foreach (string complaint in Complaints(name, record, File.Exists(tools.Path("file")) ? File.ReadAllText(tools.Path("file")) : ""))
                wrong.AppendLine($"{name}: {complaint}");
        }

        Assert.True(wrong.Length == 0, wrong.ToString());
        Assert.InRange(calls, 500, int.MaxValue);
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
