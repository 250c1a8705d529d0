using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Fail2Ban.Detection.Lines;
using Fail2Ban.Detection.Sources.Journal;
using Fail2Ban.Tests.Detection.Sources.Journal;

namespace Fail2Ban.EndToEnd.Tests.Journal;

/// <summary>The lines that are made of entries, compared with an installed fail2ban on the same journal.</summary>
public sealed class EntriesBesideOriginalTests
{
    private const string Python = "/usr/bin/python3";
    private const long Start = 1_704_164_645_678_901;

    private const string Script = """
        import sys, json
        sys.path.insert(0, "/usr/lib/python3/dist-packages")
        from systemd import journal
        from fail2ban.server.filtersystemd import FilterSystemd
        owner = type("Owner", (), {"name": "j", "database": None})()
        source = FilterSystemd(owner, journalfiles=sys.argv[1])
        reader = next(value for value in vars(source).values() if isinstance(value, journal.Reader))
        reader.seek_head()
        for entry in reader:
            (before, date, text), time = source.formatJournalEntry(entry)
            print(json.dumps([before + date, text, round(time * 1e6)]))
        """;

    private static readonly string[][] Texts =
    [
        ["MESSAGE=hello", "_HOSTNAME=srv", "SYSLOG_IDENTIFIER=sshd", "SYSLOG_PID=12"],
        ["MESSAGE=hello", "_HOSTNAME=srv", "SYSLOG_IDENTIFIER=sshd", "_PID=13"],
        ["MESSAGE=hello", "_HOSTNAME=srv", "_COMM=sshd2", "_PID=13", "SYSLOG_PID=14"],
        ["MESSAGE=hello", "_HOSTNAME=srv", "_PID=13"],
        ["MESSAGE=hello", "SYSLOG_IDENTIFIER=sshd"],
        ["MESSAGE=hello"],
        ["_HOSTNAME=srv", "SYSLOG_IDENTIFIER=sshd"],
        ["MESSAGE=", "_HOSTNAME=srv", "SYSLOG_IDENTIFIER=sshd"],
        ["MESSAGE=a\nb\n", "_HOSTNAME=srv", "SYSLOG_IDENTIFIER=sshd"],
        ["MESSAGE=\n", "SYSLOG_IDENTIFIER=sshd"],
        ["MESSAGE=up", "_HOSTNAME=srv", "SYSLOG_IDENTIFIER=kernel", "_SOURCE_MONOTONIC_TIMESTAMP=98765432"],
        ["MESSAGE=up", "SYSLOG_IDENTIFIER=kernel", "_SOURCE_MONOTONIC_TIMESTAMP=1234567890123456"],
        ["MESSAGE=up", "_HOSTNAME=srv", "SYSLOG_IDENTIFIER=kernel"],
        ["MESSAGE=up", "_HOSTNAME=srv", "_COMM=kernel"],
        ["MESSAGE=up", "SYSLOG_IDENTIFIER=kernel", "SYSLOG_PID=5", "_SOURCE_MONOTONIC_TIMESTAMP=5"],
        ["MESSAGE=p", "SYSLOG_IDENTIFIER=x", "SYSLOG_PID=0x10"],
        ["MESSAGE=p", "SYSLOG_IDENTIFIER=x", "SYSLOG_PID=007"],
        ["MESSAGE=p", "SYSLOG_IDENTIFIER=x", "SYSLOG_PID=0o17"],
        ["MESSAGE=p", "SYSLOG_IDENTIFIER=x", "SYSLOG_PID=0b11"],
        ["MESSAGE=p", "SYSLOG_IDENTIFIER=x", "SYSLOG_PID= 12 "],
        ["MESSAGE=p", "SYSLOG_IDENTIFIER=x", "SYSLOG_PID=1_2"],
        ["MESSAGE=p", "SYSLOG_IDENTIFIER=x", "SYSLOG_PID=", "_PID=9"],
        ["MESSAGE=p", "SYSLOG_IDENTIFIER=x", "SYSLOG_PID=0", "_PID=9"],
        ["MESSAGE=p", "SYSLOG_IDENTIFIER=x", "SYSLOG_PID=-5"],
        ["MESSAGE=p", "SYSLOG_IDENTIFIER=x", "_PID=0x1f"],
        ["MESSAGE=p", "SYSLOG_IDENTIFIER=x", "SYSLOG_PID=123456789012345678901234567890"],
        ["MESSAGE=p", "SYSLOG_IDENTIFIER=", "_COMM=c", "_PID=3"],
        ["MESSAGE=p", "_HOSTNAME=", "SYSLOG_IDENTIFIER=x"],
        ["MESSAGE=ünïcode €", "_HOSTNAME=srv", "SYSLOG_IDENTIFIER=x"],
        ["MESSAGE=nul \0 in", "SYSLOG_IDENTIFIER=x"],
        ["MESSAGE=cr\r\nlf\r", "SYSLOG_IDENTIFIER=x"],
        ["MESSAGE=one", "MESSAGE=two", "SYSLOG_IDENTIFIER=x"],
        ["MESSAGE= lead and trail ", "SYSLOG_IDENTIFIER=x"],
        ["MESSAGE=\e[31mred\e[0m\u0001\u007f", "SYSLOG_IDENTIFIER=x"],
        ["MESSAGE=whole", "SYSLOG_IDENTIFIER=x", "_SOURCE_REALTIME_TIMESTAMP=1704164600000000"],
        ["MESSAGE=part", "SYSLOG_IDENTIFIER=x", "_SOURCE_REALTIME_TIMESTAMP=1704164600000100"],
        ["MESSAGE=" + new string('l', 100_000), "SYSLOG_IDENTIFIER=x"],
    ];

    // What is no UTF-8, as it comes over the network.
    private static readonly byte[][] Broken = [[0xFF, 0xFE], [0xED, 0xA0, 0x80], [0xE2, 0x82, (byte)' ', 0xF0, 0x9F, 0x98], [0xC0, 0xAF], [0xF4, 0x90, 0x80, 0x80]];

    [Fact]
    public void Lines_dates_and_times_are_those_of_the_original()
    {
        using var journal = new WrittenJournal();
        SampleEntry[] entries = [.. Texts.Select((fields, i) => Entry(i, [.. fields.Select(Encoding.UTF8.GetBytes)])),
            .. Broken.Select((bytes, i) => Entry(Texts.Length + i, [.. "MESSAGE="u8, .. bytes, (byte)'.'], [.. "SYSLOG_IDENTIFIER=x"u8, .. bytes]))];
        journal.Write(entries);
        journal.Finish();

        string[] expected = Ask(journal.CurrentFile);
        Assert.Equal(entries.Length, expected.Length);
        Assert.Equal(expected, Read(journal.CurrentFile));
    }

    private static SampleEntry Entry(int number, params byte[][] fields) => new(Start + number * 1_000_003L, 123_456_789 + number, [.. fields.Select(field =>
    {
        int end = Array.IndexOf(field, (byte)'=');
        return (Encoding.ASCII.GetString(field.AsSpan(0, end)), field[(end + 1)..]);
    })]);

    private static string[] Read(string file)
    {
        Assert.True(JournalParameters.TryParse(new Dictionary<string, string> { ["journalfiles"] = file }, null, out JournalParameters? parameters, out string error), error);
        var lines = new List<string>();
        JournalScan.Read(parameters, [], TimeZoneInfo.Utc, (in LogLine line) =>
            lines.Add(Show(Encoding.UTF8.GetString(line.Date), Encoding.UTF8.GetString(line.Text), JournalTime.Of(line.Time!.Value))));
        return [.. lines];
    }

    private static string[] Ask(string file)
    {
        if (!File.Exists(Python)) Assert.Skip($"{Python} is not installed");
        var start = new ProcessStartInfo(Python, ["-c", Script, file]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["TZ"] = "UTC";
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (errors.Result.Contains("ModuleNotFoundError", StringComparison.Ordinal)) Assert.Skip("fail2ban or python3-systemd is not installed");
        Assert.True(process.ExitCode == 0, errors.Result);
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line =>
        {
            JsonElement parts = JsonDocument.Parse(line).RootElement;
            return Show(parts[0].GetString()!, parts[1].GetString()!, parts[2].GetInt64());
        })];
    }

    private static string Show(string date, string text, long time) => $"{date}|{text}|{time}";
}
