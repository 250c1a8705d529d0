using System.Text;
using Fail2Ban.Addresses;
using Fail2Ban.Native.Libc;
using Fail2Ban.RegexTool;
using Fail2Ban.Tests.Detection.Matching;

namespace Fail2Ban.Tests.RegexTool;

public sealed class RegexToolTests
{
    private const string Line = "Aug 14 09:59:58 srv fail from 1.2.3.4";

    [Fact]
    public void Report_of_a_single_line()
    {
        string expected = """

            Running tests
            =============

            Use   failregex line : fail from <HOST>
            Use      single line : Aug 14 09:59:58 srv fail from 1.2.3.4


            Results
            =======

            Failregex: 1 total
            |-  #) [# of hits] regular expression
            |   1) [1] fail from <HOST>
            `-

            Ignoreregex: 0 total

            Date template hits:
            |- [# of hits] date format
            |  [1] {^LN-BEG}(?:DAY )?MON Day %k:Minute:Second(?:\.Microseconds)?(?: ExYear)?
            `-

            Lines: 1 lines, 0 ignored, 1 matched, 0 missed
            [processed in 0.00 sec]


            """;
        Assert.Equal((0, expected), Run(Line, "fail from <HOST>"));
    }

    [Theory]
    [InlineData("1.1.2\n", "-V")]
    [InlineData("fail2ban-regex 1.1.2\n", "--version")]
    public void Versions_are_those_we_are_compatible_with(string expected, string option) => Assert.Equal((0, expected), Run(option));

    [Theory]
    [InlineData(255, "x")]
    [InlineData(255, "x", "<HOST>", "y", "z")]
    [InlineData(255, "--print-no-missed", "--print-all-missed", "x", "<HOST>")]
    [InlineData(255, "x", "no id")]
    [InlineData(255, "systemd-journal[foo=1]", "<HOST>")]
    [InlineData(255, "systemd-journal[foo", "<HOST>")]
    [InlineData(255, "systemd-journals", "<HOST>")]
    [InlineData(255, "-m", "no match", "systemd-journal", "<HOST>")]
    [InlineData(255, "x", "(<HOST>")]
    [InlineData(255, "-d", "%Q", "x", "<HOST>")]
    [InlineData(255, "--TZ", "X?", "x", "<HOST>")]
    [InlineData(255, "-e", "nonsense", "-", "<HOST>")]
    [InlineData(255, "-o", "<bantime>", "x", "<HOST>")]
    [InlineData(2, "--foo", "x", "<HOST>")]
    [InlineData(1, "-l", "loud", "x", "<HOST>")]
    [InlineData(0, "x", "<HOST>")]
    [InlineData(0, "--help")]
    public void Exit_status_tells_how_it_went(int expected, params string[] args) => Assert.Equal(expected, Run(args).Status);

    [Theory]
    [InlineData("/nonexistent/f2b", "ERROR: Base configuration directory /nonexistent/f2b does not exist, so 'sshd' cannot be a jail or filter; as regex: No failure-id group in 'sshd'\n")]
    [InlineData("/", "ERROR: No failure-id group in 'sshd'\n       nor is there a jail or filter of this name in /\n")]
    public void A_name_that_is_not_found_is_told_with_the_directory(string directory, string expected)
    {
        (int status, string text) = Run("-c", directory, Line, "sshd");
        Assert.Equal(255, status);
        Assert.EndsWith(expected, text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("id", "1.2.3.4\n")]
    [InlineData("msg", Line + "\n")]
    [InlineData("row", "['1.2.3.4',\t1124013598.0,\t{'ip4': '1.2.3.4', 'ip6': None, 'dns': None}],\n")]
    [InlineData("user", "None\n")]
    [InlineData("<ip>|<family>|<time>|<br>|<x>", "1.2.3.4|inet4|1124013598.0|\n|<x>\n")]
    public void Out_prints_failures_only(string format, string expected) => Assert.Equal((0, expected), Run("-o", format, Line, "from <HOST>"));

    [Fact]
    public void Inverted_out_prints_what_is_no_failure()
    {
        string[] input = ["-i", Line + "\nno date line\nAug 14 09:59:59 y", "from <HOST>"];
        Assert.Equal((0, "no date line\nAug 14 09:59:59 y\n"), Run(["-o", "msg", .. input]));
        Assert.Equal((0, "1124013598.0  no date line\n1124013599.0  Aug 14 09:59:59 y\n"), Run(["-o", "<time> <fid> <msg>", .. input]));
    }

    [Fact]
    public void Names_are_resolved_to_one_failure_an_address_unless_raw()
    {
        Assert.Equal((0, "192.0.2.1\n192.0.2.2\n"), Run("-o", "id", "fail two.example", "fail <DNS>"));
        Assert.Equal((0, ""), Run("-o", "id", "fail none.example", "fail <DNS>"));
        Assert.Equal((0, "two.example\n"), Run("-r", "-o", "id", "fail two.example", "fail <DNS>"));
    }

    [Fact]
    public void Only_complete_lines_of_a_file_are_read_whatever_their_length()
    {
        string longest = new('x', 600_000);
        Assert.Equal((0, "1\n2\n3\n"), RunOn($"a 1\r\n{longest} a 2\n# a 9\n\na 3\na 4", "-o", "id", "-", "a <F-ID/>$"));
    }

    [Fact]
    public void Its_thread_may_run_afterwards_where_it_could_before()
    {
        ProcessorSet before = ProcessorSet.OfThisThread!;
        Assert.Equal((0, "1\n"), RunOn("a 1\n", "-o", "id", "-", "a <F-ID/>$"));
        Assert.EndsWith(" sec]\n\n", RunOn("a 1\n", "--print-no-missed", "-", "a <F-ID/>$").Text, StringComparison.Ordinal);
        ProcessorSet after = ProcessorSet.OfThisThread!;
        Assert.All(Enumerable.Range(0, 1024), processor => Assert.Equal(before.Has(processor), after.Has(processor)));
    }

    [Fact]
    public void Invalid_bytes_become_replacement_characters()
    {
        byte[] input = [.. "a "u8, 0xff, (byte)'\n'];
        using var output = new MemoryStream();
        Fail2Ban.RegexTool.RegexTool.Run(["-o", "id", "-", "a <F-ID/>$"], Host(new MemoryStream(input), output));
        Assert.Equal("\uFFFD\n", Encoding.UTF8.GetString(output.ToArray()));
    }

    [Fact]
    public void More_lines_than_the_limit_are_counted_not_listed()
    {
        string twenty = string.Concat(Enumerable.Range(0, 20).Select(i => $"line {i}\n"));
        Assert.EndsWith("Missed line(s): too many to print.  Use --print-all-missed to print all 20 lines\n", RunOn(twenty, "-", "z<HOST>").Text, StringComparison.Ordinal);
        Assert.EndsWith("|  line 18\n`-\n", RunOn(twenty[..^"line 19\n".Length], "-", "z<HOST>").Text, StringComparison.Ordinal);
        Assert.EndsWith("|  line 19\n`-\n", RunOn(twenty, "--print-all-missed", "-", "z<HOST>").Text, StringComparison.Ordinal);
        Assert.EndsWith(" sec]\n\n", RunOn(twenty, "--print-no-missed", "-", "z<HOST>").Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_that_are_passed_over_together_are_listed_and_counted_one_by_one()
    {
        string[] lines = [.. Enumerable.Range(10, 30).Select(i => $"Aug 14 09:59:{i} srv x{(i % 9 == 0 ? " fail from 1.2.3.4" : "")}")];
        string text = RunOn(string.Concat(lines.Select(line => line + "\n#" + line + "\n\n")), "--print-all-missed", "--print-all-matched", "-", "fail from <HOST>").Text;
        Assert.Contains("\n|  [30] {^LN-BEG}", text, StringComparison.Ordinal);
        Assert.Contains("\nLines: 30 lines, 0 ignored, 3 matched, 27 missed\n", text, StringComparison.Ordinal);
        Assert.EndsWith("Missed line(s):\n" + string.Concat(lines.Where(line => !line.Contains("fail", StringComparison.Ordinal)).Select(line => $"|  {line}\n")) + "`-\n", text, StringComparison.Ordinal);
    }

    // A line that is nothing but its date has no content for the prefregex, though that takes every other line.
    [Theory]
    [InlineData("^(?P<mlfid>(?:\\S+\\s+)?)<F-CONTENT>.+</F-CONTENT>$", 6)]
    [InlineData("^\\s*(?P<mlfid>\\S+\\s+)<F-CONTENT>.+</F-CONTENT>$", 5)]
    public void A_prefregex_is_counted_also_in_lines_that_are_passed_over(string prefRegex, int expected)
    {
        string folder = Directory.CreateTempSubdirectory("f2b-regex").FullName;
        try
        {
            string filter = Path.Combine(folder, "f.conf");
            File.WriteAllText(filter, $"[Definition]\nprefregex = {prefRegex}\nfailregex = ^fail from <HOST>$\n");
            string log = string.Concat(new[] { " srv x", "", " srv y", " fail from 1.2.3.4", " ", " srv fail from 1.2.3.4", " srv z" }.Select((text, i) => $"Aug 14 09:59:1{i}{text}\n"));
            string report = RunOn(log, "-", filter).Text;
            Assert.Contains($"\nPrefregex: {expected} total\n", report, StringComparison.Ordinal);
            Assert.Contains("\n|  [7] {^LN-BEG}", report, StringComparison.Ordinal);
            Assert.Contains("\nLines: 7 lines, ", report, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Reader_that_goes_away_is_no_error()
    {
        var host = Host(Stream.Null, new ClosedPipe());
        Assert.Equal(0, Fail2Ban.RegexTool.RegexTool.Run(["x", "<HOST>"], host));
    }

    private static (int Status, string Text) Run(params string[] args) => RunOn("", args);

    private static (int Status, string Text) RunOn(string input, params string[] args)
    {
        using var output = new MemoryStream();
        int status = Fail2Ban.RegexTool.RegexTool.Run(args, Host(new MemoryStream(Encoding.UTF8.GetBytes(input)), output));
        return (status, Encoding.UTF8.GetString(output.ToArray()));
    }

    private static RegexToolHost Host(Stream input, Stream output) => new(input, output, new MemoryStream(), new TestClock(),
        name => name == "two.example" ? [FailureId.Parse("192.0.2.1"), FailureId.Parse("192.0.2.2")] : []);

    private sealed class ClosedPipe : MemoryStream
    {
        public override void Write(byte[] buffer, int offset, int count) => throw new IOException("Broken pipe");

        public override void Write(ReadOnlySpan<byte> buffer) => throw new IOException("Broken pipe");
    }
}
