using System.Globalization;
using System.Text;
using System.Text.Json;
using Fail2Ban.Detection.Lines;
using Fail2Ban.Detection.Matching;
using Fail2Ban.Logging;
using Fail2Ban.Values;

namespace Fail2Ban.EndToEnd.Tests.Detection;

/// <summary>
/// Runs the sample logs of an installed fail2ban through our filter, with the clock and zone of its own tests. The
/// filters are taken as that fail2ban reads them, so that only detection is compared.
/// </summary>
public sealed class SampleLogTests(ITestOutputHelper output)
{
    // What fail2ban 1.0.2 of Debian 12 has; a run that sees less has lost something.
    private const int KnownLogs = 91;
    private const int KnownCases = 131;
    private const int KnownRows = 2017;
    private const int KnownExpectations = 1627;

    [Fact]
    public void Every_sample_log_gives_the_rows_of_the_original()
    {
        JsonElement oracle = SampleLogs.Answers();
        var differences = new List<string>();
        int rows = 0, cases = 0;
        foreach (JsonElement item in oracle.GetProperty("cases").EnumerateArray())
        {
            cases++;
            List<string> expected = [.. item.GetProperty("rows").EnumerateArray().Select(row => row.GetString()!)];
            rows += expected.Count;
            List<string> actual = Rows(item);
            string name = $"{Path.GetFileName(item.GetProperty("log").GetString())} {item.GetProperty("filter")} {item.GetProperty("options")}";
            for (int i = 0; i < Math.Max(expected.Count, actual.Count); i++)
            {
                string theirs = i < expected.Count ? expected[i] : "(nothing)", ours = i < actual.Count ? actual[i] : "(nothing)";
                if (theirs == ours) continue;
                differences.Add($"{name} row {i}\n  original: {theirs}\n  ours:     {ours}");
                break;
            }
        }

        int logs = oracle.GetProperty("logs").GetInt32();
        output.WriteLine($"{logs} logs, {cases} option sets, {rows} rows, {differences.Count} sets differ");
        foreach (string difference in differences) output.WriteLine(difference);
        Assert.Empty(differences);
        Assert.True(logs >= KnownLogs && cases >= KnownCases && rows >= KnownRows, $"only {logs} logs, {cases} option sets, {rows} rows");
    }

    [Fact]
    public void Every_expectation_of_the_sample_logs_holds()
    {
        var wrong = new List<string>();
        int lines = 0;
        foreach (JsonElement item in SampleLogs.Answers().GetProperty("expectations").EnumerateArray())
        {
            var clock = new SampleClock();
            using Filter filter = Load(item.GetProperty("definition"), UseDns.Warn, clock);
            filter.UseDns = UseDns.Raw;
            filter.CheckAllRegexes = true;
            clock.GoTo(SampleClock.Noon);
            foreach (JsonElement line in item.GetProperty("lines").EnumerateArray())
            {
                lines++;
                if (SampleLogs.Fault(filter, line, clock) is { } fault)
                    wrong.Add($"{line.GetProperty("log")} {item.GetProperty("filter")} {item.GetProperty("options")}: {fault}\n  {line.GetProperty("text")}");
            }
        }

        output.WriteLine($"{lines} expectations, {wrong.Count} do not hold");
        foreach (string fault in wrong) output.WriteLine(fault);
        Assert.Empty(wrong);
        Assert.True(lines >= KnownExpectations, $"only {lines} expectations");
    }

    // Lines separated by '|'; after each the number of matches of the failure that it reports, or '-'.
    [Theory]
    [InlineData("", "Connection from IP port 1 on 1.2.3.4 port 22|Failed password for root from IP port 1 ssh2|Failed password for root from IP port 1 ssh2|Connection closed by authenticating user root IP port 1 [preauth]", "- 2 1 -")]
    [InlineData("", "Invalid user bob from IP port 1|Failed password for invalid user bob from IP port 1 ssh2|Connection closed by invalid user bob IP port 1 [preauth]", "1 1 -")]
    [InlineData("", "pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=IP  user=root|Failed password for root from IP port 1 ssh2|Connection closed by authenticating user root IP port 1 [preauth]", "- 2 -")]
    [InlineData("", "pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=IP  user=root|Accepted password for root from IP port 1 ssh2", "- -")]
    [InlineData("", "Failed password for root from IP port 1 ssh2|Accepted password for root from IP port 1 ssh2", "1 -")]
    [InlineData("", "Failed password for bob from IP port 1 ssh2|Accepted password for root from IP port 1 ssh2", "1 1")]
    [InlineData("", "Failed publickey for git from IP port 1 ssh2|Failed publickey for git from IP port 1 ssh2|Accepted publickey for git from IP port 1 ssh2", "- - -")]
    [InlineData("", "Failed publickey for git from IP port 1 ssh2|Failed publickey for git from IP port 1 ssh2|Connection closed by authenticating user git IP port 1 [preauth]", "- - -")]
    [InlineData("", "Failed publickey for a from IP port 1 ssh2|Failed publickey for b from IP port 1 ssh2|Connection closed by authenticating user b IP port 1 [preauth]", "- 2 1")]
    [InlineData("", "Connection from IP port 1 on 1.2.3.4 port 22|Disconnecting: Too many authentication failures [preauth]", "- 2")]
    [InlineData("", "Disconnecting: Too many authentication failures [preauth]|Connection closed by IP port 1 [preauth]", "- 2")]
    [InlineData("", "User bob not allowed because account is locked|Received disconnect from IP port 1:11: Bye Bye [preauth]", "- 2")]
    [InlineData("", "Connection from IP port 1 on 1.2.3.4 port 22|Connection closed by IP port 1 [preauth]", "- -")]
    [InlineData("ddos", "Connection from IP port 1 on 1.2.3.4 port 22|Connection closed by IP port 1 [preauth]", "- 2")]
    [InlineData("aggressive", "Connection from IP port 1 on 1.2.3.4 port 22|Connection closed by IP port 1 [preauth]", "- 2")]
    public void Lines_of_one_ssh_connection_are_judged_together(string mode, string lines, string expected)
    {
        JsonElement definition = SampleLogs.Answers().GetProperty("cases").EnumerateArray().First(item =>
            item.GetProperty("filter").GetString() == "sshd"
            && (item.GetProperty("options").TryGetProperty("mode", out JsonElement found) ? found.GetString() : "") == mode
            && !item.GetProperty("options").TryGetProperty("logtype", out _)).GetProperty("definition");
        var clock = new SampleClock();
        using Filter filter = Load(definition, UseDns.Warn, clock);
        clock.GoTo(1124013600);
        IEnumerable<string> found = lines.Split('|').Select(line =>
        {
            var failures = new List<Failure>();
            filter.Process(new LogLine(Encoding.UTF8.GetBytes($"Aug 14 11:59:58 srv sshd[12]: {line.Replace("IP", "192.0.2.1", StringComparison.Ordinal)}\n")), new LogProgress(), failures);
            return failures.Count == 0 ? "-" : $"{Assert.Single(failures).Matches.Length}";
        });
        Assert.Equal(expected, string.Join(' ', found));
    }

    private static List<string> Rows(JsonElement item)
    {
        var clock = new SampleClock();
        using Filter filter = Load(item.GetProperty("definition"), UseDns.No, clock);
        clock.GoTo(SampleClock.Noon);
        var rows = new List<string>();
        var failures = new List<Failure>();
        string text = Encoding.UTF8.GetString(File.ReadAllBytes(item.GetProperty("log").GetString()!));
        foreach (string line in text.Split('\n')[..^1])
        {
            if (line.TrimEnd('\r') is "" or ['#', ..]) continue;
            failures.Clear();
            LineResult result = filter.Process(new LogLine(Encoding.UTF8.GetBytes(line.TrimEnd('\r') + "\n")), new LogProgress(), failures);
            rows.AddRange(failures.Select(failure => Canonical(failure, result.Time)));
        }

        return rows;
    }

    private static Filter Load(JsonElement definition, UseDns useDns, TimeProvider clock)
    {
        var filter = new Filter("test", clock, new Log(new SilentSink(), "fail2ban.filter")) { UseDns = useDns, FindTime = null };
        if (definition.GetProperty("maxlines") is { ValueKind: not JsonValueKind.Null } maxLines) filter.MaxLines = int.Parse(maxLines.ToString(), CultureInfo.InvariantCulture);
        if (definition.GetProperty("datepattern").GetString() is { Length: > 0 } pattern) filter.DatePattern = pattern;
        filter.SetPrefRegex(definition.GetProperty("prefregex").GetString());
        foreach (JsonElement regex in definition.GetProperty("failregex").EnumerateArray()) filter.AddFailRegex(regex.GetString()!);
        foreach (JsonElement regex in definition.GetProperty("ignoreregex").EnumerateArray()) filter.AddIgnoreRegex(regex.GetString()!);
        return filter;
    }

    // As the driver prints its side: id, time, fields that took part, sorted.
    private static string Canonical(Failure failure, DateTimeOffset? time) => string.Join('\t',
    [
        failure.Id.ToString(),
        time is { } known ? PythonText.Repr(known.ToUnixSeconds()) : "None",
        .. failure.Data.Fields.Where(field => field.Value is not null).OrderBy(field => field.Key, StringComparer.Ordinal).Select(field => $"{field.Key}={SampleLogs.Text(field.Value!)}"),
    ]);
}
