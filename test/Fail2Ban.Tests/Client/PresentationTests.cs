using Fail2Ban.Client;
using Fail2Ban.Values;

namespace Fail2Ban.Tests.Client;

public sealed class PresentationTests
{
    private static readonly PythonDict Stats = new() { ["j1"] = new List<object?> { "pyinotify", new PythonTuple(0L, 3L), new PythonTuple(1L, 2L) } };

    [Fact]
    public void Stats_are_a_table() => Assert.Equal(
        "          ║           ║ Filter    ║ Actions  \n Jail     ║ Backend   ╟───────────╫───────────\n          ║           ║ cur │ tot ║ cur │ tot\n"
        + "══════════╬═══════════╬═══════════╬═══════════\n j1       ║ pyinotify ║   0 │   3 ║   1 │   2\n══════════╩═══════════╩═══════════╩═══════════",
        Presentation.Show(["stats"], Stats, unicode: true));

    [Fact]
    public void Stats_without_unicode_are_ascii()
    {
        string table = Presentation.Show(["stats"], Stats, unicode: false);
        Assert.All(table, letter => Assert.True(char.IsAscii(letter)));
        Assert.Contains(" j1       | pyinotify |   0 |   3 |   1 |   2\n", table, StringComparison.Ordinal);
    }

    [Fact]
    public void Statistic_is_raw_and_no_jails_is_said()
    {
        Assert.Equal("{'j1': ['pyinotify', (0, 3), (1, 2)]}", Presentation.Show(["statistic"], Stats, unicode: true));
        Assert.Equal("No jails found.", Presentation.Show(["stats"], new PythonDict(), unicode: true));
    }

    [Fact]
    public void Status_of_all_jails_nests_their_trees()
    {
        List<object?> jail = [new PythonTuple("Filter", new List<object?> { new PythonTuple("Currently failed", 0L) }), new PythonTuple("Actions", new List<object?> { new PythonTuple("Banned IP list", new List<object?> { "192.0.2.1", "192.0.2.5" }) })];
        List<object?> answer = [new PythonTuple("Number of jail", 2L), new PythonTuple("Jail list", "j1, j2"), new PythonDict { ["j1"] = jail, ["j2"] = jail }];
        Assert.Equal(
            "Status\n|- Number of jail:\t2\n|- Jail list:\tj1, j2\n`- Status for the jails:\n   |- Jail: j1\n   |  |- Filter\n   |  |  `- Currently failed:\t0\n   |  `- Actions\n   |     `- Banned IP list:\t192.0.2.1 192.0.2.5\n"
            + "   `- Jail: j2\n      |- Filter\n      |  `- Currently failed:\t0\n      `- Actions\n         `- Banned IP list:\t192.0.2.1 192.0.2.5",
            Presentation.Show(["status", "--all"], answer, unicode: true));
    }

    [Theory]
    [InlineData("fail2ban-client")]
    [InlineData("fail2ban-server")]
    public void The_help_fits_80_columns(string program) => Assert.All(HelpText.Usage(program).Split('\n'), line => Assert.True(line.Length <= 80, line));

    [Theory]
    [InlineData("--logl=INFO status j1", "loglevel=INFO | status j1")]
    [InlineData("-vvx -s/run/s ping -x", "v= v= x= socket=/run/s | ping -x")]
    [InlineData("--str2 1h", "str2sec=1h | ")]
    [InlineData("--log x", "!option --log not a unique prefix")]
    [InlineData("--nope", "!option --nope not recognized")]
    [InlineData("-c", "!option -c requires argument")]
    [InlineData("--test=1", "!option --test must not have an argument")]
    [InlineData("-- -x", " | -x")]
    public void Options_are_read_as_getopt_does(string args, string expected)
    {
        CommandLine? line = CommandLine.Parse(args.Split(' '), out string error);
        Assert.Equal(expected, line is null ? $"!{error}" : string.Join(' ', line.Options.Select(option => $"{option.Key}={option.Value}")) + " | " + string.Join(' ', line.Words));
    }

    [Fact]
    public void Sources_are_a_tree_that_tells_how_far_each_is_read()
    {
        PythonDict file = Source("/var/log/auth.log", "inotify", 1024L, 4096L, 30L, 2L, true, 3072L, 0.5, null);
        PythonDict gone = Source("/var/log/gone.log", "polling: No space left on device; raise fs.inotify.max_user_watches (now 8192)", null, null, 0L, null, false, null, 0L, "[Errno 2] No such file or directory: '/var/log/gone.log'");
        Assert.Equal(
            """
            Sources of the jail sshd:
            |- /var/log/auth.log
            |  |- Read by:     inotify
            |  |- Position:    byte 1024 of 4096
            |  |- Lines read:  30
            |  |- Behind:      about 2 lines, 3072 bytes, 0.5 s
            |  `- Last error:  none
            `- /var/log/gone.log
               |- Read by:     polling: No space left on device; raise
               |               fs.inotify.max_user_watches (now 8192)
               |- Position:    not known yet
               |- Lines read:  0
               |- Behind:      lines not counted yet, 0 s
               `- Last error:  [Errno 2] No such file or directory: '/var/log/gone.log'
            """,
            Presentation.Show(["get", "sshd", "sources"], new List<object?> { file, gone }, unicode: true));
        Assert.Equal("The jail sshd reads nothing", Presentation.Show(["get", "sshd", "sources"], new List<object?>(), unicode: true));
    }

    private static PythonDict Source(string name, string way, object? position, object? size, long read, object? behind, bool estimated, object? bytes, object seconds, object? error) => new()
    {
        ["source"] = name, ["kind"] = "file", ["reading"] = way, ["position"] = position, ["size"] = size, ["lines_read"] = read,
        ["lines_behind"] = behind, ["lines_estimated"] = estimated, ["bytes_behind"] = bytes, ["seconds_behind"] = seconds, ["last_error"] = error,
    };
}
