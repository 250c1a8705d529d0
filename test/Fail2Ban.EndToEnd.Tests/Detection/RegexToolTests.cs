using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Fail2Ban.RegexTool;

namespace Fail2Ban.EndToEnd.Tests.Detection;

/// <summary>Compares our fail2ban-regex with an installed one, byte by byte but for what changed since its release.</summary>
public sealed partial class RegexToolTests(ITestOutputHelper output)
{
    private const string Samples = "/usr/lib/python3/dist-packages/fail2ban/tests/files/logs";
    private const string Filters = "/etc/fail2ban/filter.d";
    private const string Line = "Nov 23 06:50:00 srv fail for bob 1.2.3.4 x";
    private const string Pairs = "Nov 23 06:50:00 p[1] user bad\nNov 23 06:50:01 p[2] other\nNov 23 06:50:02 p[1] from 1.2.3.4\nNov 23 06:50:03 p[2] from 1.2.3.5";
    private const string Pair = @"^ p\[(?P<pid>\d+)\] user bad<SKIPLINES> p\[(?P=pid)\] from <ADDR>$";

    private static readonly string[][] Lines =
    [
        [Line, "for bob <ADDR>"],
        ["-v", Line, "for bob <ADDR>", "x$"],
        ["-v", Line, "for <F-USER>bob</F-USER> <ADDR>", "nothing"],
        ["-o", "row", Line, "for <F-USER>bob</F-USER> <ADDR>"],
        ["-o", "row", Line, "for <F-ID>bob</F-ID> <ADDR>"],
        ["-o", "row", "no date 1.2.3.4", "<ADDR>"],
        ["-o", "id", Line, "<ADDR>"],
        ["-o", "ip", Line, "for <F-ID>bob</F-ID> <ADDR>"],
        ["-o", "matches", Line, "<ADDR>"],
        ["-o", "user", Line, "<ADDR>"],
        ["-o", "A<foo> B<F-NONE> C<matches> E<br>F <F-USER> <ip4> <ip> <fid> <family> <time> <failures> <ip-rev> <restored> <mlfid> <F-*>", Line, " <F-USER>bob</F-USER> <ADDR>"],
        ["-o", "<msg>|<F-USER>", "a 1.2.3.4\nb 1.2.3.5\nc", "<ADDR>"],
        ["-L", "5", "--print-all-matched", Pairs, Pair],
        ["-L", "5", "-o", "msg", Pairs, Pair],
        ["-D", "--print-all-matched", Line + "\nNov 23 x fail 1.2.3.4 (ign)*!~\nmiss", "^ srv (?:fail).* <ADDR>", "ign"],
        ["-d", "%Y-%m-%d", Line, "<ADDR>"],
        ["-d", "{^LN-BEG}%b %d %H:%M:%S", "--TZ", "UTC+0100", Line, "<ADDR>"],
        ["-d", "{NONE}", Line, "<ADDR>"],
        ["--TZ", "foo", Line, "<ADDR>"],
        ["-d", "%Q", Line, "<ADDR>"],
        ["-o", "id", Line, "nofilter"],
        [Line, "nofilter"],
        [Line, "(?P<a>x"],
        [Line, ""],
        [Line, "sshd.conf[a]"],
        ["-L", "a", Line, "<ADDR>"],
        ["--foo", Line, "<ADDR>"],
        ["--print", Line, "<ADDR>"],
        ["--print-all-mat", Line, "<ADDR>"],
        ["-r", "-o", "id", "x fail localhost", "fail <DNS>"],
        ["#1.2.3.4\n\n \n1.2.3.4", "<ADDR>"],
        ["-v", "Nov 23 06:50:00 user a 1.2.3.5\nNov 23 06:50:01 x nobody 1.2.3.4\nNov 23 06:50:02 q 1.2.3.4", "<F-NOFAIL>user</F-NOFAIL> .*<ADDR>|<F-ID>q</F-ID>", "nobody"],
    ];

    [Fact]
    public void Reports_errors_and_formats_are_those_of_the_original() => Compare(Lines.Select(line => (string[])["--usedns", "no", .. line]));

    [Fact]
    public void Every_stock_filter_reports_on_its_sample_log_as_the_original()
    {
        if (!Directory.Exists(Samples)) Assert.Skip("no fail2ban for Python with its tests is installed");
        var commands = new List<string[]>();
        foreach (string log in Directory.EnumerateFiles(Samples).Order(StringComparer.Ordinal))
        {
            string name = Path.GetFileName(log);
            if (!File.Exists($"{Filters}/{name}.conf")) continue;
            commands.Add(["--usedns", "no", "--print-all-matched", "--print-all-missed", "--print-all-ignored", log, $"{name}.conf"]);
            commands.Add(["--usedns", "no", "-o", "<fid>|<time>|<F-USER>|<F-MLFID>|<msg>", log, $"{name}.conf"]);
            if (File.ReadAllText($"{Filters}/{name}.conf").Contains("\nmode = ", StringComparison.Ordinal)) commands.Add(["--usedns", "no", "-r", log, $"{name}.conf[mode=aggressive]"]);
        }

        Assert.True(commands.Count >= 180, $"only {commands.Count} command lines");
        Compare(commands);
    }

    /// <returns>How many failures the rows of the original show.</returns>
    private int Compare(IEnumerable<string[]> commands, Func<string, string>? normalise = null)
    {
        string[][] all = [.. commands];
        var differences = new List<string>();
        (int Status, string Text)[] originals = AskOriginal(all);
        for (int i = 0; i < all.Length; i++)
        {
            (int status, string text) = Ours(all[i]);
            string expected = Normalise(originals[i].Text), actual = Normalise(text);
            if (normalise is not null) (expected, actual) = (normalise(expected), normalise(actual));
            if (status == originals[i].Status && expected == actual) continue;
            string[] theirs = expected.Split('\n'), ours = actual.Split('\n');
            int line = Enumerable.Range(0, Math.Max(theirs.Length, ours.Length)).FirstOrDefault(at => theirs.ElementAtOrDefault(at) != ours.ElementAtOrDefault(at));
            differences.Add($"{string.Join(' ', all[i])}\n  original: {originals[i].Status} {theirs.ElementAtOrDefault(line)}\n  ours:     {status} {ours.ElementAtOrDefault(line)}");
        }

        output.WriteLine($"{all.Length} command lines, {differences.Count} differ");
        foreach (string difference in differences) output.WriteLine(difference);
        Assert.Empty(differences);
        return originals.Sum(answer => answer.Text.Split('\n').Count(line => line.StartsWith("['", StringComparison.Ordinal)));
    }

    private static (int Status, string Text) Ours(string[] arguments)
    {
        using var text = new MemoryStream();
        int status = Fail2Ban.RegexTool.RegexTool.Run(arguments, new RegexToolHost(Stream.Null, text, Stream.Null, TimeProvider.System, _ => []));
        return (status, Encoding.UTF8.GetString(text.ToArray()));
    }

    private static (int Status, string Text)[] AskOriginal(string[][] commands)
    {
        if (!File.Exists("/usr/bin/fail2ban-regex") || !File.Exists("/usr/bin/python3")) Assert.Skip("no fail2ban for Python is installed");
        var start = new ProcessStartInfo("/usr/bin/python3") { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Detection/regex-tool.py"));
        start.Environment["LC_ALL"] = "C.UTF-8";
        using Process python = Process.Start(start)!;
        python.StandardInput.Write(JsonSerializer.Serialize(commands));
        python.StandardInput.Close();
        using JsonDocument answers = JsonDocument.Parse(python.StandardOutput.ReadToEnd());
        python.WaitForExit();
        return [.. answers.RootElement.EnumerateArray().Select(answer => (answer[0].GetInt32(), answer[1].GetString()!))];
    }

    // What differs between the installed release and the one we follow, and what no two runs have in common.
    private static string Normalise(string text)
    {
        text = Duration().Replace(text, "processed in X sec");
        text = LogHead().Replace(text, "");
        text = NoSuchName().Replace(text, "");
        text = CurrentTime().Replace(text, time => Math.Abs(double.Parse(time.Value, CultureInfo.InvariantCulture) - TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()) < 900 ? "NOW" : time.Value);
        text = WholeTime().Replace(text, "$1");
        text = Users().Replace(text, match => string.Join(", ", match.Value.Split(", ").Order(StringComparer.Ordinal)));
        text = text.Replace("Use   failregex filter file :", "Use      filter file :", StringComparison.Ordinal);
        text = text.Replace("::?|::)", "::?|:)", StringComparison.Ordinal).Replace("%3A%3A%3F%7C%3A%3A%29", "%3A%3A%3F%7C%3A%29", StringComparison.Ordinal);
        return text.Replace("(?:-|T|  ?)Ex24hour:?ExMinute:?ExSecond", "(?:T|  ?)Ex24hourExMinuteExSecond", StringComparison.Ordinal);
    }

    [GeneratedRegex(@"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+ (?=fail2ban\.\w+ +\[)|(?<=fail2ban\.\w+ +\[)\d+(?=\]: )", RegexOptions.Multiline)]
    private static partial Regex LogHead();

    // We add where the name was looked for.
    [GeneratedRegex(@"\n {7}nor is there a jail or filter of this name in \S+")]
    private static partial Regex NoSuchName();

    [GeneratedRegex(@"processed in \d+\.\d+ sec")]
    private static partial Regex Duration();

    // A line without a date is printed with the time of the run, of whose digits the last may be zeros that are not printed.
    [GeneratedRegex(@"\b\d{10}\.\d+\b")]
    private static partial Regex CurrentTime();

    // The original prints a date with a zone of its own as a whole number.
    [GeneratedRegex(@"\b(\d{9,10})\.0\b")]
    private static partial Regex WholeTime();
}
