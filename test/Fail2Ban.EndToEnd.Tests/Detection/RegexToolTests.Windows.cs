using System.Globalization;
using System.Text.RegularExpressions;

namespace Fail2Ban.EndToEnd.Tests.Detection;

// Failures of several lines: by a window of lines (<SKIPLINES>), by sessions (<F-MLFID>), and by both at once.
public sealed partial class RegexToolTests
{
    private const int WidestWindow = 50;

    private const string SessionFilter = """
        [Definition]
        prefregex = ^ srv \w+(?P<mlfid>\[\d+\]): <F-CONTENT>.+</F-CONTENT>$
        failregex = ^<F-NOFAIL>connect</F-NOFAIL> from <ADDR> #\d+$
                    ^bad <F-USER>\S+</F-USER> #\d+$
                    ^worse <F-USER>\S*</F-USER>(?: <F-ALT_USER>\S+</F-ALT_USER>)? from <ADDR> #\d+$
                    ^<F-MLFFORGET><F-MLFGAINED>welcome</F-MLFGAINED></F-MLFFORGET> <F-USER>\S+</F-USER> #\d+$
                    ^<F-NOFAIL><F-MLFFORGET>bye</F-MLFFORGET></F-NOFAIL> #\d+$
                    ^<F-MLFFORGET>thrown out</F-MLFFORGET> <ADDR> #\d+$
        ignoreregex = ^bad friend
        """;

    private const string WindowFilter = """
        [Definition]
        failregex = ^ srv d(?P<_id>\[\d+\]): bad <F-USER>\S+</F-USER> #\d+$<SKIPLINES>^ srv d(?P=_id): (?:bye|thrown out)(?: <ADDR>)? #\d+$
                    ^ srv d(?P<_id>\[\d+\]): connect from <ADDR> #\d+$<SKIPLINES>^ srv d(?P=_id): bad <F-USER>\S+</F-USER> #\d+$
        ignoreregex = bad friend
        """;

    private const string BothFilter = """
        [Definition]
        failregex = ^ srv d(?P<mlfid>\[\d+\]): <F-NOFAIL>connect</F-NOFAIL> from <ADDR> #\d+$
                    ^ srv d(?P<mlfid>\[\d+\]): bad <F-USER>\S+</F-USER> #\d+$<SKIPLINES>^ srv d(?P=mlfid): (?:<F-MLFFORGET>bye</F-MLFFORGET>|worse .*) #\d+$
        """;

    [Fact]
    public void Every_width_of_the_window_gives_the_rows_of_the_original()
    {
        string folder = Directory.CreateTempSubdirectory("fail2ban-test.").FullName;
        try
        {
            string[] filters = [.. new[] { SessionFilter, WindowFilter, BothFilter }.Select((text, at) => Written(folder, $"own{at}.conf", text))];
            if (File.Exists($"{Filters}/sshd.conf")) filters = [.. filters, "sshd.conf", "sshd.conf[mode=aggressive]"];
            var random = new Random(6);
            var commands = new List<string[]>();
            for (int window = 1; window <= WidestWindow; window++)
            {
                foreach (string filter in filters)
                {
                    List<string> lines = filter.StartsWith("sshd", StringComparison.Ordinal) ? Sessions.Mixed(random, Sessions.Ssh, Date) : Sessions.Mixed(random, Sessions.Own, Date);
                    string path = Written(folder, $"{commands.Count}.log", string.Join('\n', lines));
                    string[] head = ["--usedns", "no", "-L", window.ToString(CultureInfo.InvariantCulture)];
                    commands.Add([.. head, "-o", "row", path, filter]);
                    commands.Add([.. head, "-o", "msg", path, filter]);
                    commands.Add([.. head, "--print-all-matched", "--print-all-missed", "--print-all-ignored", path, filter]);
                }
            }

            int rows = Compare(commands, SortedFields);
            output.WriteLine($"windows of 1 to {WidestWindow} lines, {filters.Length} filters, {commands.Count} command lines, {rows} rows");
            Assert.True(rows >= 1200, $"only {rows} rows");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Date(int second) => $"Nov 23 06:{second / 60:00}:{second % 60:00}";

    private static string Written(string folder, string name, string text)
    {
        string path = Path.Combine(folder, name);
        File.WriteAllText(path, text.EndsWith('\n') ? text : text + "\n");
        return path;
    }

    // Fields that took no part are left out since 1.1, which moves those that come from another line.
    private static string SortedFields(string text) => string.Join('\n', text.Split('\n').Select(line =>
        line.StartsWith("['", StringComparison.Ordinal) ? string.Join(", ", Field().Matches(line).Select(field => field.Value).Where(field => !field.EndsWith(": None", StringComparison.Ordinal)).Order(StringComparer.Ordinal)
            .Prepend(line[..line.IndexOf('{', StringComparison.Ordinal)])) : line));

    [GeneratedRegex(@"'\w+': (?:'[^']*'|None|\{[^}]*\})")]
    private static partial Regex Field();

    // The items of a set are printed in the order of chance.
    [GeneratedRegex(@"(?<='users': \{)[^}]+(?=\})")]
    private static partial Regex Users();
}
