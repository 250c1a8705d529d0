using Fail2Ban.Configuration;
using Fail2Ban.Logging;

namespace Fail2Ban.Tests.Configuration;

public sealed class JailReportTests
{
    [Fact]
    public void Report_says_what_a_jail_watches_and_does()
    {
        using var tree = new TreeSample("several-expressions");
        File.WriteAllText(Path.Combine(tree.Directory, "jail.local"), $"[j]\nbackend=polling\nlogpath={tree.Directory}/*.log\nfailregex=%(known/failregex)s\n  c <HOST>\naction=a[name=x] s.py\n[k]\nenabled=1\nfilter=nof\n");
        ConfigurationResult result = new ConfigurationReader(tree.Directory, new ReaderOptions(), new Log(new ListSink(), "fail2ban")).Read();

        Assert.Equal(ConfigurationOutcome.SomeJailsSkipped, result.Outcome);
        JailReport jail = result.Jails[0];
        Assert.Equal(("j", "polling", 3, 2, null), (jail.Name, jail.Backend, jail.FailRegexes, jail.IgnoreRegexes, jail.Error));
        Assert.Equal([$"{tree.Directory}/a.log"], jail.LogFiles);
        Assert.Equal(["a-x", "s"], jail.Actions);
        Assert.Equal(("k", "Unable to read the filter 'nof'"), (result.Jails[1].Name, result.Jails[1].Error));
    }

    [Fact]
    public void Command_line_goes_before_the_file()
    {
        using var tree = new TreeSample("several-expressions");
        var reader = new ConfigurationReader(tree.Directory + "/", new ReaderOptions { LogLevel = "DEBUG", LogTarget = "SYSLOG", DbFile = "None", PidFile = "/p" }, new Log(new ListSink(), "x"));
        Assert.Equal(tree.Directory, reader.BaseDirectory);
        Assert.Equal(("DEBUG", "SYSLOG", "/p", "/var/run/fail2ban/fail2ban.sock"), reader.ReadServer() is var s ? (s.LogLevel, s.LogTarget, s.PidFile, s.Socket) : default);
        Assert.Contains("['set', 'loglevel', 'DEBUG']", reader.Read().Stream.Select(command => command.ToString()));
    }
}
