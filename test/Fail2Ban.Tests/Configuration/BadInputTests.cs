using System.Diagnostics;
using CsCheck;
using Fail2Ban.Configuration;
using Fail2Ban.Configuration.Ini;
using Fail2Ban.Logging;

namespace Fail2Ban.Tests.Configuration;

public sealed class BadInputTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("f2b-bad-").FullName;
    private static readonly string[] s_pieces =
    [
        "[j]", "[DEFAULT]", "[INCLUDES]", "[Definition]", "[Init?family=inet6]", "\n", "\n ", " = ", ":", ";", "#", "enabled = 1", "filter = f[", "]", "action = a",
        "before = jail.conf", "%(", ")s", "%", "known/", "x", "<x>", "<", ">", "/", "\"", "'", ",", "logpath = *", "é", "\0", "failregex", "j/x", "default/x",
    ];

    /// <summary>Pieces of configuration files, put together in any order.</summary>
    internal static Gen<string> Texts { get; } = Gen.Int[0, s_pieces.Length - 1].Select(index => s_pieces[index]).Array[0, 40].Select(parts => string.Concat(parts));

    private readonly ListSink _log = new();

    public BadInputTests()
    {
        Write("fail2ban.conf", "[Definition]\n");
        Write("jail.conf", "[j]\nenabled=1\nfilter=f\naction=a\n");
        Write("filter.d/f.conf", "[Definition]\nfailregex = x <HOST>\n");
        Write("action.d/a.conf", "[Definition]\nactionban = b\n");
    }

    [Fact]
    public void Missing_base_directory_fails() =>
        Assert.Equal($"Base configuration directory {_directory}/nix does not exist", Read("/nix").Failure);

    [Fact]
    public void Missing_jail_conf_fails()
    {
        File.Delete(Path.Combine(_directory, "jail.conf"));
        Assert.Equal("Read jails configuration failed.", Read().Failure);
        Assert.Contains($"Error fail2ban.configreader: Found no accessible config files for 'jail' under {_directory}", _log.Messages);
    }

    [Fact]
    public void Missing_fail2ban_conf_fails_with_the_defaults_at_hand()
    {
        File.Delete(Path.Combine(_directory, "fail2ban.conf"));
        Assert.Equal("Read fail2ban configuration failed.", Read().Failure);
        ServerOptions server = new ConfigurationReader(_directory, new ReaderOptions { Socket = "/s" }, new Log(_log, "fail2ban")).ReadServer();
        Assert.Equal("Read fail2ban configuration failed.", server.Failure);
        Assert.Equal(("/s", "/var/run/fail2ban/fail2ban.pid", "INFO"), (server.Socket, server.PidFile, server.LogLevel));
    }

    [Fact]
    public void Invalid_utf8_makes_the_name_unreadable()
    {
        File.WriteAllBytes(Path.Combine(_directory, "filter.d/f.local"), [.. "[Definition]\nx = "u8, 0xff, 10]);
        Assert.Equal("Unable to read the filter 'f'", Assert.Single(Read().Jails).Error);
        Assert.Equal(
            [
                $"Error fail2ban.configparserinc: Error decoding config file '{_directory}/filter.d/f.local': 'utf-8' codec can't decode byte 0xff in position 17: invalid start byte",
                $"Error fail2ban.configreader: Could not read config files: {_directory}/filter.d/f.local",
                "Error fail2ban.jailreader: Unable to read the filter 'f'",
                "Error fail2ban.jailsreader: Errors in jail 'j'. Skipping...",
            ],
            _log.Messages);
    }

    [Fact]
    public void Directory_in_place_of_a_file_makes_the_name_unreadable()
    {
        Directory.CreateDirectory(Path.Combine(_directory, "jail.local"));
        Assert.Equal("Read jails configuration failed.", Read().Failure);
        Assert.Contains(_log.Messages, message => message.Contains("Is a directory", StringComparison.Ordinal));
    }

    [Fact]
    public void Endless_device_is_refused()
    {
        File.CreateSymbolicLink(Path.Combine(_directory, "jail.local"), "/dev/zero");
        Assert.Contains("too long for a configuration file", InTime(() => Read()).Failure, StringComparison.Ordinal);
    }

    [Fact]
    public void Named_pipe_does_not_hang()
    {
        Process.Start("mkfifo", [Path.Combine(_directory, "jail.local")]).WaitForExit();
        Assert.Equal("Read jails configuration failed.", InTime(() => Read()).Failure);
        Assert.Contains(_log.Messages, message => message.EndsWith("jail.local is a named pipe, not a file", StringComparison.Ordinal));
    }

    [Fact]
    public void Link_to_nowhere_or_to_nothing_is_as_no_file()
    {
        File.CreateSymbolicLink(Path.Combine(_directory, "jail.local"), "/nix/jail.local");
        File.CreateSymbolicLink(Path.Combine(_directory, "fail2ban.local"), "/dev/null");
        Assert.Equal(ConfigurationOutcome.Complete, Read().Outcome);
    }

    [Fact]
    public void Missing_log_file_aborts_a_start()
    {
        Write("jail.local", "[j]\nlogpath = /nix/*.log\n");
        ConfigurationResult result = new ConfigurationReader(_directory, new ReaderOptions(), new Log(_log, "fail2ban")).Read();
        Assert.Equal("Have not found any log file for 'j' jail.", result.Failure);
        Assert.Contains("Notice fail2ban.jailreader: No file(s) found for glob /nix/*.log", _log.Messages);
    }

    [Fact]
    public void Reload_of_an_unknown_jail_fails() =>
        Assert.Equal("No section: 'nix'", new ConfigurationReader(_directory, new ReaderOptions(), new Log(_log, "fail2ban")).Read("nix").Failure);

    [Fact]
    public void Includes_that_include_each_other_end()
    {
        Write("jail.conf", "[INCLUDES]\nbefore = ../" + Path.GetFileName(_directory) + "/jail.conf\n b.conf\n[j]\nenabled=1\nfilter=f\n");
        Write("b.conf", "[INCLUDES]\nbefore = ./jail.conf\nafter = b.conf\n[j]\nbantime=1\n");
        Assert.Equal(ConfigurationOutcome.Complete, Read().Outcome);
    }

    [Fact]
    public void Includes_that_multiply_end()
    {
        for (int level = 0; level < 12; level++)
            Write($"i{level}.conf", $"[INCLUDES]\nbefore = {string.Join("\n ", Enumerable.Repeat($"i{level + 1}.conf", 10))}\n");
        Write("i12.conf", "[x]\n");
        Write("jail.conf", "[INCLUDES]\nbefore = i0.conf\n");
        Assert.Contains("files are included", InTime(() => Read()).Failure, StringComparison.Ordinal);
    }

    [Fact]
    public void Values_that_multiply_end()
    {
        string levels = string.Concat(Enumerable.Range(0, 9).Select(level => $"x{level} = {string.Concat(Enumerable.Repeat($"%(x{level + 1})s", 20))}\n"));
        Write("jail.conf", $"[j]\nenabled=1\nfilter=f\nbantime=%(x0)s\n{levels}x9 =\n");
        Assert.Contains("substitutions", InTime(() => Read()).Failure, StringComparison.Ordinal);
    }

    [Fact]
    public void Ten_megabytes_are_read_in_time()
    {
        Write("filter.d/f.conf", "[Definition]\nfailregex = " + string.Concat(Enumerable.Repeat("line <HOST> and more of it\n  ", 400_000)));
        ConfigurationResult result = InTime(() => Read());
        Assert.Equal(400_000, Assert.Single(result.Jails).FailRegexes);
    }

    [Fact]
    public void Errors_name_file_and_line()
    {
        Write("jail.conf", "[j]\nenabled=1\nfilter=f\nbantime=%(nope)s\n");
        Assert.EndsWith($"Raw value: '%(nope)s' ({_directory}/jail.conf:4)", Read().Failure, StringComparison.Ordinal);
        Write("jail.conf", "[j]\nfoo\n");
        Assert.Equal($"Source contains parsing errors: '{_directory}/jail.conf'\n\t[line  2]: 'foo\\n'", Read().Failure);
    }

    [Fact]
    public void No_text_throws_or_hangs()
    {
        Texts.Sample(text => InTime(() => Interpolate("[j]\nx = 1\n" + text)), iter: 20_000, threads: 1);

        // The way through all files is much longer, most of it in the file system.
        Texts.Sample(
            text =>
            {
                Write("jail.conf", "[j]\nenabled = 1\nfilter = f[x=1]\naction = a\n" + text);
                Write("filter.d/f.conf", "[Definition]\nx = 1\n" + text);
                InTime(() => Read());
            },
            iter: 300,
            threads: 1);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    /// <summary>Parses, merges with itself, and reads every option of every section.</summary>
    /// <returns>What was wrong first; empty for nothing.</returns>
    internal static string Interpolate(string text)
    {
        if (IniParser.Parse("f", text, out IniError? error) is not { } document)
        {
            Assert.NotNull(error);
            return error.Message;
        }

        var set = new IniFileSet();
        set.Merge(document);
        set.Merge(document);
        string wrong = "";
        foreach (string section in set.Sections.Keys)
        {
            var scope = new IniScope(set, section);
            foreach (string option in scope.Options)
            {
                try
                {
                    _ = scope.Get(option);
                }
                catch (ConfigurationException failure)
                {
                    Assert.NotEmpty(failure.Message);
                    if (wrong.Length == 0) wrong = failure.Message;
                }
            }
        }

        return wrong;
    }

    // What multiplies would take hours; a loaded machine takes some seconds for what is only long.
    private static T InTime<T>(Func<T> action)
    {
        long start = Stopwatch.GetTimestamp();
        T result = action();
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalMinutes, 0, 2);
        return result;
    }

    private ConfigurationResult Read(string below = "")
    {
        _log.Messages.Clear();
        return new ConfigurationReader(_directory + below, new ReaderOptions { AllowNoFiles = true }, new Log(_log, "fail2ban")).Read();
    }

    private void Write(string name, string text)
    {
        string path = Path.Combine(_directory, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
