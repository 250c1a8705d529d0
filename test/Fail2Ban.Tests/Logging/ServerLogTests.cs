using System.Net.Sockets;
using System.Text;
using Fail2Ban.Logging;

namespace Fail2Ban.Tests.Logging;

public sealed class ServerLogTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("f2b-log-").FullName;
    private readonly MemoryStream _output = new();
    private readonly ServerLog _log;

    public ServerLogTests() => _log = new ServerLog(new AtNoon(), output: _output, error: new MemoryStream());

    private string LogFile => Path.Combine(_folder, "f2b.log");

    public void Dispose()
    {
        _log.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void A_line_of_a_file_is_that_of_the_original()
    {
        Assert.True(_log.SetTarget(LogFile, out _));
        _log.Write(LogLevel.Notice, "fail2ban.actions", "[j1] Ban 192.0.2.1");
        Assert.Equal($"2026-11-23 13:08:40,053 fail2ban.actions        [{Environment.ProcessId}]: NOTICE  [j1] Ban 192.0.2.1\n", File.ReadAllText(LogFile));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(LogFile));
    }

    [Theory]
    [InlineData("STDOUT[padding=off]", "2026-11-23 13:08:40,053 fail2ban.jail[#]: NOTICE m\n")]
    [InlineData("SYSOUT", "fail2ban.jail           [#]: NOTICE  m\n")]
    [InlineData("stdout[datetime=off, padding=off]", "fail2ban.jail[#]: NOTICE m\n")]
    [InlineData("STDOUT[format=\"%(levelname)5.3s|%(name)-15s|%(message)s %%\"]", "  NOT|fail2ban.jail  |m %\n")]
    public void Options_in_brackets_shape_the_line(string target, string line)
    {
        Assert.True(_log.SetTarget(target, out _));
        _log.Write(LogLevel.Notice, "fail2ban.jail", "m");
        Assert.Equal(line.Replace("#", Environment.ProcessId.ToString(), StringComparison.Ordinal), Encoding.UTF8.GetString(_output.ToArray()));
    }

    [Fact]
    public void What_was_said_before_the_first_target_is_kept_for_it()
    {
        _log.Write(LogLevel.Info, "fail2ban.server", "early");
        Assert.True(_log.SetTarget("SYSOUT[padding=off]", out _));
        Assert.Equal($"fail2ban.server[{Environment.ProcessId}]: INFO early\n", Encoding.UTF8.GetString(_output.ToArray()));
    }

    [Fact]
    public void A_target_that_fails_leaves_the_one_before()
    {
        Assert.True(_log.SetTarget(LogFile, out _));
        Assert.False(_log.SetTarget("/nope/x", out string error));
        Assert.Equal("Failed to change log target", error);
        Assert.Equal(LogFile, _log.Target);
        _log.Flush();
        Assert.Contains("ERROR   Unable to log to '/nope/x'", File.ReadAllText(LogFile), StringComparison.Ordinal);
        Assert.Contains($"INFO    Logging to previous target '{LogFile}'", File.ReadAllText(LogFile), StringComparison.Ordinal);
    }

    [Fact]
    public void Flushlogs_opens_a_rotated_file_again()
    {
        Assert.True(_log.SetTarget(LogFile, out _));
        File.Move(LogFile, LogFile + ".1");
        Assert.Equal("rolled over", _log.Flush());
        _log.Write(LogLevel.Notice, "fail2ban.server", "after");
        Assert.Contains($"rollover performed on {LogFile}", File.ReadAllText(LogFile), StringComparison.Ordinal);
        Assert.Contains("after", File.ReadAllText(LogFile), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_truncated_in_place_gets_no_hole()
    {
        Assert.True(_log.SetTarget(LogFile + "[format=\"%(message)s\"]", out _));
        _log.Write(LogLevel.Notice, "l", "before");
        File.WriteAllText(LogFile, "");
        _log.Write(LogLevel.Notice, "l", "after");
        Assert.Equal("after\n", File.ReadAllText(LogFile));
    }

    [Fact]
    public void A_new_target_begins_with_its_name_and_the_same_one_changes_nothing()
    {
        Assert.True(_log.SetTarget("STDOUT", out _));
        Assert.True(_log.SetTarget(LogFile, out _));
        Assert.True(_log.SetTarget(LogFile + "[padding=off]", out _));
        _log.Flush();
        string[] lines = File.ReadAllLines(LogFile);
        Assert.EndsWith($"INFO    Changed logging target to {LogFile} for Fail2ban v1.1.2", lines[1], StringComparison.Ordinal);
        Assert.Equal(3, lines.Length);
    }

    [Theory]
    [InlineData("info", LogLevel.Info, "INFO")]
    [InlineData("20", LogLevel.Info, "20")]
    [InlineData("HeavyDebug", LogLevel.HeavyDebug, "HEAVYDEBUG")]
    public void Levels_go_by_name_and_number(string text, LogLevel level, string shown)
    {
        Assert.True(_log.SetLevel(text, out _));
        Assert.Equal((level, shown), (_log.Threshold, _log.Level));
    }

    [Fact]
    public void A_wrong_level_is_named()
    {
        Assert.False(_log.SetLevel("foo", out string error));
        Assert.Equal("Invalid log level 'FOO'", error);
    }

    [Fact]
    public void Escape_sequences_of_log_text_reach_no_terminal()
    {
        Assert.True(_log.SetTarget("SYSOUT[format=\"%(message)s\"]", out _));
        _log.Write(LogLevel.Notice, "l", "a\x1b[31m\rb\u009b\tcé");
        Assert.Equal("a\\x1b[31m\\x0db\\x9b\tcé\n", Encoding.UTF8.GetString(_output.ToArray()));
    }

    [Fact]
    public void Syslog_gets_the_datagram_of_the_original()
    {
        string path = Path.Combine(_folder, "log");
        using var syslog = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        syslog.Bind(new UnixDomainSocketEndPoint(path));
        Assert.True(_log.SetSyslogSocket(path));
        Assert.True(_log.SetTarget("SYSLOG", out _));
        _log.Write(LogLevel.Notice, "fail2ban.actions", "[lt] Ban 192.0.2.1");
        var bytes = new byte[1000];
        int count = syslog.Receive(bytes);
        Assert.Equal($"<29>fail2ban.actions[{Environment.ProcessId}]: NOTICE [lt] Ban 192.0.2.1\0", Encoding.UTF8.GetString(bytes, 0, count));
    }

    [Fact]
    public void The_journal_gets_fields_and_lines_in_one_message()
    {
        string path = Path.Combine(_folder, "journal");
        using var journal = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        journal.Bind(new UnixDomainSocketEndPoint(path));
        using var target = new JournalTarget(path, LogFormat.Default(padding: false, datetime: false));
        target.Write(new LogEntry(DateTimeOffset.UnixEpoch, LogLevel.Notice, "fail2ban.actions", "[j] Ban 192.0.2.1", 1, TimeSpan.Zero));
        Assert.Equal($"MESSAGE=fail2ban.actions[{Environment.ProcessId}]: NOTICE [j] Ban 192.0.2.1\nPRIORITY=5\nSYSLOG_IDENTIFIER=fail2ban\nLOGGER=fail2ban.actions\nCODE_LEVEL=NOTICE\n", Next());
        target.Write(new LogEntry(DateTimeOffset.UnixEpoch, LogLevel.Error, "l", "a\nb", 1, TimeSpan.Zero));
        Assert.StartsWith($"MESSAGE\n{(char)$"l[{Environment.ProcessId}]: ERROR a\nb".Length}\0\0\0\0\0\0\0l[", Next(), StringComparison.Ordinal);

        string Next()
        {
            var bytes = new byte[1000];
            return Encoding.UTF8.GetString(bytes, 0, journal.Receive(bytes));
        }
    }

    [Fact]
    public void A_file_that_logrotate_made_keeps_its_mode_and_a_new_one_is_for_its_owner_only()
    {
        Assert.True(_log.SetTarget(LogFile, out _));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(LogFile));
        File.Move(LogFile, LogFile + ".1");
        File.WriteAllText(LogFile, "");
        const UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;
        File.SetUnixFileMode(LogFile, mode);
        Assert.Equal("rolled over", _log.Flush());
        Assert.Equal(mode, File.GetUnixFileMode(LogFile));
    }

    [Fact]
    public void A_missing_syslog_socket_is_an_error_that_names_it()
    {
        Assert.True(_log.SetTarget(LogFile, out _));
        Assert.True(_log.SetSyslogSocket("/nope/log"));
        Assert.False(_log.SetTarget("SYSLOG", out _));
        Assert.Contains("Syslog socket file: /nope/log does not exists or is not a socket", File.ReadAllText(LogFile), StringComparison.Ordinal);
    }

    [Fact]
    public void A_full_disk_stops_nobody()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "no /dev/full");
        Assert.True(_log.SetTarget("/dev/full", out _));
        for (int i = 0; i < 100; i++) _log.Write(LogLevel.Error, "l", "m");
    }

    private sealed class AtNoon : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone { get; } = TimeZoneInfo.CreateCustomTimeZone("t", TimeSpan.FromHours(1), "t", "t");

        public override DateTimeOffset GetUtcNow() => new DateTimeOffset(2026, 11, 23, 12, 8, 40, TimeSpan.Zero).AddMilliseconds(53);
    }
}
