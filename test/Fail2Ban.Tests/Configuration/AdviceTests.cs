using Fail2Ban.Configuration;
using Fail2Ban.Logging;

namespace Fail2Ban.Tests.Configuration;

public sealed class AdviceTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("f2b-advice-").FullName;

    [Theory]
    [InlineData("[j]\nignore-ip = 1.2.3.4\n", 2, "unknown option 'ignore-ip' in [j]; did you mean 'ignoreip'?")]
    [InlineData("[j]\nmaxretries = 3\n", 2, "unknown option 'maxretries' in [j]; did you mean 'maxretry'?")]
    [InlineData("[DEFAULT]\nbanactions = x\n", 2, "unknown option 'banactions' in [DEFAULT]; did you mean 'banaction'?")]
    [InlineData("[j]\nfindtime = 1\nmax_retry = 5\n", 3, "unknown option 'max_retry' in [j]; did you mean 'maxretry'?")]
    [InlineData("\n[default]\nbantime = 1\n", 2, "section [default] is an ordinary section; write [DEFAULT]")]
    [InlineData("[j]\nbackend = systemd\nlogpath = /nix\n", 3, "jail 'j' reads the journal (backend = systemd, {DIR}/jail.local:2), not its logpath /nix; to read the file, set backend = auto in [j]")]
    [InlineData("[DEFAULT]\nbackend = systemd\n[j]\nlogpath = /etc/passwd\n", 4, "jail 'j' reads the journal (backend = systemd, {DIR}/jail.local:2), not its logpath /etc/passwd; to read the file, set backend = auto in [j]")]
    [InlineData("[j]\nlogpath = /nix\njournalmatch = A=b\n", 2, "jail 'j' reads the journal, as its logpath matches no file: /nix")]
    [InlineData("[k]\nenabled=1\nfilter=f\naction=a\nbackend = systemd\n", 5, "jail 'k' searches every entry of the journal (backend = systemd, {DIR}/jail.local:5); give it a journalmatch, or backend = auto and a logpath")]
    [InlineData("[DEFAULT]\nsyslog_x = /etc/passwd\nbackend = systemd\n[j]\nlogpath = %(syslog_x)s\njournalmatch = A=b\n", 0)]
    [InlineData("[j]\nlogpath = /etc/passwd\njournalmatch = A=b\n", 3, "journalmatch of jail 'j' has no effect with backend auto, which reads files; to read the journal, set backend = systemd")]
    [InlineData("[j]\nenabled = ja\n", 2, "enabled = ja in [j] counts as false; write true or false")]
    [InlineData("[INCLUDES]\nbefore = a.conf\n  a.local\n", 2, "before = a.conf: there is no {DIR}/a.conf")]
    [InlineData("[j]\nlogpath = /etc/passwd\n  /nix/*.log\n", 2, "logpath of jail 'j' matches no file: /nix/*.log")]
    [InlineData("[j]\naction = a[blocktyp=DROP, foo-bar=1, used=2, name=x]\n", 2, "action 'a' of jail 'j' has no parameter 'blocktyp'; did you mean 'blocktype'?", "action 'a' of jail 'j' has no parameter 'foo-bar'")]
    [InlineData("[j]\nmy_own = 1\nbantime = %(my_own)s\nbanaction = x\nport = 1\nignoreip = ::1\n", 0)]
    public void Likely_mistakes_are_named_with_their_place(string local, int line, params string[] expected)
    {
        Write("fail2ban.conf", "[Definition]\n");
        Write("jail.conf", $"[j]\nenabled=1\nfilter=f\naction=a\nlogpath={_directory}/fail2ban.conf\n");
        Write("jail.local", local);
        Write("filter.d/f.conf", "[Definition]\nfailregex = ^x <HOST>\n");
        Write("action.d/a.conf", "[Definition]\nactionban = b <used>\n[Init]\nblocktype = REJECT\n");
        ConfigurationResult result = new ConfigurationReader(_directory, new ReaderOptions { AllowNoFiles = true }, new Log(new ListSink(), "fail2ban")).Read();
        Assert.Equal(expected.Select(text => $"{_directory}/jail.local:{line}: {text.Replace("{DIR}", _directory, StringComparison.Ordinal)}"), result.Warnings.Select(warning => warning.ToString()));
        Assert.Equal(ConfigurationOutcome.Complete, result.Outcome);
    }

    [Theory]
    [InlineData("failed from <HOST>", null, true)]
    [InlineData("<HOST> failed", null, true)]
    [InlineData("^.*failed from <HOST>", null, true)]
    [InlineData("^failed for .*? from <HOST> port", null, true)]
    [InlineData("^failed from <HOST>", null, false)]
    [InlineData("(?i)^(?:a|b) <HOST> ", null, false)]
    [InlineData("failed from <HOST>$", null, false)]
    [InlineData("^failed for .* from <HOST>\\s*$", null, false)]
    [InlineData("cost <HOST> 5\\$", null, true)]
    [InlineData("failed from <HOST>", "^a <F-CONTENT>.+</F-CONTENT>$", false)]
    [InlineData("no address", null, false)]
    public void Pattern_that_is_free_on_both_sides_is_open(string regex, string? prefix, bool expected) =>
        Assert.Equal(expected, OpenPattern.IsOpen(regex, prefix));

    [Fact]
    public void Values_are_found_where_they_stand()
    {
        Write("fail2ban.conf", "[Definition]\n");
        Write("jail.conf", "[DEFAULT]\nbantime = 10x\n[j]\nenabled=1\nfilter=f[usedns=no]\naction=a\n");
        Write("filter.d/f.conf", "[Definition]\n_pre = p\nfailregex = ^%(_pre)s one <HOST>$\n\n  # comment\n  ^%(_pre)s two <HOST>$\n  <more>\nmore = ^three-<mode> <HOST>$\nmode = x\n");
        Write("action.d/a.conf", "[Definition]\nactionban = b <used>\n[Init]\ntimeout = never\n");
        ConfigurationResult result = new ConfigurationReader(_directory, new ReaderOptions(), new Log(new ListSink(), "fail2ban")).Read();
        ServerCommand Command(string word) => result.Stream.First(command => command.Words.Contains(word));
        ServerCommand patterns = Command("addfailregex");
        Assert.Equal($"{_directory}/filter.d/f.conf:3", patterns.PlaceOf("failregex", "^p one <HOST>$")?.ToString());
        Assert.Equal($"{_directory}/filter.d/f.conf:6", patterns.PlaceOf("failregex", "^p two <HOST>$")?.ToString());
        Assert.Equal($"{_directory}/filter.d/f.conf:8", patterns.PlaceOf("failregex", "^three-x <HOST>$")?.ToString());
        Assert.Equal($"{_directory}/jail.conf:2", Command("bantime").PlaceOf("bantime", "10x")?.ToString());
        Assert.Equal($"{_directory}/jail.conf:5", Command("usedns").PlaceOf("usedns", "no")?.ToString());
        Assert.Equal($"{_directory}/action.d/a.conf:4", result.Stream.First(command => command.Words.Contains("action")).PlaceOf("timeout", "never")?.ToString());
        Assert.Equal("j", patterns.Jail);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private void Write(string name, string text)
    {
        string path = Path.Combine(_directory, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
