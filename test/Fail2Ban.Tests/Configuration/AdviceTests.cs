using Fail2Ban.Configuration;
using Fail2Ban.Logging;

namespace Fail2Ban.Tests.Configuration;

public sealed class AdviceTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("f2b-advice-").FullName;

    [Theory]
    [InlineData("[j]\nignore-ip = 1.2.3.4\n", 2, "unknown option 'ignore-ip' in [j]; did you mean 'ignoreip'?")]
    [InlineData("[DEFAULT]\nbanactions = x\n", 2, "unknown option 'banactions' in [DEFAULT]; did you mean 'banaction'?")]
    [InlineData("[j]\nfindtime = 1\nmax_retry = 5\n", 3, "unknown option 'max_retry' in [j]; did you mean 'maxretry'?")]
    [InlineData("\n[default]\nbantime = 1\n", 2, "section [default] is an ordinary section; write [DEFAULT]")]
    [InlineData("[j]\nbackend = systemd\nlogpath = /nix\n", 3, "logpath of jail 'j' has no effect with backend systemd; set journalmatch, or another backend")]
    [InlineData("[j]\nlogpath = /etc/passwd\n  /nix/*.log\n", 2, "logpath of jail 'j' matches no file: /nix/*.log")]
    [InlineData("[j]\naction = a[blocktyp=DROP, foo-bar=1, used=2, name=x]\n", 2, "action 'a' of jail 'j' has no parameter 'blocktyp'; did you mean 'blocktype'?", "action 'a' of jail 'j' has no parameter 'foo-bar'")]
    [InlineData("[j]\nmy_own = 1\nbantime = %(my_own)s\nbanaction = x\nport = 1\nignoreip = ::1\n", 0)]
    public void Likely_mistakes_are_named_with_their_place(string local, int line, params string[] expected)
    {
        Write("fail2ban.conf", "[Definition]\n");
        Write("jail.conf", "[j]\nenabled=1\nfilter=f\naction=a\n");
        Write("jail.local", local);
        Write("filter.d/f.conf", "[Definition]\nfailregex = x <HOST>\n");
        Write("action.d/a.conf", "[Definition]\nactionban = b <used>\n[Init]\nblocktype = REJECT\n");
        ConfigurationResult result = new ConfigurationReader(_directory, new ReaderOptions { AllowNoFiles = true }, new Log(new ListSink(), "fail2ban")).Read();
        Assert.Equal(expected.Select(text => $"{_directory}/jail.local:{line}: {text}"), result.Warnings.Select(warning => warning.ToString()));
        Assert.Equal(ConfigurationOutcome.Complete, result.Outcome);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private void Write(string name, string text)
    {
        string path = Path.Combine(_directory, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
