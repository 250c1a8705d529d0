namespace Fail2Ban.EndToEnd.Tests.Detection;

// Every option and every form of -o, each with what it acts on.
public sealed partial class RegexToolTests
{
    private const string SshLines = "Nov 23 06:50:00 srv sshd[1]: Failed password for root from 1.2.3.4 port 1\nNov 23 06:50:00 srv sshd[1]: Failed password for bob from 2001:db8::1 port 1\nno date\nNov 23 06:50:00 x";

    private static readonly string[] SshRegexes =
    [
        @"sshd\[(?P<mlfid>\d+)\]: Failed password for <F-USER>\S+</F-USER> from <ADDR> port <F-PORT/>",
        @"sshd\[(?P<pid>\d+)\]: Failed password for <F-USER>\S+</F-USER> from <ADDR> port <F-PORT/>",
        @"<F-ID>sshd\[\d+\]</F-ID>: Failed password for <F-ALT_USER>\S+</F-ALT_USER> from <SUBNET> port <F-TUPLE_ID>\d</F-TUPLE_ID>",
    ];

    // What is printed of a set is sorted by chance: users is left to the rows.
    private static readonly string[] Formats =
    [
        "id", "fid", "ip", "msg", "row", "user", "ip4", "ip6", "dns", "mlfid", "matches", "host", "fport", "pid", "nothing", "alt_user", "cidr", "ID", "MSG", " id", "",
        "<ip>", "<fid>", "<F-USER>", "<F-user>", "<F-PORT>", "<F-ID>", "<F-FPORT>", "<F-ALT_USER>", "<F-NONE>", "<family>", "<time>", "<failures>", "<matches>", "<msg>", "<br>",
        "a<br>b", "<ip-rev>", "<restored>", "<bancount>", "<", "<>", "a<b", "<msg> <msg>", "x\n<ip>", "<ADDR>", "<HOST>", "<ID>", "<Ip>",
    ];

    private static readonly string[] Hosts =
    [
        "::ffff:1.2.3.4", "999.1.2.3", "1:2", "1.2.3.4x", "[1.2.3.4]", "1.2.3.4/24", "::1", "fe80::1%eth0", "1.2.3", "0001.2.3.4", "1.2.3.4.5", "2001:DB8::A", "::ffff:0:1.2.3.4",
    ];

    private static readonly string[] HostTags =
        ["<HOST>", "<ADDR>", "<SUBNET>", "<IP4>", "<IP6>", "<F-ID/>", "<IP4>/<CIDR>", "<F-IP4/>", "<F-IP6/>", "<F-SUBNET/>", "<F-DNS/>"];

    private static readonly string[] Zones = ["UTC", "CET", "+0100", "-0330", "CET+0100", "Z", "EST-5", "utc", "UTC+01:00", "foo", "", "GMT+3", "+25:00", "+1", "A"];

    private static readonly string[] DatePatternsTried =
    [
        "%Y-%m-%d %H:%M:%S", "^%Y-%m-%d", "{^LN-BEG}", "{DEFAULT}", "{NONE}", "{none}", "Epoch", "EPOCH", "{^LN-BEG}Epoch", "^Epoch", "LEPOCH", "TAI64N", "^TAI64N", "{^LN-BEG}TAI64N", "tai64n", "ISO8601",
        @"^<\d+>\d+\s+{DATE}", "{DATE}", "{date}", @"\[{EPOCH}\]", "x={LEPOCH}", "{UNB}%H", "**%H:%M**", "%Q", "%%", "%Y%", "%H:%M:%S$", "", "%d/%b/%Y:%H:%M:%S %z", "%j %Y", "%a %d",
        "%Y-%m-%d\n{^LN-BEG}%b %d %H:%M:%S", "%Y\n%Y", "%b %d %k:%M:%S\n%Y-%m-%d %H:%M:%S", "{UNB}",
    ];

    private static readonly string[] DatedLines =
    [
        "2026-11-23 06:50:00 f 1.2.3.4", "Nov 23 06:50:00 f 1.2.3.4", "@4000000043d5c8d23b9aca00 f 1.2.3.4", "1732345678 f 1.2.3.4", "1732345678123 f 1.2.3.4", "[1732345678.123] f 1.2.3.4",
        "x=1732345678 f 1.2.3.4", "<34>1 2026-11-23T06:50:00Z f 1.2.3.4", "23/Nov/2026:06:50:00 +0100 f 1.2.3.4", "audit(1732345678.000:12) f 1.2.3.4", "06:50:00 f 1.2.3.4", "no f 1.2.3.4",
    ];

    [Fact]
    public void Every_form_of_out_prints_what_the_original_prints() =>
        Compare(from regex in SshRegexes from format in Formats select (string[])["--usedns", "no", "-o", format, SshLines, regex]);

    [Fact]
    public void Hosts_are_taken_and_written_as_in_the_original() => Compare(
    [
        .. from host in Hosts from tag in HostTags select (string[])["--usedns", "no", "-o", "row", $"Nov 23 06:50:00 f {host}", $"f {tag}"],
        .. from dns in new[] { "yes", "warn", "no", "raw", "true", "1", "0", "YES", "nonsense" } select (string[])["--usedns", dns, "-o", "row", "Nov 23 06:50:00 f 1.2.3.4 [2001:db8::1]", "f <HOST>"],
        .. from dns in new[] { "yes", "warn", "no", "raw", "true" } select (string[])["--usedns", dns, "-r", "-o", "row", "Nov 23 06:50:00 f some.host.invalid", "f <HOST>"],
        ["-r", "-o", "row", "Nov 23 06:50:00 f some.host.invalid x", "f <HOST>"],
    ]);

    [Fact]
    public void Zones_and_date_patterns_give_the_times_of_the_original() => Compare(
    [
        .. from zone in Zones from option in new[] { "--TZ", "--timezone" } select (string[])["--usedns", "no", option, zone, "-o", "row", "2026-11-23 06:50:00 f 1.2.3.4\n2026-11-23T06:50:00+0200 f 1.2.3.4", "f <ADDR>"],
        .. from pattern in DatePatternsTried select (string[])["--usedns", "no", "-d", pattern, string.Join('\n', DatedLines), "f <ADDR>"],
        .. from pattern in DatePatternsTried from line in DatedLines select (string[])["--usedns", "no", "-d", pattern, "-o", "row", line, "^(?P<rest>.*)f <ADDR>"],
    ]);

    [Fact]
    public void Lists_and_levels_print_what_the_original_prints()
    {
        string folder = Directory.CreateTempSubdirectory("fail2ban-test.").FullName;
        try
        {
            string log = Written(folder, "many.log", string.Concat(Enumerable.Range(0, 75).Select(i => $"Nov 23 06:50:00 srv {(i % 3) switch { 0 => "fail", 1 => "okay", _ => "other" }} 1.2.3.{i}\n")));
            string[][] options =
            [
                [], ["--print-no-missed"], ["--print-no-ignored"], ["--print-all-matched"], ["--print-all-missed"], ["--print-all-ignored"], ["--print-no-missed", "--print-no-ignored"],
                ["--print-all-matched", "--print-all-missed", "--print-all-ignored"], ["--print-no-missed", "--print-all-ignored"], ["-L", "30"], ["-L", "1"], ["-L", "100", "--print-no-missed"],
                ["-v"], ["-v", "--print-all-matched"], ["-D"], ["-D", "--print-all-matched"], ["-D", "-v", "--print-all-missed"], ["--no-check-all"], ["--no-check-all", "-v"],
                ["--verbosity", "1"], ["--verbosity=2", "-l", "critical"], ["-t"], ["--full-traceback"], ["-t", "--full-traceback"],
            ];
            string[] levels = ["critical", "CRITICAL", "error", "warning", "warn", "fatal", "info", "notice", "msg", "30", "20"];
            string[] lines = ["bad 1.2.3.4", "Feb 30 10:00:00 bad 1.2.3.4", "Nov 23 06:50:00 x\nbad 1.2.3.4\nbad 1.2.3.5"];
            Compare(
            [
                .. from option in options select (string[])["--usedns", "no", .. option, log, "(?:fail|okay) <ADDR>", "okay"],
                .. from option in options select (string[])["--usedns", "no", .. option, log, "(?:fail|okay) <ADDR>$"],
                .. from level in levels from line in lines select (string[])["--usedns", "no", "-l", level, line, "bad <ADDR>"],
                ["--usedns", "no", "-L", "3", "-l", "warning", "a\nbad 1.2.3.4", @"^a\nbad <ADDR>"],
            ]);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
